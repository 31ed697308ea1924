"""Transfers: a ticket waits again, for another service or for one window."""

from hub.engine import calls, places, refused
from hub.engine.events import TicketTransferred
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import TransferTicket
from hub.engine.state import Site, Ticket
from hub.engine.tickets import find, moved


def transfer(plan: Plan, site: Site, request: TransferTicket) -> tuple[TicketTransferred] | Refused:
    """From this window: the ticket there, one held there, or one that only waits for it."""
    ticket = find(plan, site, request, "transfer")
    if isinstance(ticket, Refused):
        return ticket
    to_service = request.to_service or ticket.service
    no = _to_window(plan, site, request, to_service) if request.to_window else _to_service(plan, ticket, request)
    if no is not None:
        return no
    return (
        TicketTransferred(
            at_ms=request.at_ms,
            ticket=ticket.id,
            window=request.window,
            to_service=to_service,
            to_window=request.to_window,
        ),
    )


def _to_window(plan: Plan, site: Site, request: TransferTicket, to_service: str) -> Refused | None:
    target = plan.window.get(request.to_window)
    if target is None:
        return refused.WINDOW_UNKNOWN
    if to_service not in plan.service:
        return refused.SERVICE_UNKNOWN
    if target.id == request.window:
        return refused.TRANSFER_SAME
    if to_service not in target.services:
        return refused.TRANSFER_NOT_SERVED
    if places.look_at_window(site, target.id).state == "closed":
        return refused.TRANSFER_CLOSED  # nobody would ever call the visitor
    return None


def _to_service(plan: Plan, ticket: Ticket, request: TransferTicket) -> Refused | None:
    if not request.to_service:
        return refused.TRANSFER_WHERE
    if request.to_service not in plan.service:
        return refused.SERVICE_UNKNOWN
    if request.to_service == ticket.service and ticket.state != "waiting":
        return refused.TRANSFER_SAME
    if not plan.windows_of_service[request.to_service]:
        return refused.TRANSFER_NOBODY
    return None


def send_back(site: Site, window: str, at_ms: int) -> tuple[TicketTransferred, ...]:
    """All who wait for this window only go back to their service's line: the window closes."""
    own = places.look_at_window(site, window)
    return tuple(
        TicketTransferred(at_ms=at_ms, ticket=ticket, window=window, to_service=site.tickets[ticket].service)
        for line in (own.priority, own.booked, own.waiting)
        for ticket in line
    )


def transferred(plan: Plan, site: Site, event: TicketTransferred) -> None:
    """Somebody who was at the window joins the end; who only waited keeps the time that he has waited."""
    ticket = site.tickets[event.ticket]
    has_only_waited = ticket.state == "waiting"
    moved(site, event, "transfer")
    calls.take_down(plan, site, ticket)
    ticket.service = event.to_service
    ticket.window = event.to_window
    ticket.recalls = 0
    if not has_only_waited:
        ticket.transfers += 1
        places.arrive(site, ticket, event.at_ms)
    else:
        places.join(site, ticket)


DECIDES = {TransferTicket: transfer}
EVOLVES = {TicketTransferred: transferred}
