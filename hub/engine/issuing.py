"""Issuing: tickets taken, given to those who check in for an appointment, and printed again."""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from hub.engine import appointments, estimate, leases, moves, numbers, places, refused, sections
from hub.engine.events import AnyEvent, AppointmentCheckedIn, QueueWarned, TicketBooked, TicketReprinted, TicketTaken
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import CheckIn, ReprintTicket, Request, TakeTicket
from hub.engine.state import Appointment, Site, Ticket

Issued = tuple[TicketTaken | AppointmentCheckedIn | TicketBooked | TicketReprinted | QueueWarned, ...] | Refused


def take(plan: Plan, site: Site, request: TakeTicket) -> Issued:
    """A kiosk of a hall issues that hall's services; one that belongs to no hall, and an admin, issue all.

    A known visitor gets no second ticket for a service but the open one printed again; and nobody who has an
    appointment for it queues anew: it is checked in (that is what reason 212 of a poor rating complains about).
    """
    if request.visitor:
        again = _open_ticket(site, request.visitor, request.service)
        known = appointments.came_for(plan, site, request.visitor, request.service, request.at_ms)
        if again is not None and (known is None or again.appointment):
            return (TicketReprinted(at_ms=request.at_ms, ticket=again.id, kiosk=request.by),)
        if known is not None:
            is_on_time = appointments.arrival(plan, known, request.at_ms) == "on_time"
            if again is not None:
                return _for_appointment(request, known, again, is_on_time)
            return _with_ticket(plan, site, request, known, is_on_time)
    taken = _issue(plan, site, request)
    if isinstance(taken, Refused):
        return taken
    if request.service not in plan.limited:
        return (taken,)
    return (taken, *sections.warning(plan, site, plan.service[taken.service], request.at_ms))


def check_in(plan: Plan, site: Site, request: CheckIn) -> Issued:
    """By the visitor whose appointment it is; too early never, late as the site says. Again: the ticket again."""
    known = site.appointments.get(request.appointment)
    if known is None or known.visitor != request.visitor:
        return refused.APPOINTMENT_UNKNOWN
    ticket = site.tickets.get(known.ticket)
    if ticket is not None and ticket.state not in moves.TICKET_OVER:
        return (TicketReprinted(at_ms=request.at_ms, ticket=ticket.id, kiosk=request.by),)
    if (known.state, "check_in") not in moves.APPOINTMENT:
        return refused.APPOINTMENT_IS[known.state]
    if not appointments.is_today(site, known):
        return refused.APPOINTMENT_OTHER_DAY
    when = appointments.arrival(plan, known, request.at_ms)
    if when == "early":
        return refused.APPOINTMENT_EARLY
    if when == "late" and plan.settings.late_appointment == "refuse":
        return refused.APPOINTMENT_LATE
    has = _open_ticket(site, request.visitor, known.service)
    if has is not None:
        return _for_appointment(request, known, has, when == "on_time")
    asked = TakeTicket(
        at_ms=request.at_ms,
        by=request.by,
        service=known.service,
        language=request.language,
        priority=request.priority,
        reason=request.reason,
        visitor=request.visitor,
    )
    return _with_ticket(plan, site, asked, known, when == "on_time")


def _with_ticket(
    plan: Plan, site: Site, asked: TakeTicket, known: Appointment, has_precedence: bool
) -> tuple[AppointmentCheckedIn, TicketTaken] | Refused:
    taken = _issue(plan, site, asked, known.id, has_precedence)
    if isinstance(taken, Refused):
        return taken
    came = AppointmentCheckedIn(at_ms=asked.at_ms, appointment=known.id, kiosk=asked.by, ticket=taken.ticket)
    return (came, taken)


def _for_appointment(request: CheckIn | TakeTicket, known: Appointment, has: Ticket, is_on_time: bool) -> Issued:
    """Who came too early and took a ticket meanwhile keeps it."""
    return (
        AppointmentCheckedIn(at_ms=request.at_ms, appointment=known.id, kiosk=request.by, ticket=has.id),
        TicketBooked(at_ms=request.at_ms, ticket=has.id, appointment=known.id, booked=is_on_time, kiosk=request.by),
    )


def _issue(
    plan: Plan, site: Site, request: TakeTicket, appointment: str = "", has_precedence: bool = False
) -> TicketTaken | Refused:
    """Hours, quota and limit are not held against an appointment: its place was given when it was booked."""
    no = _not_here(plan, site, request)
    if no is not None:
        return no
    service = plan.service[request.service]
    if service.id in plan.limited and not appointment:
        no = sections.why_none(plan, site, service, request.at_ms)
        if no is not None:
            return no
    queue = places.look_at_service(site, service.id)
    serial = numbers.next_serial(queue)
    number = numbers.number_of(service.prefix, serial)
    ahead = len(queue.priority)
    if request.priority == "none":
        ahead += len(queue.booked)
        if not has_precedence:
            ahead += len(queue.waiting)
    taken = TicketTaken(
        at_ms=request.at_ms,
        ticket=f"{site.day}-{number}",
        number=number,
        serial=serial,
        service=service.id,
        kiosk=request.by,
        language=request.language,
        priority=request.priority,
        ahead=ahead,
        reason=request.reason,
        visitor=request.visitor,
        persons=request.persons,
    )
    if not (request.visit or appointment or plan.hours):
        return taken
    return structs.replace(
        taken,
        visit=places.visit_of(site.tickets[request.visit]) if request.visit else "",
        first_ticket=_first_ticket(site, request),
        appointment=appointment,
        booked=has_precedence,
        section_ms=0 if appointment else sections.now(plan, service.id, request.at_ms) or 0,
    )


