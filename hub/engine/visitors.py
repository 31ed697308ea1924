"""Visitors: what of today is known of one, by the random id; whom that is, only the vault knows."""

from hub.engine import appointments, moves
from hub.engine.state import Appointment, Site, Ticket


def open_tickets(site: Site, visitor: str) -> list[Ticket]:
    """Those of today that are not over, the oldest first."""
    found = (site.tickets[id] for id in site.visitors.get(visitor, ()))
    return [ticket for ticket in found if ticket.state not in moves.TICKET_OVER]


def expected(site: Site, visitor: str) -> list[Appointment]:
    """The appointments of today that can still be checked in, the earliest first."""
    return appointments.of_visitor(site, visitor)


def is_known_today(site: Site, visitor: str) -> bool:
    return bool(open_tickets(site, visitor) or expected(site, visitor))
