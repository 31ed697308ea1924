"""A day lived again under a plan's rules, by the engine itself: only who is called when may come out otherwise."""

import heapq
from collections.abc import Callable, Iterable

from msgspec import structs

from hub.engine import policy
from hub.engine.events import (
    AppointmentBooked,
    Event,
    TicketCalled,
    TicketFinished,
    TicketPrioritised,
    TicketTransferred,
    WindowOpened,
    WindowPaused,
)
from hub.engine.evolve import evolve
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.trial.day import Day, Visitor

Joined = Callable[[Site, str, int], None]
LONG_MS = 366 * 86_400_000


class Simulation:
    """``waited``: ticket → ms from when the waiting counts to the first call, for all who were called.

    ``joined(site, ticket, at_ms)`` is told of everybody who just joined a line for the first time.
    """

    def __init__(self, plan: Plan, day: Day, joined: Joined = lambda site, ticket, at_ms: None) -> None:
        self.plan = plan
        self.waited: dict[str, int] = {}
        self.site = Site()
        self._day = day
        self._joined = joined
        self._visitor = {visitor.taken.ticket: visitor for visitor in day.visitors}
        self._leg: dict[str, int] = {}
        self._idle: dict[str, None] = {}  # open windows with nobody there, the one idle longest first
        self._due: list[tuple[int, int, Callable[[int], None]]] = []
        self._count = 0

    def run(self) -> None:
        """The whole day."""
        self._happens(self._day.turned)
        for visitor in self._day.visitors:
            self._at(visitor.taken.at_ms, lambda now, visitor=visitor: self._take(visitor, now))
            for given in visitor.given:
                self._at(given.at_ms, lambda now, given=given: self._prioritise(given))
        for shift in self._day.shifts:
            self._at(shift.starts_at_ms, lambda now, window=shift.window: self._open(window, now))
            self._at(shift.ends_at_ms, lambda now, window=shift.window: self._pause(window, now))
        while self._due:
            now, _, what = heapq.heappop(self._due)
            what(now)

    def _at(self, at_ms: int, what: Callable[..., None]) -> None:
        self._count += 1
        heapq.heappush(self._due, (at_ms, self._count, what))

    def _happens(self, event: Event) -> None:
        evolve(self.plan, self.site, event)

    def _take(self, visitor: Visitor, now: int) -> None:
        taken = visitor.taken
        if taken.appointment and taken.appointment not in self.site.appointments:
            self._happens(
                AppointmentBooked(
                    at_ms=now,
                    appointment=taken.appointment,
                    visitor=taken.visitor or taken.ticket,
                    service=taken.service,
                    starts_at_ms=visitor.starts_at_ms or now,
                    ends_at_ms=now + LONG_MS,
                )
            )
        self._happens(taken)
        self._joined(self.site, taken.ticket, now)
        self._call(self.plan.windows_of_service[taken.service], now)

    def _prioritise(self, given: TicketPrioritised) -> None:
        """If it still waits; here others may have been called than then."""
        if self.site.tickets[given.ticket].state == "waiting":
            self._happens(given)

    def _open(self, window: str, now: int) -> None:
        state = self.site.windows.get(window)
        if state is None or state.state != "open":
            self._happens(WindowOpened(at_ms=now, window=window))
        if state is None or not state.ticket:
            self._idle[window] = None
        self._try(window, now)

    def _pause(self, window: str, now: int) -> None:
        if self.site.windows[window].state == "open":
            self._happens(WindowPaused(at_ms=now, window=window))
        self._idle.pop(window, None)

    def _call(self, windows: Iterable[object], now: int) -> None:
        ids = {getattr(window, "id", window) for window in windows}
        for window in [id for id in self._idle if id in ids]:
            self._try(window, now)

    def _try(self, window: str, now: int) -> None:
        if window not in self._idle:
            return
        ticket = policy.next_ticket(self.plan, self.site, window, now)
        if not ticket:
            return
        del self._idle[window]
        visitor = self._visitor[ticket]
        self.waited.setdefault(ticket, max(0, now - visitor.since_ms))
        self._happens(TicketCalled(at_ms=now, ticket=ticket, window=window))
        leg = visitor.legs[self._leg.get(ticket, 0)]
        self._at(now + leg.took_ms, lambda at_ms: self._done(window, ticket, at_ms))

    def _done(self, window: str, ticket: str, now: int) -> None:
        place = self._leg[ticket] = self._leg.get(ticket, 0) + 1
        legs = self._visitor[ticket].legs
        if place < len(legs):
            to = legs[place].service
            self._happens(TicketTransferred(at_ms=now, ticket=ticket, window=window, to_service=to))
        else:
            self._happens(TicketFinished(at_ms=now, ticket=ticket, window=window))
        self._at(now + self._day.gap_ms, lambda at_ms: self._free(window, at_ms))
        self._call(list(self._idle), now)  # the visitor may have another ticket, or wait on

    def _free(self, window: str, now: int) -> None:
        state = self.site.windows[window]
        if state.state == "open" and not state.ticket:
            self._idle[window] = None
            self._try(window, now)


def live(plan: Plan, day: Day, joined: Joined = lambda site, ticket, at_ms: None) -> dict[str, int]:
    """Ticket → how long it waited, ms, under the plan's rules."""
    simulation = Simulation(plan, structs.replace(day), joined)
    simulation.run()
    return simulation.waited
