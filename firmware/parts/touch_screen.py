"""The kiosk's screen with its touch panel."""

from typing import Any

from drivers.linux.input_events import InputDevice, Touch
from firmware.parts.page_screen import open_screen
from firmware.screens.kiosk_screen import KioskScreen


def make(row: dict[str, Any], board: dict[str, Any]) -> KioskScreen:
    """OSError when there is no such screen; the touch panel may come later."""
    screen = open_screen(row)
    touch = Touch(InputDevice(row["touch"]), screen.width_px, screen.height_px, rotate=row["rotate"])
    return KioskScreen(screen, touch)
