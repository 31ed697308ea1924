"""Satisfaction: what visitors thought, and what became of the poor ratings; a fold over events by day, window, service.

Ratings by mistake, in malice or overturned count nowhere, nor do those that nobody made. Pure; a rating belongs to its
own day, whenever its case is closed.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from hub.engine import cases, hours, reasons
from hub.engine import events as happened
from hub.engine.plan import Plan

LEVELS = 5
SATISFIED_FROM = 3  # 基本满意 and better
ENDS = ("finish", "transfer", "return")


class Key(msgspec.Struct, frozen=True):
    """``day``: days since 1970 by the building's clock."""

    day: int
    window: str
    service: str


class Counts(msgspec.Struct):
    """``levels``: valid ratings, from 1 to 5. Of the valid poor ones: ``known`` can be called back."""

    rendered: int = 0
    levels: list[int] = msgspec.field(default_factory=lambda: [0] * LEVELS)
    invalid: int = 0
    defaults: int = 0
    known: int = 0
    contacted: int = 0
    replied: int = 0
    overdue: int = 0

    @property
    def rated(self) -> int:
        return sum(self.levels)

    @property
    def poor(self) -> int:
        return sum(self.levels[: reasons.POOR])

    def add(self, other: "Counts") -> None:
        for name in ("rendered", "invalid", "defaults", "known", "contacted", "replied", "overdue"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.levels = [own + more for own, more in zip(self.levels, other.levels, strict=True)]

    def rates(self) -> dict[str, float | None]:
        """Percent, or None where nothing was there to count."""
        return {
            "satisfied_percent": _percent(sum(self.levels[SATISFIED_FROM - 1 :]), self.rated),
            "rated_percent": _percent(self.rated, self.rendered),
            "called_back_percent": _percent(self.contacted, self.known),
            "rectified_percent": _percent(self.replied, self.poor),
        }


class _Track(msgspec.Struct):
    """A ticket of today: for what it waits or is served, where, since when; and how it was before the last act."""

    service: str
    window: str = ""
    since_ms: int = 0
    before: "_Track | None" = None
    counted: Key | None = None  # by the last act


class _Case(msgspec.Struct):
    key: Key
    level: int
    is_known: bool
    is_contacted: bool = False
    is_replied: bool = False
    is_overdue: bool = False
    is_void: bool = False


class Satisfaction:
    """`take` all events in order, from the begin of the first day wanted on; then look at ``cells``."""

    def __init__(self, plan: Plan) -> None:
        self.cells: dict[Key, Counts] = {}
        self._plan = plan
        self._tracks: dict[str, _Track] = {}
        self._cases: dict[str, _Case] = {}

    def take(self, event: happened.AnyEvent) -> None:
        rule = _RULES.get(type(event))
        if rule is not None:
            rule(self, event)

    def by(self, group: Callable[[Key], str]) -> dict[str, Counts]:
        """The cells together, by a name that ``group`` gives each."""
        found: dict[str, Counts] = {}
        for key, counts in self.cells.items():
            found.setdefault(group(key), Counts()).add(counts)
        return found

    def _cell(self, at_ms: int, window: str, service: str) -> Key:
        key = Key(hours.local_day(self._plan, at_ms), window, service)
        self.cells.setdefault(key, Counts())
        return key

    def _day(self, event: happened.DayTurned) -> None:
        self._tracks.clear()

    def _taken(self, event: happened.TicketTaken) -> None:
        self._tracks[event.ticket] = _Track(event.service)

    def _served(self, event: happened.TicketServed) -> None:
        track = self._tracks.get(event.ticket)
        if track is not None:
            before = msgspec.structs.replace(track, before=None, counted=None)
            self._tracks[event.ticket] = _Track(track.service, event.window, event.at_ms, before)

    def _ended(self, event: happened.TicketFinished | happened.TicketTransferred | happened.TicketReturned) -> None:
        track = self._tracks.get(event.ticket)
        if track is None:
            return
        is_one_act = track.before is not None and track.since_ms == event.at_ms
        before = track.before if is_one_act else msgspec.structs.replace(track, before=None, counted=None)
        counted = self._cell(event.at_ms, event.window, track.service) if track.window else None
        if counted is not None:
            self.cells[counted].rendered += 1
        self._tracks[event.ticket] = _Track(getattr(event, "to_service", track.service), "", 0, before, counted)

    def _undone(self, event: happened.ActUndone) -> None:
        track = self._tracks.get(event.ticket)
        if track is None or track.before is None or event.act not in (*ENDS, "serve"):
            return
        if track.counted is not None:
            self.cells[track.counted].rendered -= 1
        self._tracks[event.ticket] = track.before

    def _rated(self, event: happened.ServiceRated) -> None:
        track = self._tracks.get(event.ticket)
        key = self._cell(event.at_ms, event.window, event.service or (track.service if track else ""))
        if event.is_default:
            self.cells[key].defaults += 1
        else:
            self.cells[key].levels[event.level - 1] += 1

    def _opened(self, event: happened.CaseOpened) -> None:
        key = self._cell(event.at_ms, event.window, event.service)
        self._cases[event.case] = _Case(key, event.level, bool(event.visitor))
        self.cells[key].known += bool(event.visitor)

    def _moved(self, event: happened.CaseMoved) -> None:
        """Of cases opened before the first day nothing is told."""
        case = self._cases.get(event.case)
        if case is None:
            return
        counts = self.cells[case.key]
        if event.act == "contact" and case.is_known and not case.is_contacted:
            case.is_contacted = True
            counts.contacted += 1
        elif event.act == "reply" and not case.is_replied:
            case.is_replied = True
            counts.replied += 1
        elif event.state in cases.VOID and not case.is_void:
            case.is_void = True
            self._void(case, counts)

    def _void(self, case: _Case, counts: Counts) -> None:
        """As if it had never been, but that it is known how many were so."""
        counts.levels[case.level - 1] -= 1
        counts.invalid += 1
        counts.known -= case.is_known
        counts.contacted -= case.is_contacted
        counts.replied -= case.is_replied
        counts.overdue -= case.is_overdue

    def _overdue(self, event: happened.CaseOverdue) -> None:
        case = self._cases.get(event.case)
        if case is not None:
            case.is_overdue = True
            self.cells[case.key].overdue += 1


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


_RULES: dict[type, Callable[[Satisfaction, Any], None]] = {
    happened.DayTurned: Satisfaction._day,
    happened.TicketTaken: Satisfaction._taken,
    happened.TicketServed: Satisfaction._served,
    happened.TicketFinished: Satisfaction._ended,
    happened.TicketTransferred: Satisfaction._ended,
    happened.TicketReturned: Satisfaction._ended,
    happened.ActUndone: Satisfaction._undone,
    happened.ServiceRated: Satisfaction._rated,
    happened.CaseOpened: Satisfaction._opened,
    happened.CaseMoved: Satisfaction._moved,
    happened.CaseOverdue: Satisfaction._overdue,
}
