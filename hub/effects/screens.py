"""Screens: keeps every slot showing what the state says, as retained messages, no more often than useful.

What somebody just did goes out at once; then the slot rests as long as no eye could follow, and what changes meanwhile
is told together after its rest. A count of waiting people never goes first and rests longer. So a call is seen
immediately, and a rush costs a screen a few messages a second, however many visitors come.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from firmware.wire import topics
from firmware.wire.fields import dump
from firmware.wire.messages.queue import ShowEvaluation
from firmware.wire.messages.registry import DOWN
from hub.effects.pages import all_slots, content
from hub.engine import rendered
from hub.engine.effects import Effect, Refresh
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.pipeline import Performer
from hub.service import Service

REST_MS = {"show/region": 100, "show/calls": 100}  # after what somebody did; others do not rest
PATIENT_REST_MS = {"show/calls": 500, "show/window": 700, "show/services": 1000}  # after what can wait
FLUSH_MS = 50  # how often slots that rested long enough are looked for, while there are any

Publish = Callable[[str, bytes, int, bool], None]
Slot = tuple[str, str, int]


class _Slot(msgspec.Struct):
    topic: str
    rest_ms: int
    patient_rest_ms: int
    told_at_ms: int = 0
    flashed_at_ms: int = 0
    last: dict[str, Any] | None = None  # what it shows, without the revision


class Screens(Performer, Service):
    """``publish(topic, payload, qos, retain)``; ``clock_ms`` monotonic; ``later(ms)`` asks for a round then."""

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
        self.photo: Callable[[str], tuple[str, str]] = lambda staff: ("", "")  # badge → SHA-256 and place of a picture
        self.link: Callable[[str, int], str] = lambda ticket, nth: ""  # where a phone rates that service
        self._slots = {_key(refresh): self._slot(refresh) for refresh in all_slots(plan)}
        self._held: dict[Slot, Refresh] = {}  # changed while they rest
        self._flush_at_ms = 0  # when they are looked at next; 0: there are none
        self._prepared: list[tuple[str, bytes]] = []
        self._gone: set[str] = set()  # topics of slots that are no more, cleared again as the broker may be away

    def repeat(self) -> None:
        """Every slot anew: after a start, and after each connection to a broker that may have forgotten."""
        self._clear()
        for refresh in all_slots(self._plan):
            slot = self._slots[_key(refresh)]
            slot.last = None
            self._draw(slot, refresh)

    def take_plan(self, plan: Plan) -> None:
        """The devices changed: slots of those that are gone are cleared, new slots and those that differ are told."""
        before, self._plan = self._slots, plan
        refreshes = all_slots(plan)
        self._slots = {(key := _key(refresh)): before.get(key) or self._slot(refresh) for refresh in refreshes}
        self._held = {key: refresh for key, refresh in self._held.items() if key in self._slots}
        self._gone |= {before[key].topic for key in before.keys() - self._slots.keys()}
        self._gone -= {slot.topic for slot in self._slots.values()}
        self._clear()
        for refresh in refreshes:
            self._draw(self._slots[_key(refresh)], refresh)

    def _clear(self) -> None:
        self._prepared += [(topic, b"") for topic in sorted(self._gone)]

    def prepare(self, effects: list[Effect]) -> None:
        now = self._clock_ms()
        for key, refresh in _newest(effects).items():
            slot = self._slots.get(key)
            if slot is None:  # an alarm of a device that the site file lost
                continue
            refresh = _stronger(self._held.pop(key, None), refresh)  # a flash that rests is not lost
            if refresh.can_wait or now < _due_at_ms(slot, refresh):
                self._held[key] = refresh
            else:
                self._draw_at(now, slot, refresh)
        if self._held:
            self._flush(now)

    def tell(self) -> None:
        prepared, self._prepared = self._prepared, []
        for topic, payload in prepared:
            self._publish(topic, payload, 1, True)

    def _flush(self, now: int) -> None:
        """Tells the held slots that rested long enough; comes back while there are others."""
        if now < self._flush_at_ms:
            return
        if self._flush_at_ms:
            for key, refresh in list(self._held.items()):
                slot = self._slots[key]
                if now >= _due_at_ms(slot, refresh):
                    del self._held[key]
                    self._draw_at(now, slot, refresh)
        self._flush_at_ms = now + FLUSH_MS if self._held else 0
        if self._held:
            self._later(FLUSH_MS)

    def _draw_at(self, now: int, slot: _Slot, refresh: Refresh) -> None:
        slot.told_at_ms = now
        if refresh.flash:
            slot.flashed_at_ms = now
        self._draw(slot, refresh)

    def _draw(self, slot: _Slot, refresh: Refresh) -> None:
        plain = content(self._plan, self._site, self._epoch, refresh).to_plain()
        if refresh.message == ShowEvaluation.name:
            self._add_places(plain, refresh.device)
        rev = plain.pop("rev")
        if plain == slot.last and not refresh.flash:
            return
        slot.last = plain
        self._prepared.append((slot.topic, dump({"rev": rev, **plain})))

    def _add_places(self, plain: dict[str, Any], device: str) -> None:
        """What only the hub around the engine knows: where the picture is, and where a phone may rate instead."""
        if plain.get("staff"):
            plain["photo"], plain["url"] = self.photo(plain["staff"])
        ticket = rendered.find(self._site, plain.get("ticket", ""))
        if ticket is not None:
            nth = rendered.newest_at(ticket, self._plan.window_of_terminal[device].id)
            plain["link"] = self.link(ticket.id, nth)

    def _slot(self, refresh: Refresh) -> _Slot:
        number = refresh.slot if getattr(DOWN[refresh.message], "slotted", False) else None
        topic = topics.down(self._plan.id, refresh.device, refresh.message, number)
        return _Slot(topic, REST_MS.get(refresh.message, 0), PATIENT_REST_MS.get(refresh.message, 0))


def _newest(effects: list[Effect]) -> dict[Slot, Refresh]:
    """One refresh per slot: a flash before all, then what cannot wait."""
    fresh: dict[Slot, Refresh] = {}
    for effect in effects:
        if isinstance(effect, Refresh):
            key = _key(effect)
            fresh[key] = _stronger(fresh.get(key), effect)
    return fresh


def _stronger(earlier: Refresh | None, later: Refresh) -> Refresh:
    if earlier is None or later.flash or (earlier.can_wait and not later.can_wait):
        return later
    return earlier


def _due_at_ms(slot: _Slot, refresh: Refresh) -> int:
    """A flash rests only after a flash: a call is not kept back by the finish before it."""
    if refresh.flash:
        return slot.flashed_at_ms + slot.rest_ms
    return slot.told_at_ms + (slot.patient_rest_ms if refresh.can_wait else slot.rest_ms)


def _key(refresh: Refresh) -> Slot:
    return (refresh.device, refresh.message, refresh.slot)
