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


def needed(site: Site) -> set[str]:
    """Whom the hall may still have to speak to: who is here or expected, may still rate, or is to be called back."""
    booked = {one.visitor for one in site.appointments.values()}
    may_rate = {one.visitor for day in site.unrated.values() for one in day.values()}
    called_back = {case.visitor for case in site.cases.values() if case.state != "closed"}
    return (set(site.visitors) | booked | may_rate | called_back) - {""}


def is_known_today(site: Site, visitor: str) -> bool:
    return bool(open_tickets(site, visitor) or expected(site, visitor))
