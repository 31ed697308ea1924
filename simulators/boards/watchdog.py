"""The hardware watchdog of a virtual board: counts feedings in the shared memory, without a message per feeding."""

import asyncio
from collections.abc import Callable

from simulators.boards.shared import Shared
from simulators.boards.shim import layout

LOOKS = 8  # per timeout: it bites between 1 and 1 + 1/8 timeouts after the last feeding


class Watchdog:
    """Sleeps until the board starts it. ``bite`` is called on the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, shared: Shared, bite: Callable[[], None]) -> None:
        self._loop = loop
        self._shared = shared
        self._bite = bite
        self._timer: asyncio.TimerHandle | None = None
        self._timeout_s = 0.0
        self._fed = -1
        self._hungry_since_s = 0.0

    def start(self, timeout_ms: int) -> None:
        """It cannot be stopped but by a reset."""
        self.stop()
        self._timeout_s = timeout_ms / 1000
        self._fed = -1
        self._look()

    def stop(self) -> None:
        """The chip resets."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        fed, now_s = self._shared.u32(layout.WDT_FED), self._loop.time()
        if fed != self._fed:
            self._fed, self._hungry_since_s = fed, now_s
        elif now_s - self._hungry_since_s >= self._timeout_s:
            self._timer = None
            self._bite()
            return
        self._timer = self._loop.call_later(self._timeout_s / LOOKS, self._look)
