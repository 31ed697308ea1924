"""A line of keypads and evaluators on a board's own UART."""

from drivers.micropython.buses import uart
from drivers.micropython.pins import maybe_output
from drivers.micropython.rs485_line import Rs485Line
from drivers.rs485.bus import KeypadBus
from firmware.parts import bus

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> KeypadBus:
    """The units are the device's settings."""
    line = Rs485Line(uart(bus(row, board)), maybe_output(row, "send", 0))
    return KeypadBus(line, addresses(board), echoes=row["echoes"], hears_itself=row["hears_itself"])


def addresses(board: "dict[str, Any]") -> "list[int]":
    """Of the windows on this line."""
    return [address for address, _window in board.get("settings", {}).get("units", ())]
