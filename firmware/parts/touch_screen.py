"""A screen with its touch panel: the kiosk's, or a terminal's whose keys are on the glass."""

from typing import TYPE_CHECKING, Any

from drivers.linux.input_events import InputDevice
from drivers.linux.touch import Touch, matrix
from firmware.parts.page_screen import open_screen, pages, where

if TYPE_CHECKING:
    from firmware.screens.kiosk_screen import KioskScreen
    from firmware.screens.touch import TouchPageScreen


def make(row: dict[str, Any], board: dict[str, Any]) -> "KioskScreen | TouchPageScreen":
    """OSError when there is no such screen; the touch panel may come later."""
    screen = open_screen(row)
    touch = Touch(
        InputDevice(row["touch"]),
        screen.width_px,
        screen.height_px,
        rotate=row["rotate"],
        calibration=matrix(row.get("calibration")),
    )
    if board["kind"] == "ticket_kiosk":
        from firmware.screens.kiosk_screen import KioskScreen

        return KioskScreen(screen, touch, where=where(board))
    from firmware.screens.touch import TouchPageScreen

    return TouchPageScreen(screen, touch, pages(board["kind"]), where(board))
