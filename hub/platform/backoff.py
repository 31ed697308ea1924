"""How long to wait after the n-th failure in a row: longer each time, and never all sites at once."""

import random
from collections.abc import Callable

import msgspec


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """From about ``first_s``, doubling, to about ``longest_s``; each between half and the whole of it."""

    first_s: float = 1.0
    longest_s: float = 60.0
    chance: Callable[[], float] = random.random

    def wait_s(self, failures: int) -> float:
        """``failures`` counts from 1."""
        whole = self.first_s * 2.0 ** min(failures - 1, 30)
        return min(self.longest_s, whole) * (0.5 + 0.5 * self.chance())
