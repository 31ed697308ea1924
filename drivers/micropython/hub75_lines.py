"""The slow wires of a HUB75 panel: which line, latch, and light. The fast ones are `hub75_pio`."""

import time

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

if hasattr(time, "sleep_us"):
    _sleep_us = time.sleep_us
else:  # CPython

    def _sleep_us(us: int) -> None:
        time.sleep(us / 1000000)


class Hub75Lines:
    """``lat``, ``oe`` and ``address`` (A first) are output pins; the panel is dark at first."""

    def __init__(self, lat: "Any", oe: "Any", address: "list[Any]") -> None:
        self._lat = lat
        self._oe = oe
        self._address = address
        oe.value(1)
        lat.value(0)

    def light(self, line: int, lit_us: int) -> None:
        """Take what was shifted for this line and light it, then dark: no line ghosts into the next."""
        for pin in self._address:
            pin.value(line & 1)
            line >>= 1
        self._lat.value(1)
        self._lat.value(0)
        if lit_us:
            self._oe.value(0)
            _sleep_us(lit_us)
            self._oe.value(1)
