"""A long LED strip behind receiving cards."""

from typing import Any

from drivers.linux.colorlight import ColorlightPixels, open_interface
from drivers.panel import Panel


def make(row: dict[str, Any], board: dict[str, Any]) -> Panel:
    """As large as the device's settings say. OSError when there is no such interface or it may not be used."""
    settings = board["settings"]
    pixels = ColorlightPixels(open_interface(row["interface"]), row["brightness"])
    return Panel(pixels, settings["width_px"], settings["height_px"])
