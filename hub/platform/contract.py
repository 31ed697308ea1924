"""The neutral contract: which events a city platform hears of, as records in our own words. Pure.

A platform's own field names and codes are put on later, between `records` and the wire, as data; nothing here knows
them. No personal data: a visitor is a ticket, a member of staff is not named, notes are left out.
"""

from datetime import datetime, timedelta, timezone
from functools import lru_cache

import msgspec

from hub.engine import events as happened
from hub.engine.numbers import prefix_of
from hub.engine.plan import Device, Plan, Service, Window

Fact = str | int | bool | tuple[int, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.

    ``id``        unique for ever, the same in each repetition: the platform's idempotency key
    ``type``      a row of `TYPES`
    ``at``        ISO 8601 with the site's offset, milliseconds
    ``epoch``     unix s of the journal's creation, and
    ``sequence``  grows with each record: (epoch, sequence) is the order, for each subject and over all
    ``hall``      '' when the event says nothing of a place
    ``subject``   what it is about: ``ticket:…``, ``appointment:…``, ``window:…``, ``case:…``, ``alarm:…``, ``device:…``
    """

    id: str
    type: str
    at: str
    site: str
    epoch: int
    sequence: int
    hall: str
    subject: str
    facts: dict[str, Fact]


class Told(msgspec.Struct, frozen=True):
    """How one kind of event is told: type, nature of the subject, what gives the hall, fields that go along.

    ``times``: facts that are moments (ISO 8601, as ``at``), each out of the event's ``…_ms``; one that the event does
    not know is the moment of the event itself. ``about``: the subject's field, where it is not called as its nature.
    """

    type: str
    subject: str
    place: str = ""
    fields: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    about: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        return self.fields + self.times


TYPES: dict[type[happened.Event], Told] = {
    happened.TicketTaken: Told(
        "ticket.taken",
        "ticket",
        "service",
        (
            *("number", "service", "kiosk", "language", "priority", "ahead", "was_offline"),
            *("appointment", "booked", "persons", "first_ticket"),
        ),
        ("taken_at",),
    ),
    happened.OfflineTicketRefused: Told(
        "ticket.refused", "device", "service", ("number", "day", "service", "kiosk", "code"), ("taken_at",), "kiosk"
    ),
    happened.TicketCalled: Told("ticket.called", "ticket", "window", ("window",)),
    happened.TicketRecalled: Told("ticket.recalled", "ticket", "window", ("window",)),
    happened.TicketPassed: Told("ticket.passed", "ticket", "window", ("window",)),
    happened.TicketServed: Told("ticket.served", "ticket", "window", ("window",)),
    happened.TicketFinished: Told("ticket.finished", "ticket", "window", ("window",)),
    happened.TicketHeld: Told("ticket.held", "ticket", "window", ("window",)),
    happened.TicketResumed: Told("ticket.resumed", "ticket", "window", ("window",)),
    happened.TicketTransferred: Told("ticket.transferred", "ticket", "window", ("window", "to_service", "to_window")),
    happened.TicketExpired: Told("ticket.expired", "ticket", "ticket"),
    happened.TicketBooked: Told("ticket.booked", "ticket", "ticket", ("appointment", "booked")),
    happened.TicketPrioritised: Told("ticket.prioritised", "ticket", "ticket", ("priority", "was")),
    happened.TicketReleased: Told("ticket.released", "ticket", "ticket"),
    happened.TicketReturned: Told("ticket.returned", "ticket", "window", ("window", "to_service", "to_window")),
    happened.ActUndone: Told("ticket.undone", "ticket", "window", ("window", "act")),
    happened.StaffSignedIn: Told("staff.signed_in", "window", "window", ("staff",)),
    happened.StaffSignedOut: Told("staff.signed_out", "window", "window", ("staff",)),
    happened.TicketRequeued: Told("ticket.requeued", "ticket", "window", ("window", "behind")),
    happened.ServiceRated: Told(
        "service.rated",
        "ticket",
        "window",
        ("window", "terminal", "source", "service", "nth", "level", "reasons", "why", "is_default"),
    ),
    happened.CaseOpened: Told(
        "case.opened", "case", "window", ("ticket", "window", "service", "level", "reasons", "why", "deadline_ms")
    ),
    happened.CaseMoved: Told("case.moved", "case", "window", ("window", "act", "state", "by", "to", "reasons")),
    happened.CaseOverdue: Told("case.overdue", "case", "window", ("window",)),
    happened.AppointmentBooked: Told(
        "appointment.booked", "appointment", "service", ("service",), ("starts_at", "ends_at")
    ),
    happened.AppointmentChanged: Told(
        "appointment.changed", "appointment", "service", ("service",), ("starts_at", "ends_at")
    ),
    happened.AppointmentCancelled: Told("appointment.cancelled", "appointment"),
    happened.AppointmentCheckedIn: Told("appointment.checked_in", "appointment", "", ("kiosk", "ticket")),
    happened.AppointmentMissed: Told("appointment.missed", "appointment"),
    happened.WindowOpened: Told("window.opened", "window", "window"),
    happened.WindowPaused: Told("window.paused", "window", "window", ("reason",)),
    happened.WindowClosed: Told("window.closed", "window", "window"),
    happened.AlarmRaised: Told("alarm.raised", "alarm", "device", ("device", "cause")),
    happened.AlarmPressedAgain: Told("alarm.pressed_again", "alarm"),
    happened.AlarmAcknowledged: Told("alarm.acknowledged", "alarm"),
    happened.AlarmClosed: Told("alarm.closed", "alarm"),
    happened.DeviceCame: Told("device.came", "device", "device"),
    happened.DeviceLeft: Told("device.left", "device", "device"),
    happened.PartFailed: Told("part.failed", "device", "device", ("part", "fault")),
    happened.PartRecovered: Told("part.recovered", "device", "device", ("part",)),
}

MAX_EVENTS = 1_000_000
"""In one entry; a day's turn expires some thousands of tickets. Keeps ``sequence`` below 2^53 for 9 billion entries."""


def records(plan: Plan, epoch: int, entry: happened.Entry) -> list[Record]:
    """What the platform is told of one entry, in order; often nothing. The same entry gives the same records always."""
    told = []
    for index, event in enumerate(entry.events):
        row = TYPES.get(type(event))
        if row is None:
            continue
        told.append(
            Record(
                id=f"{plan.id}-{epoch}-{entry.position}-{index}",
                type=row.type,
                at=_iso(event.at_ms, plan.settings.utc_offset_min),
                site=plan.id,
                epoch=epoch,
                sequence=entry.position * MAX_EVENTS + index,
                hall=_hall(plan, row.place, event),
                subject=f"{row.subject}:{getattr(event, row.about or row.subject)}",
                facts=_facts(row, event, plan.settings.utc_offset_min),
            )
        )
    return told


def _facts(row: Told, event: happened.AnyEvent, offset_min: int) -> dict[str, Fact]:
    facts: dict[str, Fact] = {name: getattr(event, name) for name in row.fields}
    for name in row.times:
        facts[name] = _iso(getattr(event, name + "_ms") or event.at_ms, offset_min)
    return facts


def _hall(plan: Plan, place: str, event: happened.AnyEvent) -> str:
    """Where it happened. A window, service or device that is no longer in the plan has no hall."""
    if not place:
        return ""
    id_: str = getattr(event, place)
    if place == "ticket":
        return _hall_of_prefix(plan, id_)
    found: Service | Window | Device | None = getattr(plan, place).get(id_)
    return found.hall if found else ""


def _hall_of_prefix(plan: Plan, ticket: str) -> str:
    """A ticket id is ``YYYYMMDD-`` and its number, which begins with its service's prefix."""
    prefix = prefix_of(ticket.partition("-")[2])
    return next((service.hall for service in plan.services if service.prefix == prefix), "")


def _iso(at_ms: int, offset_min: int) -> str:
    at_s, ms = divmod(at_ms, 1000)
    second, offset = _iso_second(at_s, offset_min)
    return f"{second}.{ms:03}{offset}"


@lru_cache(maxsize=256)
def _iso_second(at_s: int, offset_min: int) -> tuple[str, str]:
    """A busy second has hundreds of events: its text is made once. The offset apart."""
    text = datetime.fromtimestamp(at_s, timezone(timedelta(minutes=offset_min))).isoformat()
    return text[:19], text[19:]
