"""A HUB75 panel on the pins of an RP2040 or RP2350."""

from drivers.micropython.hub75 import Hub75Frame, Hub75Pixels
from drivers.micropython.hub75_lines import Hub75Lines
from drivers.micropython.hub75_pio import Hub75Pio
from drivers.micropython.pins import output_pin
from drivers.panel import Panel

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

ADDRESS = ("a", "b", "c", "d", "e")


class Hub75Panel(Panel):
    """A panel whose port has work: the scan."""

    def __init__(self, port: Hub75Pixels, width_px: int, height_px: int) -> None:
        super().__init__(port, width_px, height_px)
        self.run = port.run


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> Panel:
    """As large as the device's settings say. Raises ValueError for pins that a state machine cannot drive."""
    settings = board["settings"]
    frame = Hub75Frame(settings["width_px"], settings["height_px"], row["planes"], row["order"])
    data = [row[colour] for colour in ("r1", "g1", "b1", "r2", "g2", "b2")]
    if data != [data[0] + at for at in range(6)]:
        raise ValueError("panel_hub75: r1, g1, b1, r2, g2, b2 are not six pins in a row; change the profile")
    address = [output_pin(row[name], 0) for name in ADDRESS if row.get(name) is not None]
    if 1 << len(address) < frame.lines:
        raise ValueError(
            "panel_hub75: %d address pins cannot choose between %d lines; add the next of a to e to the profile"
            % (len(address), frame.lines)
        )
    lines = Hub75Lines(output_pin(row["lat"], 0), output_pin(row["oe"], 1), address)
    pixels = Hub75Pixels(Hub75Pio(row["id"], data[0], row["clk"], lines), frame, row["line_us"])
    return Hub75Panel(pixels, settings["width_px"], settings["height_px"])
