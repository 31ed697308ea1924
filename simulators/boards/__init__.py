"""Boards without hardware: real MicroPython behind a serial port, and a boot ROM that esptool writes to."""

from simulators.boards.board import VirtualBoard
from simulators.boards.pixel_chain import PixelChain

__all__ = ["PixelChain", "VirtualBoard"]
