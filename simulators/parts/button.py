"""A push button and its wire. Runs on MicroPython too."""

import asyncio


class SimulatedButton:
    """The pin of a contact to ground with a pull-up (1 released, 0 pressed), and the finger on it."""

    def __init__(self) -> None:
        self._level = 1
        self._edge = asyncio.Event()

    def press(self) -> None:
        """Finger down."""
        self._drive(0)

    def release(self) -> None:
        """Finger up."""
        self._drive(1)

    async def bounce(self, times: int, every_ms: int = 2) -> None:
        """The contact opens and closes again, ``times`` times, and ends as it began."""
        for _ in range(times):
            self._drive(1 - self._level)
            await asyncio.sleep(every_ms / 1000)
            self._drive(1 - self._level)
            await asyncio.sleep(every_ms / 1000)

    def _drive(self, level: int) -> None:
        self._level = level
        self._edge.set()

    # what the driver sees: drivers.ports.InputPin

    def value(self) -> int:
        """The level now."""
        return self._level

    async def changed(self) -> None:
        """Returns at the next edge, or at once when there was one since the last call."""
        await self._edge.wait()
        self._edge.clear()
