"""The day that a journal tells, to be lived again."""

from collections.abc import Iterable
from statistics import mean, median

from hub.engine import days
from hub.engine import events as happened
from hub.engine.plan import Plan
from hub.trial.day import Day, Leg, Shift, Visitor

GAP_MOST_MS = 120_000  # longer, and nobody waited or the clerk was away
USUAL_MS = 300_000
AWAY = (
    happened.TicketFinished,
    happened.TicketPassed,
    happened.TicketHeld,
    happened.TicketTransferred,
    happened.TicketReturned,
    happened.TicketRequeued,
    happened.TicketExpired,
)


class _Reader:
    """Goes through the events of a day once."""

    def __init__(self, plan: Plan, day: happened.DayTurned, starts: dict[str, int]) -> None:
        self.plan = plan
        self.day = day
        self.visitors: dict[str, Visitor] = {}
        self.shifts: list[Shift] = []
        self.gaps: list[int] = []
        self._starts = starts  # of appointments
        self._at_window: dict[str, int] = {}  # ticket → since when
        self._service: dict[str, str] = {}  # ticket → what for, now
        self._held: set[str] = set()
        self._open: dict[str, int] = {}  # window → since when
        self._freed: dict[str, int] = {}

    def read(self, event: happened.Event) -> None:
        if isinstance(event, happened.TicketTaken):
            starts_at_ms = self._starts.get(event.appointment, 0) if event.booked else 0
            self.visitors[event.ticket] = Visitor(event, [], starts_at_ms)
            self._service[event.ticket] = event.service
        elif isinstance(event, happened.TicketCalled | happened.TicketResumed):
            self._come(event)
        elif isinstance(event, AWAY):
            self._go(event)
        elif isinstance(event, happened.TicketPrioritised):
            if visitor := self.visitors.get(event.ticket):
                visitor.given += (event,)
        elif isinstance(event, happened.WindowOpened):
            self._open[event.window] = event.at_ms
        elif isinstance(event, happened.WindowPaused | happened.WindowClosed):
            self._shut(event.window, event.at_ms)

    def _come(self, event: happened.TicketCalled | happened.TicketResumed) -> None:
        visitor = self.visitors.get(event.ticket)
        if visitor is None:
            return
        if visitor.recorded_ms is None:
            visitor.recorded_ms = max(0, event.at_ms - visitor.since_ms)
        freed_ms = self._freed.pop(event.window, 0)
        if 0 < event.at_ms - freed_ms < GAP_MOST_MS:
            self.gaps.append(event.at_ms - freed_ms)
        self._at_window[event.ticket] = event.at_ms
        if event.ticket in self._held:
            self._held.discard(event.ticket)
        else:
            visitor.legs.append(Leg(self._service[event.ticket], 0))

    def _go(self, event: happened.TicketEvent) -> None:
        visitor, since_ms = self.visitors.get(event.ticket), self._at_window.pop(event.ticket, None)
        if visitor is None or since_ms is None:
            return
        visitor.legs[-1].took_ms += max(0, event.at_ms - since_ms)
        self._freed[getattr(event, "window", "")] = event.at_ms
        if isinstance(event, happened.TicketHeld):
            self._held.add(event.ticket)
        elif isinstance(event, happened.TicketTransferred | happened.TicketReturned):
            self._service[event.ticket] = event.to_service

    def _shut(self, window: str, at_ms: int) -> None:
        since_ms = self._open.pop(window, None)
        if since_ms is not None and window in self.plan.window:
            self.shifts.append(Shift(window, since_ms, at_ms))

    def done(self) -> Day:
        for window in list(self._open):
            self._shut(window, self.day.ends_at_ms - 1)
        took: dict[str, list[int]] = {}
        for visitor in self.visitors.values():
            for leg in visitor.legs:
                took.setdefault(leg.service, []).append(leg.took_ms)
        for visitor in self.visitors.values():
            if not visitor.legs:  # went away unserved: who knows how long it would have taken
                service = visitor.taken.service
                visitor.legs.append(Leg(service, int(mean(took.get(service, [USUAL_MS])))))
        known = [v for v in self.visitors.values() if all(leg.service in self.plan.service for leg in v.legs)]
        gap_ms = int(median(self.gaps)) if self.gaps else 5000
        return Day(self.day, known, self.shifts, gap_ms)


def read(plan: Plan, day_ms: int, entries: Iterable[happened.Entry], starts: dict[str, int]) -> Day:
    """The local day that ``day_ms`` falls into, of the entries given; ``starts``: appointment → when it begins."""
    turned = days.day_of(plan, day_ms)
    first_ms = turned.ends_at_ms - days.DAY_MS
    reader = _Reader(plan, happened.DayTurned(at_ms=first_ms, day=turned.day, ends_at_ms=turned.ends_at_ms), starts)
    for entry in entries:
        for event in entry.events:
            if first_ms <= event.at_ms < turned.ends_at_ms:
                reader.read(event)
    return reader.done()
