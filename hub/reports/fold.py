"""Fold: journal entries in, figures of days out. Nothing but the entries counts, so the same ones give the same."""

from collections.abc import Callable
from copy import copy
from typing import Any

import msgspec

from hub.engine import events as happened
from hub.engine.cases import VOID
from hub.reports.figures import Correction, Day, Figures, Key

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


class OpenAlarm(msgspec.Struct, array_like=True):
    device: str
    raised_at_ms: int


class OpenCase(msgspec.Struct, array_like=True, frozen=True):
    """``day`` and ``key`` of the rating."""

    day: str
    key: Key
    level: int
    is_known: bool = False
    counted: tuple[str, ...] = ()  # of contacted, replied, overdue: once each


class Carry(msgspec.Struct, array_like=True):
    """What a day must know of those before it: open alarms and cases, and for what an appointment is."""

    alarms: dict[str, OpenAlarm] = msgspec.field(default_factory=dict)
    appointments: dict[str, str] = msgspec.field(default_factory=dict)
    cases: dict[str, OpenCase] = msgspec.field(default_factory=dict)


class Ended(msgspec.Struct, frozen=True):
    """A day that is over, what the next one must know of it, and what it made known of the days before."""

    day: Day
    carry: Carry
    corrections: list[Correction]


class _Track:
    """Where a ticket is. ``counted``: what its last act added, for that act may be taken back."""

    __slots__ = (
        "before",
        "begun_ms",
        "called_ms",
        "counted",
        "done_by",
        "hour",
        "service",
        "since_ms",
        "spent_ms",
        "state",
    )

    def __init__(self, service: str, at_ms: int, hour: int) -> None:
        self.service = service
        self.hour = hour  # in which it was taken
        self.state = "waiting"
        self.since_ms = at_ms  # waits
        self.called_ms = self.begun_ms = self.spent_ms = 0
        self.done_by: dict[str, str] = {}  # window → who worked for it there
        self.before: _Track | None = None
        self.counted: list[tuple[Figures, str, int]] = []