def _first_ticket(site: Site, request: TakeTicket) -> str:
    """Of today's visit to which a further ticket is asked for."""
    if not request.visit:
        return ""
    return site.visitors[request.visitor][0] if request.visitor else places.visit_of(site.tickets[request.visit])


def _not_here(plan: Plan, site: Site, request: TakeTicket) -> Refused | None:
    """Why this kiosk gives this visitor no ticket of this service."""
    service = plan.service.get(request.service)
    if service is None:
        return refused.SERVICE_UNKNOWN
    kiosk = plan.device.get(request.by)
    if kiosk is not None and kiosk.hall and kiosk.hall != service.hall:
        return refused.SERVICE_ELSEWHERE
    if not 1 <= request.persons <= plan.settings.group_max:
        return refused.GROUP_SIZE
    if request.priority == "other" and not request.reason and plan.settings.priority_reason:
        return refused.PRIORITY_REASON
    if request.visit:
        other = site.tickets.get(request.visit)
        if other is None or other.visitor != request.visitor:
            return refused.VISIT_UNKNOWN
    return None


def _open_ticket(site: Site, visitor: str, service: str) -> Ticket | None:
    for id in site.visitors.get(visitor, ()):
        ticket = site.tickets[id]
        if ticket.service == service and ticket.state not in moves.TICKET_OVER:
            return ticket
    return None


def reprint(plan: Plan, site: Site, request: ReprintTicket) -> tuple[TicketReprinted] | Refused:
    """By the number as people read it; capital or small letters."""
    ticket = site.tickets.get(f"{site.day}-{request.number.strip().upper()}")
    if ticket is None:
        return refused.TICKET_UNKNOWN
    if ticket.state in moves.TICKET_OVER:
        return refused.TICKET_OVER
    return (TicketReprinted(at_ms=request.at_ms, ticket=ticket.id, kiosk=request.by),)


def taken(plan: Plan, site: Site, event: TicketTaken) -> None:
    """Into the line of its service."""
    ticket = site.tickets[event.ticket] = Ticket(
        id=event.ticket,
        number=event.number,
        service=event.service,
        kiosk=event.kiosk,
        language=event.language,
        priority=event.priority,
        state="waiting",
        taken_at_ms=event.at_ms,
        changed_at_ms=event.at_ms,
        reason=event.reason,
        visitor=event.visitor,
        persons=event.persons,
    )
    queue = places.of_service(site, event.service)
    if not event.was_offline:
        queue.issued = event.serial
    came_after = event.was_offline and event.section_ms < queue.section_ms  # another section runs by now
    if not event.appointment and not came_after:
        queue.section_issued = queue.section_issued + 1 if queue.section_ms == event.section_ms else 1
        queue.section_ms = event.section_ms
    if event.visitor:
        site.visitors.setdefault(event.visitor, []).append(event.ticket)
    if event.visit:
        _visits_too(site, ticket, event.visit)
    since_ms = event.at_ms
    if event.appointment:
        since_ms = _came_for(site, ticket, event)
    if event.was_offline:
        leases.joined(site, ticket, event)
    else:
        places.arrive(site, ticket, since_ms)
    estimate.note(plan, site, event.service, event.at_ms)


def _visits_too(site: Site, ticket: Ticket, visit: str) -> None:
    """The first ticket of a visit does not know that it is one, until there is a second."""
    ticket.visit = visit
    first = site.tickets.get(visit)
    if first is not None and not first.visit:
        first.visit = first.id
        if first.state in ("called", "serving"):
            site.visits[first.id] = first.id


def _came_for(site: Site, ticket: Ticket, event: TicketTaken) -> int:
    """Since when it waits: who comes early for an appointment begins to wait when that begins."""
    known = site.appointments[event.appointment]
    known.ticket = ticket.id
    ticket.appointment, ticket.booked = event.appointment, event.booked
    return max(event.at_ms, known.starts_at_ms) if event.booked else event.at_ms


def booked(plan: Plan, site: Site, event: TicketBooked) -> None:
    """Into the line of those with an appointment, if it stands in the other one."""
    ticket = site.tickets[event.ticket]
    known = site.appointments[event.appointment]
    known.ticket = ticket.id
    ticket.appointment = event.appointment
    ticket.acts += 1
    if not event.booked:
        return
    stands_in_line = ticket.state == "waiting" and ticket.id not in site.later
    if stands_in_line:
        places.leave(site, ticket)
    ticket.booked = True
    if stands_in_line:
        ticket.waits_since_ms = max(ticket.since_ms, known.starts_at_ms)
        places.join(site, ticket)


def reprinted(plan: Plan, site: Site, event: TicketReprinted) -> None:
    """Nothing about the ticket changes."""


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], tuple[AnyEvent, ...] | Refused]] = {
    TakeTicket: take,
    CheckIn: check_in,
    ReprintTicket: reprint,
}
EVOLVES = {TicketTaken: taken, TicketBooked: booked, TicketReprinted: reprinted}
