"""Sections: when a service issues tickets, how many in one opening section, and how many may wait."""

from collections.abc import Callable
from typing import Any

from hub.engine import hours, places, refused
from hub.engine.events import QueueWarned
from hub.engine.plan import Plan, Service
from hub.engine.refused import Refused
from hub.engine.requests import Request
from hub.engine.state import ServiceState, Site

WARN_EVERY_MS = 600_000  # a queue that swings about its limit is told of once in a while only
KEPT = 4096  # days of services worked out before they are forgotten

Spans = tuple[tuple[int, int], ...]  # (first ms, ms after the last)


def spans(plan: Plan, service: str, at_ms: int) -> Spans:
    """The opening sections of a service on the local day of a moment, unix ms. Worked out once per day."""
    day = hours.local_day(plan, at_ms)
    kept: dict[tuple[str, int], Spans] = plan.__dict__.setdefault("spans", {})
    found = kept.get((service, day))
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[service, day] = hours.spans(plan, day, service)
    return found


def now(plan: Plan, service: str, at_ms: int) -> int | None:
    """When the section that runs began, unix ms; None when the service is closed. A site without hours has one: 0, but
    for holidays."""
    if plan.hours is None:
        return None if plan.holidays and hours.is_holiday(plan, at_ms) else 0
    for starts_at_ms, ends_at_ms in spans(plan, service, at_ms):
        if starts_at_ms <= at_ms < ends_at_ms:
            return starts_at_ms
    return None


def last_end(plan: Plan, service: str, at_ms: int) -> int:
    """When the newest section of today that is over ended; 0 when none is."""
    if plan.hours is None:
        return 0
    return max((ends for _, ends in spans(plan, service, at_ms) if ends <= at_ms), default=0)


def quota(plan: Plan, service: Service, section_ms: int) -> int | None:
    """How many tickets the section that began then may issue; None when there is no limit. The last number holds for
    all later sections of the day; so it does for the whole day of a site without hours."""
    if not service.quota:
        return None
    if not section_ms:
        return service.quota[-1]
    starts = [starts_at_ms for starts_at_ms, _ in spans(plan, service.id, section_ms)]
    place = starts.index(section_ms) if section_ms in starts else 0
    return service.quota[min(place, len(service.quota) - 1)]


def why_none(plan: Plan, site: Site, service: Service, at_ms: int) -> Refused | None:
    """Why nobody without an appointment gets a ticket of this service now."""
    section_ms = now(plan, service.id, at_ms)
    if section_ms is None:
        return refused.SERVICE_CLOSED
    most = quota(plan, service, section_ms)
    if most is not None and issued_in(places.look_at_service(site, service.id), section_ms) >= most:
        return refused.SERVICE_QUOTA
    if service.max_waiting and places.waiting_for(site, service.id) >= service.max_waiting:
        return refused.SERVICE_FULL
    return None


def issued_in(state: ServiceState, section_ms: int) -> int:
    """How many the section that began then has issued."""
    return state.section_issued if state.section_ms == section_ms else 0


def left(plan: Plan, site: Site, service: Service, at_ms: int) -> int | None:
    """How many tickets this section still has; None when there is no limit."""
    section_ms = now(plan, service.id, at_ms)
    most = quota(plan, service, section_ms) if section_ms is not None else 0
    if most is None:
        return None
    return max(0, most - issued_in(places.look_at_service(site, service.id), section_ms or 0))


def warning(plan: Plan, site: Site, service: Service, at_ms: int) -> tuple[QueueWarned, ...]:
    """One more joins now: is it as many as somebody wants to know of?"""
    if not service.warn_waiting:
        return ()
    waiting = places.waiting_for(site, service.id) + 1
    state = places.look_at_service(site, service.id)
    if waiting < service.warn_waiting or at_ms < state.warned_at_ms + WARN_EVERY_MS:
        return ()
    return (QueueWarned(at_ms=at_ms, service=service.id, waiting=waiting),)


def warned(plan: Plan, site: Site, event: QueueWarned) -> None:
    places.of_service(site, event.service).warned_at_ms = event.at_ms


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], Refused]] = {}  # `issuing` asks
EVOLVES = {QueueWarned: warned}
