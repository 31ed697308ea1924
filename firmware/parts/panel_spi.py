"""A small LED panel: a chain of APA102 LEDs on SPI."""

from drivers.micropython.buses import spi
from drivers.micropython.spi_pixels import SpiPixels
from drivers.panel import Panel
from firmware.parts import bus

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> Panel:
    """As large as the device's settings say. Raises ValueError when that is more than such a chain can be."""
    width_px, height_px = board["settings"]["width_px"], board["settings"]["height_px"]
    pixels = SpiPixels(
        spi(bus(row, board)),
        width_px,
        height_px,
        is_serpentine=row["is_serpentine"],
        brightness=row["brightness"],
    )
    return Panel(pixels, width_px, height_px)
