"""The kiosk's code scanner, which Linux sees as a keyboard."""

from typing import Any

from drivers.code_scanner import CodeScanner
from drivers.linux.input_events import InputDevice
from drivers.linux.keyboard_wedge import KeyboardWedge


def make(row: dict[str, Any], board: dict[str, Any]) -> CodeScanner:
    """The scanner may be plugged in later."""
    return CodeScanner(KeyboardWedge(InputDevice(row["input"])))
