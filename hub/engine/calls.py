"""Calls: the lines of the hall displays, newest first, as many as the site shows."""

from hub.engine.plan import Plan
from hub.engine.state import Call, Site, Ticket


def put_up(plan: Plan, site: Site, ticket: Ticket, *, is_recall: bool = False) -> None:
    """The call of a ticket to its window becomes the newest of the window's hall."""
    window = plan.window[ticket.window]
    calls = site.calls.setdefault(window.hall, [])
    _remove(calls, ticket.number)
    calls.insert(0, Call(number=ticket.number, window=window.number, recalled=is_recall))
    del calls[plan.settings.displayed_calls :]


def take_down(plan: Plan, site: Site, ticket: Ticket) -> None:
    """The visitor is no longer asked to come."""
    window = plan.window.get(ticket.window)
    if window is not None and window.hall in site.calls:
        _remove(site.calls[window.hall], ticket.number)


def _remove(calls: list[Call], number: str) -> None:
    for place, call in enumerate(calls):
        if call.number == number:
            del calls[place]
            return
