"""Refusals: what was turned away at the edge, counted by reason, with the newest few kept to look at."""

from collections import Counter, deque

import msgspec

KEPT = 50


class Refusal(msgspec.Struct, frozen=True):
    """One thing turned away. ``who`` is the device or client as far as it is known; never any content."""

    at_ms: int
    who: str
    reason: str


class Refusals:
    """Counts since the hub started; reasons come from a fixed set, so the counter stays small."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.newest: deque[Refusal] = deque(maxlen=KEPT)

    def count(self, at_ms: int, who: str, reason: str) -> None:
        self.counts[reason] += 1
        self.newest.append(Refusal(at_ms, who, reason))
