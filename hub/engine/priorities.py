"""Priorities: a person gives a ticket of today the precedence of the green lane (绿色通道), or takes it away; why is
kept with who did it. At the kiosk a visitor asks for one: that is `issuing`."""

from collections.abc import Callable
from typing import Any

from hub.engine import moves, places, refused
from hub.engine.events import AnyEvent, TicketPrioritised
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import GivePriority, Request
from hub.engine.state import Site


def give(plan: Plan, site: Site, request: GivePriority) -> tuple[TicketPrioritised, ...] | Refused:
    """Never without a reason in words; not of who is with a clerk already. The same again changes nothing."""
    ticket = site.tickets.get(request.ticket)
    if ticket is None:
        return refused.TICKET_UNKNOWN
    if ticket.state in moves.TICKET_OVER:
        return refused.TICKET_OVER
    if (ticket.state, "prioritise") not in moves.TICKET:
        return refused.TICKET_IS[ticket.state]
    if not request.reason.strip():
        return refused.PRIORITY_REASON
    if ticket.priority == request.priority:
        return ()
    return (
        TicketPrioritised(
            at_ms=request.at_ms,
            ticket=ticket.id,
            priority=request.priority,
            was=ticket.priority,
            reason=request.reason.strip(),
            by=request.by,
        ),
    )


def given(plan: Plan, site: Site, event: TicketPrioritised) -> None:
    """Into the line of those with a priority or out of it, with the time that the visitor has waited."""
    ticket = site.tickets[event.ticket]
    stands_in_line = ticket.state == "waiting" and ticket.id not in site.later
    if stands_in_line:
        places.leave(site, ticket)
    ticket.state = moves.TICKET[ticket.state, "prioritise"]
    ticket.priority, ticket.reason = event.priority, event.reason
    ticket.acts += 1
    if stands_in_line:
        places.join(site, ticket)


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], tuple[AnyEvent, ...] | Refused]] = {GivePriority: give}
EVOLVES = {TicketPrioritised: given}
