"""How fast a platform is asked, and when it is left alone: a rate limit, and a breaker with growing pauses."""

import time
from collections.abc import Callable

from hub.platform.backoff import Backoff


class Rate:
    """At most ``per_s`` requests a second on average, ``burst`` at once; 0 is no limit. ``steady_s``: a clock."""

    def __init__(self, per_s: float, burst: int = 1, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._steady_s = steady_s
        self._tokens = float(burst)
        self._at_s = steady_s()

    def wait_s(self) -> float:
        """Until the next request may go; it counts as gone."""
        if not self._per_s:
            return 0.0
        now = self._steady_s()
        self._tokens = min(self._burst, self._tokens + (now - self._at_s) * self._per_s)
        self._at_s = now
        self._tokens -= 1
        return max(0.0, -self._tokens / self._per_s)


class Breaker:
    """``closed``: all is well. ``open``: after ``threshold`` failures in a row one record at a time is tried.

    ``waits`` says how long to leave the platform alone after each failure.
    """

    def __init__(self, waits: Backoff, threshold: int = 5) -> None:
        self._waits = waits
        self._threshold = threshold
        self.failures = 0  # in a row

    @property
    def is_open(self) -> bool:
        return self.failures >= self._threshold

    def failed(self) -> float:
        """Seconds to wait before the next try."""
        self.failures += 1
        return self._waits.wait_s(self.failures)

    def went_well(self) -> None:
        """The platform answered, whatever it said."""
        self.failures = 0
