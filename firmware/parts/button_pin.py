"""A push button on a pin."""

from drivers.button import Button
from drivers.micropython.pins import input_pin
from drivers.polled_pin import PolledPin

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> Button:
    """The device's setting ``hold_ms`` goes before the board's."""
    return Button(
        PolledPin(input_pin(row["pin"], row["pull"])),
        debounce_ms=row["debounce_ms"],
        hold_ms=board.get("settings", {}).get("hold_ms", row["hold_ms"]),
        active_low=row["active_low"],
    )
