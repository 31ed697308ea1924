"""Issuing: tickets taken and printed again."""

from hub.engine import moves, places, refused
from hub.engine.events import TicketReprinted, TicketTaken
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import ReprintTicket, TakeTicket
from hub.engine.state import Site, Ticket


def take(plan: Plan, site: Site, request: TakeTicket) -> tuple[TicketTaken] | Refused:
    """A kiosk of a hall issues that hall's services; one that belongs to no hall, and an admin, issue all."""
    service = plan.service.get(request.service)
    if service is None:
        return refused.SERVICE_UNKNOWN
    kiosk = plan.device.get(request.by)
    if kiosk is not None and kiosk.hall and kiosk.hall != service.hall:
        return refused.SERVICE_ELSEWHERE
    queue = places.look_at_service(site, service.id)
    serial = queue.issued + 1
    number = f"{service.prefix}{serial:03d}"
    ahead = len(queue.priority)
    if request.priority == "none":
        ahead += len(queue.waiting)
    return (
        TicketTaken(
            at_ms=request.at_ms,
            ticket=f"{site.day}-{number}",
            number=number,
            serial=serial,
            service=service.id,
            kiosk=request.by,
            language=request.language,
            priority=request.priority,
            ahead=ahead,
        ),
    )


def reprint(plan: Plan, site: Site, request: ReprintTicket) -> tuple[TicketReprinted] | Refused:
    """By the number as people read it; capital or small letters."""
    ticket = site.tickets.get(f"{site.day}-{request.number.strip().upper()}")
    if ticket is None:
        return refused.TICKET_UNKNOWN
    if ticket.state in moves.TICKET_OVER:
        return refused.TICKET_OVER
    return (TicketReprinted(at_ms=request.at_ms, ticket=ticket.id, kiosk=request.by),)


def taken(plan: Plan, site: Site, event: TicketTaken) -> None:
    ticket = site.tickets[event.ticket] = Ticket(
        id=event.ticket,
        number=event.number,
        service=event.service,
        kiosk=event.kiosk,
        language=event.language,
        priority=event.priority,
        state=moves.TICKET["", "take"],
        taken_at_ms=event.at_ms,
        changed_at_ms=event.at_ms,
    )
    places.of_service(site, event.service).issued = event.serial
    places.line_of(site, ticket).join(ticket.id)


def reprinted(plan: Plan, site: Site, event: TicketReprinted) -> None:
    """Nothing about the ticket changes."""


DECIDES = {TakeTicket: take, ReprintTicket: reprint}
EVOLVES = {TicketTaken: taken, TicketReprinted: reprinted}
