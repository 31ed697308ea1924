"""A help button on a loop that is measured."""

from machine import ADC, Pin

from drivers.micropython.pins import input_pin
from drivers.supervised_loop import SupervisedLoop

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> SupervisedLoop:
    """The device's setting ``hold_ms`` goes before the board's."""
    adc = ADC(Pin(row["pin"]))
    return SupervisedLoop(
        lambda: adc.read_u16() * 1000 // 65535,
        None if row.get("case") is None else input_pin(row["case"], "up").value,
        limits=(row["short_below"], row["alarm_from"], row["open_from"]),
        debounce_ms=row["debounce_ms"],
        hold_ms=board.get("settings", {}).get("hold_ms", row["hold_ms"]),
    )