class Fold:
    """Reads a journal in order. ``day`` is the one that is not over; its ``day`` is '' before any began."""

    def __init__(self, carry: Carry | None = None) -> None:
        self.carry = carry or Carry()
        self.day = Day()
        self.corrections: list[Correction] = []  # of days before this one
        self._starts_ms = 0
        self._tracks: dict[str, _Track] = {}
        self._staff: dict[str, str] = {}  # window → who is signed in there

    def read(self, entry: happened.Entry) -> Ended | None:
        """Gives the day that ended with this entry, if one did: the next one began in the same entry."""
        ended = None
        for event in entry.events:
            if isinstance(event, happened.DayTurned):
                if self.day.day:
                    ended = Ended(self.day, _copy(self.carry), self.corrections)
                self._begin(event)
            elif self.day.day:
                read = _READERS.get(type(event))
                if read is not None:
                    read(self, event)
        return ended

    def _begin(self, event: happened.DayTurned) -> None:
        self.day = Day(day=event.day)
        self.corrections = []
        self._starts_ms = event.ends_at_ms - DAY_MS
        self._tracks = {}
        self._staff = {}

    # Tickets

    def _taken(self, event: happened.TicketTaken) -> None:
        at_ms = event.taken_at_ms or event.at_ms  # by a kiosk that was alone it was taken before we knew
        hour = max(0, at_ms - self._starts_ms) // HOUR_MS
        self._tracks[event.ticket] = _Track(event.service, at_ms, hour)
        cell = self.day.cell((event.service, "", ""))
        cell.taken += 1
        cell.hours[hour] = cell.hours.get(hour, 0) + 1

    def _act(self, event: happened.TicketEvent) -> tuple[_Track, Figures] | None:
        """The ticket, ready to be changed, and the cell that counts; None for a ticket that was not taken today.

        Work that began and ended with one press is one act.
        """
        track = self._tracks.get(event.ticket)
        if track is None:
            return None
        is_one_press = track.state == "serving" and track.begun_ms == event.at_ms
        if not is_one_press:
            before = copy(track)
            before.before, before.counted = None, []
            track.before, track.counted = before, []
        window: str = event.window  # type: ignore[attr-defined]
        return track, self.day.cell((track.service, window, self._staff.get(window, "")))

    def _called(self, event: happened.TicketCalled) -> None:
        if found := self._act(event):
            track, cell = found
            _count(track, cell, "called")
            _time(track, cell, "waits", max(0, event.at_ms - track.since_ms))
            track.state, track.called_ms, track.spent_ms = "called", event.at_ms, 0

    def _resumed(self, event: happened.TicketResumed) -> None:
        if found := self._act(event):
            found[0].state, found[0].called_ms = "called", event.at_ms

    def _recalled(self, event: happened.TicketRecalled) -> None:
        track = self._tracks.get(event.ticket)
        if track is not None:
            self.day.cell((track.service, event.window, self._staff.get(event.window, ""))).recalled += 1

    def _served(self, event: happened.TicketServed) -> None:
        if found := self._act(event):
            found[0].state, found[0].begun_ms = "serving", event.at_ms

    def _held(self, event: happened.TicketHeld) -> None:
        if found := self._act(event):
            found[0].spent_ms += _worked_ms(found[0], event.at_ms)
            found[0].state = "held"

    def _finished(self, event: happened.TicketFinished) -> None:
        if found := self._act(event):
            track, cell = found
            _count(track, cell, "finished")
            _time(track, cell, "stays", track.spent_ms + _worked_ms(track, event.at_ms))
            track.state = "finished"
            track.done_by = {**track.done_by, event.window: self._staff.get(event.window, "")}

    def _sent_on(self, event: happened.TicketTransferred | happened.TicketReturned) -> None:
        if found := self._act(event):
            track, cell = found
            _count(track, cell, "transferred")
            spent_ms = track.spent_ms + _worked_ms(track, event.at_ms)
            if track.state == "serving" or spent_ms:
                _time(track, cell, "stays", spent_ms)
                track.done_by = {**track.done_by, event.window: self._staff.get(event.window, "")}
            track.state, track.service, track.spent_ms = "waiting", event.to_service, 0
            track.since_ms = max(event.at_ms, getattr(event, "not_before_ms", 0))

    def _passed(self, event: happened.TicketPassed) -> None:
        if found := self._act(event):
            _count(found[0], found[1], "no_show")
            found[0].state = "passed"

    def _requeued(self, event: happened.TicketRequeued) -> None:
        if found := self._act(event):
            _count(found[0], found[1], "requeued")
            found[0].state, found[0].since_ms = "waiting", event.at_ms

    def _expired(self, event: happened.TicketExpired) -> None:
        track = self._tracks.get(event.ticket)
        if track is not None:
            self.day.cell((track.service, "", "")).expired += 1
            track.state = "expired"

    def _undone(self, event: happened.ActUndone) -> None:
        """What the act counted is taken back."""
        track = self._tracks.get(event.ticket)
        if track is None or track.before is None:
            return
        for figures, name, value in track.counted:
            if name in ("waits", "stays"):
                _add_time(figures, name, value, track.hour, -1)
            else:
                setattr(figures, name, getattr(figures, name) - value)
        self._tracks[event.ticket] = track.before

    def _rated(self, event: happened.ServiceRated) -> None:
        """For the clerk who finished it, whoever sits there by now; nobody knows any more who did on an earlier day."""
        cell = self.day.cell(self._rated_key(event))
        if event.is_default:
            cell.defaults += 1
        else:
            cell.levels[event.level - 1] += 1

    def _rated_key(self, event: happened.ServiceRated | happened.CaseOpened) -> Key:
        track = self._tracks.get(event.ticket)
        if track is None:
            return event.service, event.window, ""
        return event.service or track.service, event.window, track.done_by.get(event.window, "")

    def _case_opened(self, event: happened.CaseOpened) -> None:
        key = self._rated_key(event)
        self.day.cell(key).cases += 1
        self.day.cell(key).known += bool(event.visitor)
        self.carry.cases[event.case] = OpenCase(self.day.day, key, event.level, bool(event.visitor))

    def _case_moved(self, event: happened.CaseMoved) -> None:
        case = self.carry.cases.get(event.case)
        if case is None:
            return
        if event.state in VOID:
            self._void(event.case, case)
        elif event.state == "replied" or (event.state == "contacted" and case.is_known):
            self._once(event.case, case, event.state)
        elif event.state == "closed":
            del self.carry.cases[event.case]

    def _case_overdue(self, event: happened.CaseOverdue) -> None:
        if case := self.carry.cases.get(event.case):
            self._once(event.case, case, "overdue")

    def _once(self, id: str, case: OpenCase, name: str) -> None:
        if name not in case.counted:
            self._correct(case, name, 1)
            self.carry.cases[id] = msgspec.structs.replace(case, counted=(*case.counted, name))

    def _void(self, id: str, case: OpenCase) -> None:
        """As if the rating had never been, but that it is known how many were so."""
        self._correct(case, "level", -1)
        self._correct(case, "voided", 1)
        for name in (*case.counted, *(("known",) if case.is_known else ())):
            self._correct(case, name, -1)
        del self.carry.cases[id]  # whatever follows is no more than its end

    def _correct(self, case: OpenCase, name: str, amount: int) -> None:
        correction = Correction(case.day, case.key, name, amount, case.level)
        if case.day == self.day.day:
            self.day.correct(correction)
        else:
            self.corrections.append(correction)

    # Windows, appointments, alarms

    def _signed_in(self, event: happened.StaffSignedIn) -> None:
        self._staff[event.window] = event.staff

    def _signed_out(self, event: happened.StaffSignedOut) -> None:
        self._staff.pop(event.window, None)

    def _booked(self, event: happened.AppointmentBooked | happened.AppointmentChanged) -> None:
        self.carry.appointments[event.appointment] = event.service

    def _cancelled(self, event: happened.AppointmentCancelled) -> None:
        self.carry.appointments.pop(event.appointment, None)

    def _checked_in(self, event: happened.AppointmentCheckedIn) -> None:
        self.day.cell((self.carry.appointments.pop(event.appointment, ""), "", "")).kept += 1

    def _missed(self, event: happened.AppointmentMissed) -> None:
        self.day.cell((self.carry.appointments.pop(event.appointment, ""), "", "")).missed += 1

    def _raised(self, event: happened.AlarmRaised) -> None:
        self.carry.alarms[event.alarm] = OpenAlarm(event.device, event.at_ms)
        figures = self.day.alarm(event.device)
        figures.raised += 1
        figures.tampered += event.cause != "press"

    def _acknowledged(self, event: happened.AlarmAcknowledged) -> None:
        if alarm := self.carry.alarms.get(event.alarm):
            self.day.alarm(alarm.device).answers.add(max(0, event.at_ms - alarm.raised_at_ms))

    def _closed(self, event: happened.AlarmClosed) -> None:
        if alarm := self.carry.alarms.pop(event.alarm, None):
            self.day.alarm(alarm.device).ends.add(max(0, event.at_ms - alarm.raised_at_ms))


