"""Transfers: a ticket waits again, for another service or one window, now or later; and comes back if it is to."""

from hub.engine import calls, places, refused, rendered
from hub.engine.acts import find, moved
from hub.engine.events import TicketReleased, TicketReturned, TicketTransferred
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import TransferTicket
from hub.engine.state import Site, Ticket

MINUTE_MS = 60_000
MOST_MIN = 600


def transfer(plan: Plan, site: Site, request: TransferTicket) -> tuple[TicketTransferred] | Refused:
    """From this window: the ticket there, one held there, or one that only waits for it."""
    ticket = find(plan, site, request, "transfer")
    if isinstance(ticket, Refused):
        return ticket
    to_service = request.to_service or ticket.service
    if request.after_min and not 0 < request.after_min <= MOST_MIN:
        return refused.TRANSFER_WHEN
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
            returns_to=request.window if request.comes_back else "",
            not_before_ms=request.at_ms + request.after_min * MINUTE_MS if request.after_min > 0 else 0,
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
    rendered.end(site, ticket, event.window, event.at_ms)
    ticket.returns_to = event.returns_to
    ticket.returns_service = ticket.service if event.returns_to else ""
    ticket.service = event.to_service
    ticket.window = event.to_window
    ticket.recalls = 0
    if not has_only_waited:
        ticket.transfers += 1
        ticket.waits_since_ms = max(event.at_ms, event.not_before_ms)
    if event.not_before_ms > event.at_ms:
        site.later[ticket.id] = event.not_before_ms
    elif has_only_waited:
        places.join(site, ticket)
    else:
        places.arrive(site, ticket, event.at_ms)


def back(plan: Plan, site: Site, ticket: Ticket, window: str, at_ms: int) -> TicketReturned:
    """To the window that had sent the visitor here; if that has closed since, to its service's line."""
    is_open = places.look_at_window(site, ticket.returns_to).state != "closed"
    return TicketReturned(
        at_ms=at_ms,
        ticket=ticket.id,
        window=window,
        to_service=ticket.returns_service,
        to_window=ticket.returns_to if is_open else "",
    )


def returned(plan: Plan, site: Site, event: TicketReturned) -> None:
    """Whoever was there before has the time of the whole visit: first in the window's line."""
    ticket = moved(site, event, "return")
    calls.take_down(plan, site, ticket)
    rendered.end(site, ticket, event.window, event.at_ms)
    ticket.service = event.to_service
    ticket.window = event.to_window
    ticket.returns_to = ticket.returns_service = ""
    ticket.recalls = 0
    ticket.waits_since_ms = ticket.taken_at_ms
    places.join(site, ticket)


def due(site: Site, at_ms: int) -> list[str]:
    """Those who were sent on for later, and it is later."""
    return [ticket for ticket, not_before_ms in site.later.items() if not_before_ms <= at_ms]


def released(plan: Plan, site: Site, event: TicketReleased) -> None:
    """Into the line; of its service, when the one window that was to call it has closed."""
    ticket = site.tickets[event.ticket]
    not_before_ms = site.later.pop(ticket.id)
    ticket.acts += 1
    if ticket.window and places.look_at_window(site, ticket.window).state == "closed":
        ticket.window = ""
    places.arrive(site, ticket, not_before_ms)


DECIDES = {TransferTicket: transfer}
EVOLVES = {TicketTransferred: transferred, TicketReturned: returned, TicketReleased: released}
