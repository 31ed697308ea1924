"""A plain input pin, such as `machine.Pin`, looked at often enough for a finger."""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class PolledPin:
    """Gives a pin that only has ``value()`` the ``changed()`` of an `InputPin`."""

    def __init__(self, pin: "Any", every_ms: int = 10) -> None:
        self._pin = pin
        self._every_ms = every_ms
        self._last = int(pin.value())

    def value(self) -> int:
        """The level now."""
        return int(self._pin.value())

    async def changed(self) -> None:
        """Returns when a look at the pin differs from the look at which this returned before."""
        while True:
            level = self.value()
            if level != self._last:
                self._last = level
                return
            await asyncio.sleep(self._every_ms / 1000)