def _copy(carry: Carry) -> Carry:
    return Carry(dict(carry.alarms), dict(carry.appointments), dict(carry.cases))


def _worked_ms(track: _Track, at_ms: int) -> int:
    """Since the work began; since the call where one press said that it began and was over."""
    if track.state != "serving":
        return 0
    began_ms = track.called_ms if track.begun_ms == at_ms else track.begun_ms
    return max(0, at_ms - began_ms)


def _count(track: _Track, figures: Figures, name: str) -> None:
    setattr(figures, name, getattr(figures, name) + 1)
    track.counted.append((figures, name, 1))


def _time(track: _Track, figures: Figures, name: str, ms: int) -> None:
    _add_time(figures, name, ms, track.hour, 1)
    track.counted.append((figures, name, ms))


def _add_time(figures: Figures, name: str, ms: int, hour: int, times: int) -> None:
    if name == "stays":
        figures.stays.add(ms, times)
        return
    figures.waits.add(ms, times)
    figures.hour_waits[hour] = figures.hour_waits.get(hour, 0) + times
    figures.hour_waits_ms[hour] = figures.hour_waits_ms.get(hour, 0) + ms * times


_READERS: dict[type[happened.Event], Callable[[Fold, Any], None]] = {
    happened.TicketTaken: Fold._taken,
    happened.TicketCalled: Fold._called,
    happened.TicketRecalled: Fold._recalled,
    happened.TicketResumed: Fold._resumed,
    happened.TicketServed: Fold._served,
    happened.TicketHeld: Fold._held,
    happened.TicketFinished: Fold._finished,
    happened.TicketTransferred: Fold._sent_on,
    happened.TicketReturned: Fold._sent_on,
    happened.TicketPassed: Fold._passed,
    happened.TicketRequeued: Fold._requeued,
    happened.TicketExpired: Fold._expired,
    happened.ActUndone: Fold._undone,
    happened.ServiceRated: Fold._rated,
    happened.CaseOpened: Fold._case_opened,
    happened.CaseMoved: Fold._case_moved,
    happened.CaseOverdue: Fold._case_overdue,
    happened.StaffSignedIn: Fold._signed_in,
    happened.StaffSignedOut: Fold._signed_out,
    happened.AppointmentBooked: Fold._booked,
    happened.AppointmentChanged: Fold._booked,
    happened.AppointmentCancelled: Fold._cancelled,
    happened.AppointmentCheckedIn: Fold._checked_in,
    happened.AppointmentMissed: Fold._missed,
    happened.AlarmRaised: Fold._raised,
    happened.AlarmAcknowledged: Fold._acknowledged,
    happened.AlarmClosed: Fold._closed,
}
