"""Places: where a ticket stands (a line, a window, parked at one) and who waits where. Nothing here decides anything.

`at_window` and `of_service` make a missing default state, so they are for `evolve`; the rest only read.
"""

from hub.engine.lines import Line
from hub.engine.plan import Plan
from hub.engine.state import ServiceState, Site, Ticket, WindowState

_UNTOUCHED_WINDOW = WindowState()
_UNTOUCHED_SERVICE = ServiceState()


def look_at_window(site: Site, window: str) -> WindowState:
    """To be read only: a window nothing happened to yet shares one default."""
    return site.windows.get(window, _UNTOUCHED_WINDOW)


def look_at_service(site: Site, service: str) -> ServiceState:
    """To be read only, likewise."""
    return site.services.get(service, _UNTOUCHED_SERVICE)


def at_window(site: Site, window: str) -> WindowState:
    found = site.windows.get(window)
    if found is None:
        found = site.windows[window] = WindowState()
    return found


def of_service(site: Site, service: str) -> ServiceState:
    found = site.services.get(service)
    if found is None:
        found = site.services[service] = ServiceState()
    return found


def line_of(site: Site, ticket: Ticket) -> Line:
    """The line in which a waiting ticket stands: of the one window that may call it, or of its service."""
    return _line(at_window(site, ticket.window) if ticket.window else of_service(site, ticket.service), ticket)


def _line(place: WindowState | ServiceState, ticket: Ticket) -> Line:
    if ticket.priority != "none":
        return place.priority
    return place.booked if ticket.booked else place.waiting


def arrive(site: Site, ticket: Ticket, since_ms: int) -> None:
    """At the end of its line; who has an appointment among those who have one, by when it starts.

    A clock that was set back puts nobody before others: of the order that people see, it knows less than they do.
    """
    ticket.waits_since_ms = since_ms
    if ticket.booked:
        return join(site, ticket)
    line = line_of(site, ticket)
    ids = line.ids
    if line.left < len(ids):
        last = site.tickets[ids[-1]]
        if last.changed_at_ms > since_ms or last.waits_since_ms > since_ms:
            ticket.waits_since_ms = max(since_ms, last.since_ms)
    ids.append(ticket.id)


def join_behind(site: Site, ticket: Ticket, behind: int) -> None:
    """Into its line, so that ``behind`` others are before it, or all; as if it had come just after the last of them."""
    line = line_of(site, ticket)
    place = min(behind, len(line))
    if place:
        ticket.waits_since_ms = site.tickets[line.at(place - 1)].since_ms
    line.insert(place, ticket.id)


def join_at(site: Site, ticket: Ticket, place: int) -> None:
    """Into its line, with ``place`` others before it as far as that leaves the line in order of waiting."""
    line, tickets, since_ms = line_of(site, ticket), site.tickets, ticket.since_ms
    first = line.place(lambda other: tickets[other].since_ms >= since_ms)
    last = line.place(lambda other: tickets[other].since_ms > since_ms)
    line.insert(min(max(place, first), last), ticket.id)


def join(site: Site, ticket: Ticket) -> None:
    """Into its line, behind all who have waited as long or longer: so every line is in order of waiting."""
    line, tickets, since_ms = line_of(site, ticket), site.tickets, ticket.since_ms
    last = line.last()
    if not last or tickets[last].since_ms <= since_ms:
        line.join(ticket.id)
    else:
        line.insert(line.place(lambda other: tickets[other].since_ms > since_ms), ticket.id)


def visit_of(ticket: Ticket) -> str:
    """The same of all tickets of one visitor, who cannot be at two windows."""
    return ticket.visit or ticket.visitor or ticket.id


def leave(site: Site, ticket: Ticket) -> None:
    """Out of the place where its state says it is."""
    if ticket.state == "waiting":
        if not site.later or site.later.pop(ticket.id, None) is None:
            line_of(site, ticket).leave(ticket.id)
    elif ticket.state == "held":
        at_window(site, ticket.window).held.remove(ticket.id)
    elif ticket.state in ("called", "serving"):
        at_window(site, ticket.window).ticket = ""
        if ticket.visit or ticket.visitor:
            site.visits.pop(visit_of(ticket), None)


def stand_at(site: Site, ticket: Ticket) -> WindowState:
    """At its window, called or being served."""
    window = at_window(site, ticket.window)
    window.ticket = ticket.id
    if ticket.visit or ticket.visitor:
        site.visits[visit_of(ticket)] = ticket.id
    return window


def waiting_for(site: Site, service: str) -> int:
    """How many wait for a service at any of its windows."""
    state = look_at_service(site, service)
    return len(state.waiting) + len(state.booked) + len(state.priority)


def waiting_at(plan: Plan, site: Site, window: str) -> int:
    """How many this window may call now."""
    own = look_at_window(site, window)
    count = len(own.waiting) + len(own.booked) + len(own.priority)
    return count + sum(waiting_for(site, service) for service in plan.window[window].services)


def ahead_of(site: Site, ticket: Ticket) -> int:
    """How many of its service are to be called before a waiting ticket. Walks along the line: not for every event."""
    if ticket.state != "waiting":
        return 0
    place = look_at_window(site, ticket.window) if ticket.window else look_at_service(site, ticket.service)
    ahead = 0
    for line in (place.priority, place.booked, place.waiting):
        if line is _line(place, ticket):
            return ahead + (len(line) if ticket.id in site.later else list(line).index(ticket.id))
        ahead += len(line)
    raise KeyError(ticket.id)
