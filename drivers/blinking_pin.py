"""A light on a plain output pin, blinking by a task of the program."""

import asyncio

try:
    from typing import Any

    from drivers.ports import OutputPin
except ImportError:  # MicroPython
    pass


class BlinkingPin:
    """A `PatternPort` on an `OutputPin`. Blinking needs a running event loop; off and steady do not."""

    def __init__(self, pin: "OutputPin", *, active_low: bool = False) -> None:
        self.pin = pin
        self._lit, self._dark = (0, 1) if active_low else (1, 0)
        self._task: "Any" = None

    def pattern(self, on_ms: int, off_ms: int) -> None:
        """See `PatternPort`."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if on_ms and off_ms:
            self._task = asyncio.create_task(self._blink(on_ms, off_ms))
        else:
            self.pin.value(self._lit if on_ms else self._dark)

    async def _blink(self, on_ms: int, off_ms: int) -> None:
        while True:
            self.pin.value(self._lit)
            await asyncio.sleep(on_ms / 1000)
            self.pin.value(self._dark)
            await asyncio.sleep(off_ms / 1000)
