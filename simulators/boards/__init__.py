"""Boards on the bench without hardware: real MicroPython behind a serial port."""

from simulators.boards.board import VirtualBoard

__all__ = ["VirtualBoard"]
