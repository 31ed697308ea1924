"""The fault switch: what goes wrong, for how long, for which share of requests."""

import random
from typing import Any

KINDS = {
    "none": "",
    "down": "closes the connection without an answer, and takes nothing in",
    "slow": "answers after delay_s",
    "silent": "takes nothing in, and never answers: the line is held for delay_s, then closed",
    "busy": "says 429, come again in delay_s",
    "500": "says 500, and takes nothing in",
    "duplicate_reply": "answers as if each record had come twice",
    "picky": "rejects each record in whose facts the word stands",
    "lost_reply": "takes everything in, then closes the connection without an answer",
}


class Fault:
    """``for_s`` 0: until it is switched again. ``share``: 0 to 1. Raises ValueError for a setting that is none."""

    def __init__(
        self, kind: str = "none", for_s: float = 0.0, share: float = 1.0, delay_s: float = 3.0, word: str = ""
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
        for name, value, most in (("for_s", for_s, 86_400.0), ("share", share, 1.0), ("delay_s", delay_s, 600.0)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
                raise ValueError(f"{name} must be a number from 0 to {most:g}, not {value!r}")
        if not isinstance(word, str) or (kind == "picky") != bool(word):
            raise ValueError("picky needs a word, and nothing else has one")
        self.word = word
        self.kind = kind
        self.for_s = for_s
        self.share = share
        self.delay_s = delay_s
        self._since_s: float | None = None

    @classmethod
    def from_plain(cls, plain: Any) -> "Fault":
        """Out of the JSON of ``POST /fault``."""
        if not isinstance(plain, dict) or not isinstance(plain.get("kind"), str):
            raise ValueError('write {"kind": …, "for_s": …, "share": …, "delay_s": …, "word": …}')
        if unknown := set(plain) - {"kind", "for_s", "share", "delay_s", "word"}:
            raise ValueError(f"{sorted(unknown)[0]} is no setting of a fault")
        return cls(**plain)

    def strikes(self, now_s: float, dice: random.Random) -> str:
        """What happens to a request that comes now. ``now_s`` of any steady clock; the first one starts the time."""
        if self._since_s is None:
            self._since_s = now_s
        if self.for_s and now_s - self._since_s >= self.for_s:
            return "none"
        return self.kind if self.kind != "none" and dice.random() < self.share else "none"

    def to_plain(self) -> dict[str, Any]:
        return {"kind": self.kind, "for_s": self.for_s, "share": self.share, "delay_s": self.delay_s, "word": self.word}
