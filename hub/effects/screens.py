"""Screens: keeps every slot of every screen showing what the state says, as retained messages, no more often than useful.

The first change of a slot goes out at once; further changes within the slot's rest are told together at its end.
So a call is seen immediately, and a rush of tickets costs a screen a few messages a second, however many visitors come.
"""

from collections.abc import Callable

import msgspec

from firmware.wire import topics
from firmware.wire.messages.registry import DOWN
from hub.effects.pages import all_slots, content
from hub.engine.effects import Effect, Refresh
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.pipeline import Performer

REST_MS = {"show/calls": 200, "show/window": 300, "show/services": 1000}  # others do not rest

Publish = Callable[[str, bytes, int, bool], None]
Slot = tuple[str, str, int]


class _Slot(msgspec.Struct):
    told_at_ms: int = 0
    due: Refresh | None = None
    last: bytes = b""


class Screens(Performer):
    """``publish(topic, payload, qos, retain)``; ``clock_ms`` monotonic; ``later(ms)`` asks for a round after that time."""

    def __init__(
        self,
        plan: Plan,
        site: Site,
        epoch: int,
        publish: Publish,
        clock_ms: Callable[[], int],
        later: Callable[[int], None],
    ) -> None:
        self._plan = plan
        self._site = site
        self._epoch = epoch
        self._publish = publish
        self._clock_ms = clock_ms
        self._later = later
        self._slots: dict[Slot, _Slot] = {}
        self._held: dict[Slot, _Slot] = {}
        self._prepared: list[tuple[str, bytes]] = []

    def show_all(self) -> None:
        """Every slot anew: after a start, and after each connection to a broker that may have forgotten."""
        for refresh in all_slots(self._plan):
            self._slots.setdefault(_key(refresh), _Slot()).last = b""
            self._draw(refresh)

    def prepare(self, effects: list[Effect]) -> None:
        now = self._clock_ms()
        fresh: dict[Slot, Refresh] = {}
        for effect in effects:
            if isinstance(effect, Refresh):
                key = _key(effect)
                earlier = fresh.get(key)
                fresh[key] = earlier if earlier is not None and earlier.flash else effect
        for key, refresh in fresh.items():
            slot = self._slots.setdefault(key, _Slot())
            rest = REST_MS.get(refresh.message, 0)
            if now - slot.told_at_ms < rest:
                if slot.due is None:
                    self._held[key] = slot
                    self._later(slot.told_at_ms + rest - now)
                slot.due = refresh
            else:
                slot.told_at_ms = now
                self._draw(refresh)
        self._draw_due(now)

    def tell(self) -> None:
        prepared, self._prepared = self._prepared, []
        for topic, payload in prepared:
            self._publish(topic, payload, 1, True)

    def _draw_due(self, now: int) -> None:
        for key, slot in list(self._held.items()):
            if slot.due is not None and now - slot.told_at_ms >= REST_MS.get(key[1], 0):
                refresh, slot.due = slot.due, None
                del self._held[key]
                slot.told_at_ms = now
                self._draw(refresh)

    def _draw(self, refresh: Refresh) -> None:
        show = content(self._plan, self._site, self._epoch, refresh)
        slot = self._slots[_key(refresh)]
        rev, show.rev = show.rev, 0
        bare = show.encode()
        if bare == slot.last and not refresh.flash:
            return
        slot.last, show.rev = bare, rev
        number = refresh.slot if getattr(DOWN[refresh.message], "slotted", False) else None
        topic = topics.down(self._plan.id, refresh.device, refresh.message, number)
        self._prepared.append((topic, show.encode()))


def _key(refresh: Refresh) -> Slot:
    return (refresh.device, refresh.message, refresh.slot)
