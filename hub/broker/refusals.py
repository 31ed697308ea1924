"""What the broker refused, counted from its own log."""

import time
from collections import Counter, deque
from pathlib import Path

import msgspec

BAD_LOGIN = "unknown device or wrong password"
BAD_PUBLISH = "publish not allowed"
BAD_SUBSCRIBE = "subscribe not allowed"
TOO_LARGE = "message too large"
BAD_TLS = "TLS handshake failed"
BAD_PAIR = "certificate of another device"  # not turned away: no broker can, see docs/decisions/0007
REASONS = (BAD_LOGIN, BAD_PUBLISH, BAD_SUBSCRIBE, TOO_LARGE, BAD_TLS, BAD_PAIR)  # words: "refusal." and the reason


class Refusal(msgspec.Struct, frozen=True):
    """One refusal. ``who`` is a user or client id, empty when not told; ``detail`` a topic or an address."""

    reason: str
    who: str
    detail: str
    at_ms: int = 0


class Refusals:
    """Counters since this hub began, and the last few refusals. One thread adds; any thread may read."""

    def __init__(self, kept: int = 20) -> None:
        self.counts: Counter[str] = Counter()
        self.last: deque[Refusal] = deque(maxlen=kept)

    def add(self, refusal: Refusal) -> None:
        self.counts[refusal.reason] += 1
        self.last.append(
            msgspec.structs.replace(
                refusal,
                who=_printable(refusal.who),
                detail=_printable(refusal.detail),
                at_ms=int(time.time() * 1000),
            )
        )


def _printable(text: str) -> str:
    """What a stranger chose ends on an administrator's terminal: no escape sequences, no length without end."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:120])


class LogTail:
    """New lines of a growing file, without the sieve's time stamp; follows the file when it is cut short."""

    def __init__(self, path: Path, from_end: bool) -> None:
        self._path = path
        self._rest = b""
        self._offset = path.stat().st_size if from_end and path.exists() else 0

    def lines(self) -> list[str]:
        """The complete lines since the last call; none when there is no file yet."""
        try:
            with self._path.open("rb") as log:
                if log.seek(0, 2) < self._offset:
                    self._offset, self._rest = 0, b""
                log.seek(self._offset)
                fresh = log.read()
        except FileNotFoundError:
            return []
        self._offset += len(fresh)
        *complete, self._rest = (self._rest + fresh).split(b"\n")
        return [line.decode(errors="replace").partition(" ")[2] for line in complete]
