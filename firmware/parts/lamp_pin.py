"""A lamp on a pin."""

from drivers.blinking_pin import BlinkingPin
from drivers.lamp import Lamp
from drivers.micropython.pins import output_pin

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> Lamp:
    """Dark at first."""
    active_low = row["active_low"]
    return Lamp(BlinkingPin(output_pin(row["pin"], 1 if active_low else 0), active_low=active_low))
