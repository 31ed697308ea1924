"""Doubles: two boards with one id, told apart by their boot ids; the first keeps the link, the second stands by.

A board that restarts has a new boot id and never again its old one. So an earlier boot that says hello after a later
one proves two boards, each of which ends the other's connection whenever it comes back. The hub asks the later one to
stand by; it asks again at long intervals, and gets the link once the first has fallen silent.

Kept in memory. Who is silent is judged by a clock that nobody sets; the wall's, an argument, is only for people and for
what the broker's log tells. A hello counts as proof only within one connection of the hub's own: after a lost
one a broker may deliver both once more, in their old order.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from hub.broker.takeovers import Takeover

QUIET_MS = 25 * 60_000  # a second that was not heard for two and a half times its waiting is gone
KEPT = 4  # boots remembered of a device


class _Life(msgspec.Struct):
    """One boot of a board. ``connection``: the hub's, on which its last hello came; ``quiet_since_ms`` by the clock
    that nobody sets."""

    quiet_since_ms: int = 0
    heard_ms: int = 0
    hello_ms: int = -1  # never
    connection: int = 0


class _Double(msgspec.Struct):
    """``first`` and ``second`` are boots."""

    first: str
    second: str
    since_ms: int


class _Lives(msgspec.Struct):
    """The boots of one device, the oldest first; ``current`` has the link as far as we know."""

    current: str
    of: dict[str, _Life]
    double: _Double | None = None


class Doubles:
    """The devices of one site. ``clock_ms`` never jumps; the ``now_ms`` of the methods may."""

    def __init__(self, clock_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000) -> None:
        self._clock_ms = clock_ms
        self._lives: dict[str, _Lives] = {}

    def hello(self, device: str, boot: str, connection: int, now_ms: int, patience_ms: int) -> bool:
        """Notes a hello; True when this board should stand by. ``patience_ms``: silent for so long, the first one is
        gone."""
        is_known = device in self._lives and boot in self._lives[device].of
        lives = self._note(device, boot, now_ms)
        life, current = lives.of[boot], lives.of[lives.current]
        if lives.double is not None and lives.double.second == boot:
            if self._clock_ms() - current.quiet_since_ms <= patience_ms:
                lives.double.first = lives.current
                life.hello_ms = now_ms
                return True
            lives.current, lives.double = boot, None
        elif is_known and boot != lives.current and current.connection == connection:
            since_ms = lives.double.since_ms if lives.double else now_ms
            lives.double = _Double(first=boot, second=lives.current, since_ms=since_ms)
            lives.current = boot
        life.hello_ms, life.connection = now_ms, connection
        return False

    def heard(self, device: str, boot: str, now_ms: int) -> bool:
        """Notes any other report; False when it comes from a board that stands by, and says nothing of the device.

        ``boot`` is empty when the report does not tell it.
        """
        if not boot:
            return True
        double = self._note(device, boot, now_ms).double
        return double is None or double.second != boot

    def forget(self, device: str) -> None:
        """The device was given another key, or is gone: what was known of its boards means nothing now."""
        self._lives.pop(device, None)

    def views(self, takeovers: Iterable[Takeover]) -> list[dict[str, Any]]:
        """The devices of which there are two, with boot, address and last word of each."""
        made = []
        for device, lives in self._lives.items():
            double = lives.double
            if double is None:
                continue
            if self._clock_ms() - lives.of[double.second].quiet_since_ms > QUIET_MS:
                del lives.of[double.second]  # should it come back, it comes as a new one
                lives.double = None
                continue
            addresses = _addresses(lives, [t for t in takeovers if t.client == device])
            sides = {
                side: {"boot": boot, "address": addresses.get(boot, ""), "heard_ms": lives.of[boot].heard_ms}
                for side, boot in (("first", double.first), ("second", double.second))
            }
            made.append({"device": device, "since_ms": double.since_ms, **sides})
        return made

    def _note(self, device: str, boot: str, now_ms: int) -> _Lives:
        lives = self._lives.setdefault(device, _Lives(current=boot, of={}))
        if boot not in lives.of:  # so it began later than the others
            lives.of[boot] = _Life()
            lives.current = boot
        lives.of[boot].heard_ms, lives.of[boot].quiet_since_ms = now_ms, self._clock_ms()
        if len(lives.of) > KEPT:
            needed = {boot, lives.current, *((lives.double.first, lives.double.second) if lives.double else ())}
            lives.of.pop(next((old for old in lives.of if old not in needed), ""), None)
        return lives


def _addresses(lives: _Lives, takeovers: list[Takeover]) -> dict[str, str]:
    """Boot → where it connected from: of each take-over the new one is whoever said hello about then."""
    found: dict[str, str] = {}
    for takeover in takeovers:
        boots = [boot for boot, life in lives.of.items() if life.hello_ms >= 0]
        if not boots:
            return found
        new = min(boots, key=lambda boot: abs(lives.of[boot].hello_ms - takeover.at_ms))
        found[new] = takeover.new
        for boot in boots:
            if boot != new and (len(boots) == 2 or boot not in found) and takeover.old:
                found[boot] = takeover.old
    return found
