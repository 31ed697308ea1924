"""Clock: what only the time of day brings about: tickets that end with their section, queues that are cleared,
transfers for later; cases whose reply was due.

`is_due` is asked every second and costs a look at each service; `decide` says what happens.
"""

from collections.abc import Callable
from typing import Any

from hub.engine import cases, hours, moves, places, refused, sections, transfers
from hub.engine.events import AnyEvent, QueueCleared, SectionEnded, TicketExpired, TicketReleased
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import ClearQueue, LookAtClock, Request
from hub.engine.state import Site

MINUTE_MS = 60_000
ENDS_WITH_QUEUE = ("waiting", "called", "held")  # who is being served is not sent away
ENDS_WITH_SECTION = ("waiting", "held")  # nor who was asked to come


def is_due(plan: Plan, site: Site, at_ms: int) -> bool:
    return (
        bool(transfers.due(site, at_ms))
        or _cleared_ms(plan, site, at_ms) > 0
        or any(_over(plan, site, at_ms))
        or bool(cases.newly_overdue(site, at_ms))
    )


def look(plan: Plan, site: Site, request: LookAtClock) -> tuple[AnyEvent, ...]:
    at_ms = request.at_ms
    released = tuple(TicketReleased(at_ms=at_ms, ticket=ticket) for ticket in transfers.due(site, at_ms))
    if released:
        return released  # the rest in a second
    clear_ms = _cleared_ms(plan, site, at_ms)
    if clear_ms:
        return _clear(plan, site, at_ms, clear_ms, "")
    return _end_sections(site, at_ms, _over(plan, site, at_ms)) + cases.note_overdue(site, at_ms)


def clear(plan: Plan, site: Site, request: ClearQueue) -> tuple[AnyEvent, ...] | Refused:
    """By a person: all that wait, were called or are held, of one hall or of the building."""
    if request.hall and request.hall not in plan.hall:
        return refused.HALL_UNKNOWN
    return _clear(plan, site, request.at_ms, request.at_ms + 1, request.hall)


def _clear(plan: Plan, site: Site, at_ms: int, before_ms: int, hall: str) -> tuple[AnyEvent, ...]:
    """Those who took their ticket before ``before_ms``."""
    ended = (
        TicketExpired(at_ms=at_ms, ticket=ticket.id)
        for ticket in site.tickets.values()
        if ticket.state in ENDS_WITH_QUEUE
        and ticket.taken_at_ms < before_ms
        and (not hall or (ticket.service in plan.service and plan.service[ticket.service].hall == hall))
    )
    return (*ended, QueueCleared(at_ms=at_ms, hall=hall))


def _cleared_ms(plan: Plan, site: Site, at_ms: int) -> int:
    """The newest moment of today at which the queues were to be cleared and were not yet; 0 when there is none."""
    if not plan.settings.clear_at or not site.day:
        return 0
    midnight_ms = hours.day_starts_ms(plan, at_ms)
    passed = (
        midnight_ms + minute * MINUTE_MS
        for minute in plan.settings.clear_at_min
        if midnight_ms + minute * MINUTE_MS <= at_ms
    )
    newest = max(passed, default=0)
    return newest if newest > site.cleared_at_ms else 0


def _over(plan: Plan, site: Site, at_ms: int) -> dict[str, int]:
    """Service → when its newest section ended, where tickets end with it and have not yet."""
    if plan.hours is None or not plan.settings.expire_with_section or not site.tickets:
        return {}
    return {
        service.id: end_ms
        for service in plan.services
        if (end_ms := sections.last_end(plan, service.id, at_ms)) > places.look_at_service(site, service.id).ended_at_ms
    }


def _end_sections(site: Site, at_ms: int, over: dict[str, int]) -> tuple[AnyEvent, ...]:
    """Wherever they wait: in a line, for one window, for later, or held. Goes through the day's tickets once."""
    if not over:
        return ()
    ended = (
        TicketExpired(at_ms=at_ms, ticket=ticket.id)
        for ticket in site.tickets.values()
        if ticket.state in ENDS_WITH_SECTION and ticket.taken_at_ms < over.get(ticket.service, 0)
    )
    return (*ended, SectionEnded(at_ms=at_ms, services=tuple(over)))


def cleared(plan: Plan, site: Site, event: QueueCleared) -> None:
    if not event.hall:
        site.cleared_at_ms = event.at_ms


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], tuple[AnyEvent, ...] | Refused]] = {
    LookAtClock: look,
    ClearQueue: clear,
}


def section_ended(plan: Plan, site: Site, event: SectionEnded) -> None:
    for service in event.services:
        places.of_service(site, service).ended_at_ms = event.at_ms


EVOLVES = {QueueCleared: cleared, SectionEnded: section_ended}
assert set(ENDS_WITH_QUEUE) <= {before for before, act in moves.TICKET if act == "expire"}
