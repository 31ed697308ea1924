"""Refusals: what was turned away at the edge, counted by reason, with the newest few kept to look at."""

from collections import Counter, deque

import msgspec

KEPT = 50


class Refusal(msgspec.Struct, frozen=True):
    """One thing turned away. ``who`` is the device as far as it is known; ``detail`` the message and what is wrong with
    it, never what it carried."""

    at_ms: int
    who: str
    reason: str
    detail: str = ""


class Refusals:
    """Counts since the hub started; reasons come from a fixed set, so the counter stays small."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.newest: deque[Refusal] = deque(maxlen=KEPT)

    def count(self, at_ms: int, who: str, reason: str, detail: str = "") -> None:
        self.counts[reason] += 1
        self.newest.append(Refusal(at_ms, printable(who), reason, printable(detail)))


def printable(text: str) -> str:
    """What a stranger chose ends on an administrator's terminal: no escape sequences, no length without end."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:120])
