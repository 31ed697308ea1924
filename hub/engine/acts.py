"""Acts: what all that is done with a ticket share: finding it for a window, and moving it to its next state."""

from hub.engine import estimate, moves, places, refused, undoing
from hub.engine.events import TicketEvent
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import AboutTicket
from hub.engine.state import Site, Ticket

AT_WINDOW = undoing.AT_WINDOW


def find(plan: Plan, site: Site, request: AboutTicket, act: str) -> Ticket | Refused:
    """The ticket that the request is about, if it is at that window and the act is legal in its state."""
    if request.window not in plan.window:
        return refused.WINDOW_UNKNOWN
    ticket = site.tickets.get(request.ticket)
    if ticket is None:
        return refused.TICKET_UNKNOWN
    if ticket.state in moves.TICKET_OVER:
        return refused.TICKET_OVER
    if ticket.window != request.window:
        return refused.TICKET_NOT_HERE
    if (ticket.state, act) not in moves.TICKET:
        return refused.TICKET_IS[ticket.state]
    return ticket


def moved(site: Site, event: TicketEvent, act: str) -> Ticket:
    """The ticket in its next state, out of the place it was in. KeyError: the journal tells of an illegal move."""
    ticket = site.tickets[event.ticket]
    state = moves.TICKET[ticket.state, act]
    if act != "expire":
        undoing.remember(site, event, act, ticket)
    is_leaving = ticket.state in AT_WINDOW and state not in AT_WINDOW
    places.leave(site, ticket)
    if is_leaving:
        estimate.learn(site, ticket, event.at_ms)
    ticket.state = state
    ticket.changed_at_ms = event.at_ms
    ticket.acts += 1
    return ticket
