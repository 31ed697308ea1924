"""A line of keypads and evaluators on a Linux computer's serial port, or on a USB adapter."""

from typing import Any

from drivers.linux.serial_port import SerialPort
from drivers.rs485.bus import KeypadBus


def make(row: dict[str, Any], board: dict[str, Any]) -> KeypadBus:
    """The units are the device's settings. The adapter turns the line round by itself."""
    addresses = [address for address, _window in board.get("settings", {}).get("units", ())]
    line = SerialPort(row["device"], row["baud"])
    return KeypadBus(line, addresses, echoes=row["echoes"], hears_itself=row["hears_itself"])
