"""The kiosk's code scanner on a serial line."""

from typing import Any

from drivers.code_scanner import CodeScanner, SerialCodes
from drivers.linux.serial_port import SerialPort


def make(row: dict[str, Any], board: dict[str, Any]) -> CodeScanner:
    """The scanner may be plugged in later."""
    return CodeScanner(SerialCodes(SerialPort(row["device"], row["baud"])))
