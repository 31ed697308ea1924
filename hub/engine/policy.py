"""Whose turn it is. The cost grows with the services of the window, never with how many wait."""

from hub.engine.lines import Line
from hub.engine.plan import Plan
from hub.engine.state import ServiceState, Site, WindowState

NEVER_MS = 2**53


def next_ticket(plan: Plan, site: Site, window: str, at_ms: int) -> str:
    """The ticket that this window is to call next, ``""`` when nobody waits for it.

    Those with a priority first, then those whose appointment has begun; otherwise whoever has waited longest since
    taking the ticket or being transferred, whatever the service. Of two who came in the same millisecond: one sent to
    this very window, then the service that the window names first.
    """
    places: list[WindowState | ServiceState] = []
    own = site.windows.get(window)
    if own is not None:
        places.append(own)
    services = site.services
    places += [services[service] for service in plan.window[window].services if service in services]
    return (
        _longest_waiting(site, [place.priority for place in places])
        or _longest_waiting(site, [place.booked for place in places], at_ms)
        or _longest_waiting(site, [line for place in places for line in (place.waiting, place.booked)])
    )


def _longest_waiting(site: Site, lines: list[Line], by_ms: int = NEVER_MS) -> str:
    """Of those who have waited since ``by_ms`` or longer."""
    longest, since_ms = "", by_ms + 1
    for line in lines:
        first = line.first()
        if first:
            waits_since_ms = site.tickets[first].since_ms
            if waits_since_ms < since_ms:
                longest, since_ms = first, waits_since_ms
    return longest
