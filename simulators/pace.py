"""Time as simulated people feel it, and waking up when something that they watch changes."""

import asyncio
import time
from collections.abc import Callable


class Pace:
    """Felt seconds run ``speed`` times faster than the clock on the wall."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be more than 0, not {speed}; 1 is real time")
        self.speed = speed
        self._started = time.monotonic()

    def now_s(self) -> float:
        """Felt seconds since the pace began."""
        return (time.monotonic() - self._started) * self.speed

    def real_s(self, felt_s: float) -> float:
        """How long ``felt_s`` takes on the wall's clock."""
        return felt_s / self.speed

    async def spend(self, felt_s: float) -> None:
        """Let ``felt_s`` go by."""
        await asyncio.sleep(max(0.0, felt_s) / self.speed)


class Change:
    """Something that can be watched. Whoever waits is woken by the next `notify`; nobody polls."""

    def __init__(self) -> None:
        self.times = 0  # how often it was notified
        self._watchers: set[asyncio.Future[None]] = set()
        self._also: list[Change] = []

    def notify(self) -> None:
        """Wake all who wait now."""
        self.times += 1
        watchers, self._watchers = self._watchers, set()
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)
        for change in list(self._also):
            change.notify()

    def also(self, change: "Change") -> None:
        """Notify ``change`` whenever this is notified: one thing to watch made of several."""
        self._also.append(change)

    def no_more(self, change: "Change") -> None:
        """Undo one `also`."""
        self._also.remove(change)

    async def until(self, is_so: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Wait until ``is_so()``, looked at now and after each notify; False when ``timeout_s`` (real) passed first."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not is_so():
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                return False
            await self._once(left_s)
        return True

    async def _once(self, timeout_s: float | None) -> None:
        watcher = asyncio.get_running_loop().create_future()
        self._watchers.add(watcher)
        try:
            await asyncio.wait((watcher,), timeout=timeout_s)
        finally:
            self._watchers.discard(watcher)
