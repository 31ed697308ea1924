"""Appointments: booked, changed, cancelled, missed; what there is of a visitor today, and whether it is time."""

from collections.abc import Callable
from typing import Any

from hub.engine import moves, numbers, refused
from hub.engine.events import (
    AnyEvent,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentChanged,
    AppointmentCheckedIn,
    AppointmentEvent,
    AppointmentMissed,
)
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import BookAppointment, CancelAppointment, Request
from hub.engine.state import Appointment, Site, Ticket

MINUTE_MS = 60_000
DAY_MS = 1440 * MINUTE_MS


def arrival(plan: Plan, appointment: Appointment, at_ms: int) -> str:
    """early, on_time or late (firmware.wire.messages.visitor.ARRIVALS), by the site's rules."""
    if at_ms < appointment.starts_at_ms - plan.settings.checkin_early_min * MINUTE_MS:
        return "early"
    return "late" if at_ms > _last_ms(plan, appointment) else "on_time"


def _last_ms(plan: Plan, appointment: Appointment) -> int:
    return appointment.ends_at_ms + plan.settings.checkin_late_min * MINUTE_MS


def is_today(site: Site, appointment: Appointment) -> bool:
    return site.day_ends_at_ms - DAY_MS <= appointment.starts_at_ms < site.day_ends_at_ms


def of_visitor(site: Site, visitor: str) -> list[Appointment]:
    """Those of today that can still be checked in, the earliest first."""
    found = [site.appointments[id] for id in site.booked.get(visitor, ())]
    return sorted(
        (one for one in found if one.state == "booked" and is_today(site, one)), key=lambda one: one.starts_at_ms
    )


def book(
    plan: Plan, site: Site, request: BookAppointment
) -> tuple[AppointmentBooked | AppointmentChanged, ...] | Refused:
    """The same told again changes nothing; told differently it is a change."""
    if request.service not in plan.service:
        return refused.SERVICE_UNKNOWN
    if not request.at_ms - DAY_MS < request.starts_at_ms < request.ends_at_ms <= request.starts_at_ms + DAY_MS:
        return refused.APPOINTMENT_TIMES
    known = site.appointments.get(request.appointment)
    if known is None:
        return (
            AppointmentBooked(
                at_ms=request.at_ms,
                appointment=request.appointment,
                visitor=request.visitor,
                service=request.service,
                starts_at_ms=request.starts_at_ms,
                ends_at_ms=request.ends_at_ms,
            ),
        )
    if known.visitor != request.visitor:
        return refused.APPOINTMENT_UNKNOWN
    if (known.state, "change") not in moves.APPOINTMENT:
        return refused.APPOINTMENT_IS[known.state]
    if (known.service, known.starts_at_ms, known.ends_at_ms) == (
        request.service,
        request.starts_at_ms,
        request.ends_at_ms,
    ):
        return ()
    return (
        AppointmentChanged(
            at_ms=request.at_ms,
            appointment=known.id,
            service=request.service,
            starts_at_ms=request.starts_at_ms,
            ends_at_ms=request.ends_at_ms,
        ),
    )


def cancel(plan: Plan, site: Site, request: CancelAppointment) -> tuple[AppointmentCancelled] | Refused:
    known = site.appointments.get(request.appointment)
    if known is None:
        return refused.APPOINTMENT_UNKNOWN
    if (known.state, "cancel") not in moves.APPOINTMENT:
        return refused.APPOINTMENT_IS[known.state]
    return (AppointmentCancelled(at_ms=request.at_ms, appointment=known.id, by=request.by),)


def came_for(plan: Plan, site: Site, visitor: str, service: str, at_ms: int) -> Appointment | None:
    """The appointment that a visitor who asks for this service came for: nobody who booked queues anew (reason 212).

    One that is on time, else the newest that is late, where the site takes who is late.
    """
    found = None
    for one in of_visitor(site, visitor):
        if one.service != service:
            continue
        when = arrival(plan, one, at_ms)
        if when == "on_time":
            return one
        if when == "late" and plan.settings.late_appointment == "queue":
            found = one
    return found


def overdue(
    plan: Plan, site: Site, ended_by_ms: int, at_ms: int
) -> tuple[AppointmentMissed | AppointmentCheckedIn, ...]:
    """Those that began before a moment and were never checked in: nobody came. Who took a ticket for that service on
    the day without checking in, too early or too late, came."""
    return tuple(
        AppointmentMissed(at_ms=at_ms, appointment=one.id)
        if (ticket := _ticket_of_the_day(plan, site, one)) is None
        else AppointmentCheckedIn(at_ms=at_ms, appointment=one.id, kiosk=ticket.kiosk, ticket=ticket.id)
        for one in site.appointments.values()
        if one.state == "booked" and one.starts_at_ms < ended_by_ms
    )


def _ticket_of_the_day(plan: Plan, site: Site, appointment: Appointment) -> Ticket | None:
    """That the visitor took for what had been booked, wherever it was sent since: its number tells what for."""
    service = plan.service.get(appointment.service)
    if service is None or not is_today(site, appointment):
        return None
    for ticket in (site.tickets[id] for id in site.visitors.get(appointment.visitor, ())):
        if ticket.service == service.id or numbers.prefix_of(ticket.number) == service.prefix:
            return ticket
    return None


def over(site: Site, day_starts_at_ms: int) -> list[str]:
    """Ids of those whose day is over once a new one starts at that moment."""
    return [one.id for one in site.appointments.values() if one.starts_at_ms < day_starts_at_ms]


def forget(site: Site, appointment: str) -> None:
    """Its day is over."""
    known = site.appointments.pop(appointment)
    own = site.booked[known.visitor]
    own.remove(appointment)
    if not own:
        del site.booked[known.visitor]


def booked(plan: Plan, site: Site, event: AppointmentBooked) -> None:
    site.appointments[event.appointment] = Appointment(
        id=event.appointment,
        visitor=event.visitor,
        service=event.service,
        starts_at_ms=event.starts_at_ms,
        ends_at_ms=event.ends_at_ms,
        state=moves.APPOINTMENT["", "book"],
    )
    site.booked.setdefault(event.visitor, []).append(event.appointment)


def changed(plan: Plan, site: Site, event: AppointmentChanged) -> None:
    appointment = _moved(site, event, "change")
    appointment.service = event.service
    appointment.starts_at_ms = event.starts_at_ms
    appointment.ends_at_ms = event.ends_at_ms


def cancelled(plan: Plan, site: Site, event: AppointmentCancelled) -> None:
    _moved(site, event, "cancel")


def checked_in(plan: Plan, site: Site, event: AppointmentCheckedIn) -> None:
    _moved(site, event, "check_in")


def missed(plan: Plan, site: Site, event: AppointmentMissed) -> None:
    _moved(site, event, "miss")


def _moved(site: Site, event: AppointmentEvent, act: str) -> Appointment:
    appointment = site.appointments[event.appointment]
    appointment.state = moves.APPOINTMENT[appointment.state, act]
    return appointment


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], tuple[AnyEvent, ...] | Refused]] = {
    BookAppointment: book,
    CancelAppointment: cancel,
}
EVOLVES = {
    AppointmentBooked: booked,
    AppointmentChanged: changed,
    AppointmentCancelled: cancelled,
    AppointmentCheckedIn: checked_in,
    AppointmentMissed: missed,
}
