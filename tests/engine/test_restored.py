"""After a backup is restored no number is given out that may be on paper, neither by the hub nor from a lent block."""

from hub.engine import numbers, places
from hub.engine.decide import decide
from hub.engine.events import Entry, NumbersSkipped, TicketTaken
from hub.engine.evolve import apply
from hub.engine.requests import SkipNumbers, TakeTicket
from hub.engine.state import Site
from tests.engine.small_site import DAY_MS, MORNING_MS, small_plan

PLAN = small_plan()
SERVICE = PLAN.services[0].id


def ask(site: Site, request: TakeTicket | SkipNumbers) -> tuple:
    events = decide(PLAN, site, request)
    assert isinstance(events, tuple), events
    apply(PLAN, site, Entry(position=site.position + 1, at_ms=request.at_ms, origin=None, events=events))
    return events


def take(site: Site, at_ms: int) -> int:
    taken = ask(site, TakeTicket(at_ms=at_ms, by="admin", service=SERVICE))[-1]
    assert isinstance(taken, TicketTaken)
    return taken.serial


def test_numbers_go_on_behind_those_that_may_be_on_paper() -> None:
    site = Site()
    assert take(site, MORNING_MS) == 1
    assert ask(site, SkipNumbers(at_ms=MORNING_MS, by="hub", count=200)) == (
        NumbersSkipped(at_ms=MORNING_MS, count=200),
    )
    assert take(site, MORNING_MS) == 202
    assert numbers.next_block(places.look_at_service(site, SERVICE)) == numbers.FIRST_LENT + 200


def test_restored_on_another_day_the_new_day_is_meant() -> None:
    site = Site()
    take(site, MORNING_MS - DAY_MS)
    ask(site, SkipNumbers(at_ms=MORNING_MS, by="hub", count=200))
    assert take(site, MORNING_MS) == 201
    assert take(site, MORNING_MS + DAY_MS) == 1
