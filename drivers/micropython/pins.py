"""Pins as a board's device tree describes them."""

from machine import Pin

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def input_pin(number: int, pull: str) -> Pin:
    """``pull``: up, down or none."""
    if pull == "up":
        return Pin(number, Pin.IN, Pin.PULL_UP)
    if pull == "down":
        return Pin(number, Pin.IN, Pin.PULL_DOWN)
    return Pin(number, Pin.IN)


def output_pin(number: int, level: int) -> Pin:
    """Drives ``level`` from the first moment: a lamp does not flash, an amplifier does not click at power-on."""
    return Pin(number, Pin.OUT, value=level)


def maybe_output(row: "dict[str, Any]", key: str, level: int) -> "Pin | None":
    """The output under ``key``; None when the board has no such wire."""
    return None if row.get(key) is None else output_pin(row[key], level)
