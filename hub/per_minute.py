"""How often somebody did something in this minute; forgotten when it is over."""

from collections.abc import Callable

MINUTE_S = 60.0


class PerMinute:
    """``clock_s`` is monotonic."""

    def __init__(self, clock_s: Callable[[], float]) -> None:
        self._clock_s = clock_s
        self._since_s = 0.0
        self._counts: dict[str, int] = {}

    def add(self, who: str) -> int:
        """Once more; how often by now."""
        count = self._counts[who] = self.count_of(who) + 1
        return count

    def count_of(self, who: str) -> int:
        """How often so far."""
        now_s = self._clock_s()
        if now_s - self._since_s >= MINUTE_S:
            self._since_s, self._counts = now_s, {}
        return self._counts.get(who, 0)
