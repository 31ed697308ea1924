"""Restored: what a backup does not know was given out after it was made, so it is not given out again."""

from hub.engine import hours, numbers, places
from hub.engine.events import NumbersSkipped
from hub.engine.plan import Plan
from hub.engine.requests import SkipNumbers
from hub.engine.state import Site


def skip(plan: Plan, site: Site, request: SkipNumbers) -> tuple[NumbersSkipped]:
    """Tomorrow numbers begin at 1 again; but kiosks may have been lent some for then."""
    return (NumbersSkipped(at_ms=request.at_ms, count=request.count),)


def skipped(plan: Plan, site: Site, event: NumbersSkipped) -> None:
    """Blocks that were lent to kiosks, and ids of alarms and announcements, go on from further on too."""
    for service in plan.services:
        queue = places.of_service(site, service.id)
        queue.issued += event.count
        queue.lent = max(queue.lent, numbers.FIRST_LENT - 1) + event.count
    for day in {hours.next_open_day(plan, site.day)[0], *site.lent_ahead}:
        ahead = site.lent_ahead.setdefault(day, {})
        for service in plan.services:
            ahead[service.id] = max(ahead.get(service.id, 0), numbers.FIRST_LENT - 1) + event.count
    site.serial += event.count


DECIDES = {SkipNumbers: skip}
EVOLVES = {NumbersSkipped: skipped}
