"""A day in the small building, in the words of a hall: visitors take, clerks call. `decide` is watched at every step.

Each act returns what it led to: the names of the events, or the code of the rule that said no. What was withdrawn from
amplifiers besides is in `withdrawn`.
"""

import msgspec

from hub.engine import requests
from hub.engine.decide import decide
from hub.engine.effects import Effect
from hub.engine.evaluations import CODE_PAGE
from hub.engine.events import AnnouncementWithdrawn, Entry, Origin
from hub.engine.evolve import apply
from hub.engine.plan import Plan
from hub.engine.react import react
from hub.engine.refused import Refused
from hub.engine.requests import Request
from hub.engine.state import Site, Ticket
from tests.engine.small_site import MORNING_MS, small_plan

PLAIN = msgspec.json.Encoder()


class HallDay:
    """One site living through a day; the clock moves a second with each request unless told otherwise."""

    def __init__(self, plan: Plan | None = None, at_ms: int = MORNING_MS) -> None:
        self.plan = plan or small_plan()
        self.site = Site()
        self.at_ms = at_ms
        self.journal: list[Entry] = []
        self.effects: list[Effect] = []  # of the last act
        self.withdrawn: list[str] = []  # by the last act: ``20261122-1 serve``

    def ask(self, request: Request) -> str:
        before = PLAIN.encode(self.site)
        decision = decide(self.plan, self.site, request)
        assert PLAIN.encode(self.site) == before, "decide changed the site"
        self.effects, self.withdrawn = [], []
        if isinstance(decision, Refused):
            return decision.code
        entry = Entry(
            position=len(self.journal) + 1,
            at_ms=request.at_ms,
            origin=Origin(device=request.by, boot="b1", seq=len(self.journal) + 1),
            events=decision,
        )
        self.journal.append(entry)
        apply(self.plan, self.site, entry)
        for event in decision:
            self.effects.extend(react(self.plan, self.site, event))
        self.withdrawn = [f"{e.act} {e.because}" for e in decision if isinstance(e, AnnouncementWithdrawn)]
        return " ".join(type(e).__name__ for e in decision if not isinstance(e, AnnouncementWithdrawn))

    def ask_for(self, verb: type[Request], by: str, **what: object) -> str:
        self.at_ms += 1000
        return self.ask(verb(at_ms=self.at_ms, by=by, **what))

    # Visitors and guards.

    def takes(
        self,
        service: str,
        kiosk: str = "kiosk-entrance",
        priority: str = "none",
        language: str = "zh",
        **more: object,
    ) -> str:
        """The number on the paper, or why there is none."""
        became = self.ask_for(requests.TakeTicket, kiosk, service=service, priority=priority, language=language, **more)
        return list(self.site.tickets.values())[-1].number if "TicketTaken" in became else became

    def books(self, visitor: str, service: str, starts_in_min: int, lasts_min: int = 30, name: str = "") -> str:
        """``starts_in_min`` from now."""
        starts_at_ms = self.at_ms + starts_in_min * 60_000
        return self.ask_for(
            requests.BookAppointment,
            "platform",
            appointment=name or f"{visitor}-{service}",
            visitor=visitor,
            service=service,
            starts_at_ms=starts_at_ms,
            ends_at_ms=starts_at_ms + lasts_min * 60_000,
        )

    def checks_in(self, visitor: str, appointment: str, **more: object) -> str:
        """The number on the paper, or why there is none."""
        became = self.ask_for(requests.CheckIn, "kiosk-entrance", visitor=visitor, appointment=appointment, **more)
        return list(self.site.tickets.values())[-1].number if "TicketTaken" in became else became

    def minutes_pass(self, minutes: float) -> None:
        self.at_ms += int(minutes * 60_000)

    def reprints(self, number: str) -> str:
        return self.ask_for(requests.ReprintTicket, "kiosk-tax", number=number)

    def rates(self, window: str, number: str, level: int, reasons: tuple[int, ...] = (), terminal: str = "") -> str:
        by = terminal or f"rate-{window}"
        return self.ask_for(
            requests.RateService, by, window=window, ticket=self.id_of(number), level=level, reasons=reasons
        )

    def rates_by_code(
        self, window: str, ticket: str, nth: int, level: int, reasons: tuple[int, ...] = (), words: str = ""
    ) -> str:
        """On the page of the ticket's code; ``ticket`` is the id, for it may be of another day."""
        what = {"window": window, "ticket": ticket, "nth": nth, "level": level, "reasons": reasons, "words": words}
        return self.ask_for(requests.RateService, CODE_PAGE, **what)

    def rates_at_kiosk(self, ticket: str, nth: int, level: int, reasons: tuple[int, ...] = (), **more: object) -> str:
        """With the paper in hand, which the inbox found to be the ticket's; ``ticket`` is the id."""
        what = {"window": "", "ticket": ticket, "nth": nth, "level": level, "reasons": reasons, "is_proven": True}
        return self.ask_for(requests.RateService, "kiosk-tax", **{**what, **more})

    def moves_case(self, case: str, act: str, by: str = "boss", to: str = "", note: str = "", **more: object) -> str:
        """The state the case is in now, or why not."""
        became = self.ask_for(requests.MoveCase, by, case=case, act=act, to=to, note=note, **more)
        return self.site.cases[case].state if became == "CaseMoved" else became

    def gives_priority(self, number: str, priority: str, reason: str = "行动不便", by: str = "admin") -> str:
        """At the desk."""
        what = {"ticket": self.id_of(number), "priority": priority, "reason": reason}
        return self.ask_for(requests.GivePriority, by, **what)

    def presses(self, button: str) -> str:
        return self.ask_for(requests.RaiseAlarm, button)

    # Clerks.

    def opens(self, *windows: str) -> str:
        return " ".join(self._at(requests.OpenWindow, window) for window in windows)

    def pauses(self, window: str, reason: str = "") -> str:
        return self._at(requests.PauseWindow, window, reason=reason)

    def closes(self, window: str) -> str:
        return self._at(requests.CloseWindow, window)

    def calls(self, window: str) -> str:
        """The number that is called, or why nobody is."""
        became = self._at(requests.CallNext, window)
        return self.at(window) if became.startswith("TicketCalled") else became

    def recalls(self, window: str, number: str) -> str:
        return self._about(requests.RecallTicket, window, number)

    def passes(self, window: str, number: str) -> str:
        return self._about(requests.PassTicket, window, number)

    def serves(self, window: str, number: str) -> str:
        return self._about(requests.ServeTicket, window, number)

    def finishes(self, window: str, number: str) -> str:
        return self._about(requests.FinishTicket, window, number)

    def holds(self, window: str, number: str) -> str:
        return self._about(requests.HoldTicket, window, number)

    def resumes(self, window: str, number: str) -> str:
        return self._about(requests.ResumeTicket, window, number)

    def transfers(self, window: str, number: str, to_service: str = "", to_window: str = "", **more: object) -> str:
        return self._about(requests.TransferTicket, window, number, to_service=to_service, to_window=to_window, **more)

    def undoes(self, window: str, number: str) -> str:
        return self._about(requests.UndoAct, window, number)

    def signs_in(self, window: str, staff: str) -> str:
        return self._at(requests.SignIn, window, staff=staff)

    def signs_out(self, window: str) -> str:
        return self._at(requests.SignOut, window)

    def _at(self, verb: type[Request], window: str, **what: object) -> str:
        return self.ask_for(verb, f"call-{window}", window=window, **what)

    def _about(self, verb: type[Request], window: str, number: str, **what: object) -> str:
        return self._at(verb, window, ticket=self.id_of(number), **what)

    # What can be seen.

    def id_of(self, number: str) -> str:
        return f"{self.site.day}-{number}"

    def ticket(self, number: str) -> Ticket:
        return self.site.tickets[self.id_of(number)]

    def state(self, number: str) -> str:
        return self.ticket(number).state

    def at(self, window: str) -> str:
        """The number called to, or served at, a window."""
        ticket = self.site.windows[window].ticket
        return self.site.tickets[ticket].number if ticket else ""

    def display(self, hall: str) -> list[str]:
        """The lines of a hall display, newest first: ``A001→1``, with ``*`` when recalled."""
        return [f"{c.number}→{c.window}{'*' if c.recalled else ''}" for c in self.site.calls.get(hall, [])]

    def spoken(self) -> list[str]:
        """What is to be played: ``pa: A001→1``."""
        return [f"{a.channel}: {a.number}→{a.window}" for a in self.site.announcements.values() if not a.withdrawn]


def picture(day: HallDay) -> dict[str, object]:
    """What people see: who stands where, in which order, on which display."""
    site = day.site
    return {
        "tickets": {t.number: (t.state, t.window, t.service, t.recalls, t.since_ms) for t in site.tickets.values()},
        "lines": {
            id: [list(s.priority), list(s.booked), list(s.waiting)] for id, s in site.services.items() if s.issued
        },
        "windows": {
            id: (w.ticket, list(w.held), w.rating, [list(w.priority), list(w.booked), list(w.waiting)])
            for id, w in site.windows.items()
        },
        "learned": {id: list(s.recent) for id, s in site.services.items() if s.recent},
        "later": dict(site.later),
        "visits": dict(site.visits),
    }


class Counting(dict):
    """A dict that counts how often something in it is looked at, so that a busy machine does not matter."""

    count = 0

    def __getitem__(self, key: str) -> object:
        self.count += 1
        return super().__getitem__(key)

    def values(self) -> list:
        self.count += len(self)
        return list(super().values())
