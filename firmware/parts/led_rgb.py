"""A board's own WS2812 LED."""

from drivers.blinking_pin import BlinkingPin
from drivers.lamp import Lamp
from drivers.micropython.rgb_led import RgbLed

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> Lamp:
    """Dark at first."""
    return Lamp(BlinkingPin(RgbLed(row["pin"])))
