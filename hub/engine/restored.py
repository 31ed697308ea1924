"""Restored: what a backup does not know was given out after it was made, so it is not given out again."""

from hub.engine import numbers, places
from hub.engine.events import NumbersSkipped
from hub.engine.plan import Plan
from hub.engine.requests import SkipNumbers
from hub.engine.state import Site


def skip(plan: Plan, site: Site, request: SkipNumbers) -> tuple[NumbersSkipped]:
    """Tomorrow numbers begin at 1 again."""
    return (NumbersSkipped(at_ms=request.at_ms, count=request.count),)


def skipped(plan: Plan, site: Site, event: NumbersSkipped) -> None:
    """Blocks that were lent to kiosks, and ids of alarms and announcements, go on from further on too."""
    for service in plan.services:
        queue = places.of_service(site, service.id)
        queue.issued += event.count
        queue.lent = max(queue.lent, numbers.FIRST_LENT - 1) + event.count
    site.serial += event.count


DECIDES = {SkipNumbers: skip}
EVOLVES = {NumbersSkipped: skipped}
