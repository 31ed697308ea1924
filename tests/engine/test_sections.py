"""When tickets can be had, how many, and when those who wait are sent home. The small building opens 9-12 and 14-17."""

from datetime import date

import pytest
from msgspec import structs

from hub.api.views import counts
from hub.engine.clock import is_due
from hub.engine.plan import Hours
from hub.engine.requests import ClearQueue, LookAtClock
from hub.presence import Presence
from tests.engine.hall_day import Counting, HallDay
from tests.engine.small_site import DAY_MS, MORNING_MS, small_plan
from tests.engine.small_site import with_service as service_with

SECTIONS = ((9 * 60, 12 * 60), (14 * 60, 17 * 60))
DAILY = Hours(week=(SECTIONS,) * 7, extra_day=SECTIONS)
SUNDAY = date(2026, 11, 22)


def hall(at: str = "09:00", **more: object) -> HallDay:
    plan = small_plan(**more.pop("settings", {}))  # type: ignore[arg-type]
    plan = service_with(plan, "invoices", **more.pop("invoices", {}))  # type: ignore[arg-type]
    day = HallDay(service_with(plan, hours=DAILY, **more))
    at_time(day, at)
    return day


def at_time(day: HallDay, at: str) -> None:
    day.at_ms = MORNING_MS + (int(at[:2]) * 60 + int(at[3:]) - 9 * 60) * 60_000


@pytest.mark.parametrize(
    ("at", "becomes"),
    [
        ("08:59", "service.closed"),
        ("09:00", "A001"),
        ("12:00", "service.closed"),
        ("14:00", "A001"),
        ("17:01", "service.closed"),
    ],
)
def test_tickets_are_had_in_the_opening_sections(at: str, becomes: str) -> None:
    assert hall(at).takes("invoices") == becomes


def test_on_a_holiday_nothing_is_issued_and_an_extra_day_is_like_any_other() -> None:
    assert hall(holidays=(SUNDAY,)).takes("invoices") == "service.closed"
    weekdays = Hours(week=(SECTIONS,) * 5 + ((), ()), extra_day=SECTIONS)
    closed = HallDay(service_with(small_plan(), hours=weekdays))
    assert closed.takes("invoices") == "service.closed"
    extra = HallDay(service_with(small_plan(), hours=weekdays, extra_days=(SUNDAY,)))
    assert extra.takes("invoices") == "A001"


def test_a_holiday_closes_a_site_that_tells_no_hours_too() -> None:
    assert HallDay(small_plan()).takes("invoices") == "A001"
    assert HallDay(structs.replace(small_plan(), holidays=(SUNDAY,))).takes("invoices") == "service.closed"


def test_a_service_has_sections_of_its_own() -> None:
    day = hall("08:30", invoices={"hours": Hours(week=(((8 * 60, 9 * 60),),) * 7)})
    assert [day.takes("invoices"), day.takes("certificates")] == ["A001", "service.closed"]


def test_each_section_has_its_quota_and_numbers_go_on() -> None:
    day = hall(invoices={"quota": (2, 1)})
    assert [day.takes("invoices") for _ in range(3)] == ["A001", "A002", "service.quota"]
    at_time(day, "14:00")
    assert [day.takes("invoices") for _ in range(2)] == ["A003", "service.quota"]
    day.at_ms += DAY_MS - 5 * 3_600_000
    assert [day.takes("invoices") for _ in range(3)] == ["A001", "A002", "service.quota"]


def test_appointments_are_beside_quota_and_hours() -> None:
    day = hall("08:45", invoices={"quota": (1,)})
    day.books("li", "invoices", starts_in_min=20)
    assert day.checks_in("li", "li-invoices") == "A001"
    at_time(day, "09:00")
    assert [day.takes("invoices") for _ in range(2)] == ["A002", "service.quota"]


def test_a_long_queue_is_told_of_once_and_then_closed() -> None:
    day = hall(invoices={"warn_waiting": 2, "max_waiting": 3})
    day.opens("tax-1")
    warned = []
    for _ in range(3):
        assert day.takes("invoices").startswith("A")
        warned += [event.waiting for event in day.journal[-1].events if type(event).__name__ == "QueueWarned"]
    assert warned == [2]
    (told,) = counts(day.plan, day.site, Presence(day.plan, {}, day.at_ms))["long_queues"]
    assert told == {"service": "invoices", "waiting": 3, "limit": 2}
    assert day.takes("invoices") == "service.full"
    day.calls("tax-1")
    assert day.takes("invoices") == "A004"


def test_where_tickets_end_with_their_section_who_waits_at_noon_is_sent_home() -> None:
    day = hall("11:50", settings={"expire_with_section": True})
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=140)
    assert [day.takes("invoices"), day.takes("invoices")] == ["A001", "A002"]
    day.calls("tax-1")
    assert not is_due(day.plan, day.site, day.at_ms)
    at_time(day, "12:00")
    assert is_due(day.plan, day.site, day.at_ms)
    assert day.ask_for(LookAtClock, "hub") == "TicketExpired SectionEnded"
    assert (day.state("A001"), day.state("A002")) == ("called", "expired")
    assert not is_due(day.plan, day.site, day.at_ms)
    at_time(day, "13:50")
    assert day.checks_in("li", "li-invoices") == "A003"  # for the afternoon
    assert not is_due(day.plan, day.site, day.at_ms)


def test_wherever_somebody_waits_the_ticket_ends_with_its_section() -> None:
    """Given tickets in a window's own line, for later, held, booked, with a priority, with a clerk, when the section
    is over, then all but those with a clerk have ended."""
    day = hall("11:00", settings={"expire_with_section": True})
    day.opens("tax-1", "tax-2")
    day.books("li", "certificates", starts_in_min=10)
    day.takes("certificates")
    day.checks_in("li", "li-certificates")
    for _ in range(4):
        day.takes("invoices")
    day.takes("invoices", priority="elderly")
    day.takes("certificates")
    assert [day.calls("tax-2"), day.transfers("tax-2", "B001", to_window="tax-1")] == ["B001", "TicketTransferred"]
    for number in ("A005", "A001", "A002"):
        assert day.calls("tax-1") == number
        day.serves("tax-1", number)
        if number == "A005":
            day.transfers("tax-1", number, to_service="certificates", after_min=120)
        elif number == "A001":
            day.holds("tax-1", number)
    day.calls("tax-2")
    waiting = {ticket.number for ticket in day.site.tickets.values() if ticket.state in ("waiting", "held")}
    assert {"B001", "A005", "A001", "A003", "A004"} < waiting
    assert len(waiting) == 6
    at_time(day, "12:01")
    assert day.ask_for(LookAtClock, "hub") == " ".join(["TicketExpired"] * 6 + ["SectionEnded"])
    assert {t.number for t in day.site.tickets.values() if t.state == "expired"} == waiting
    assert {t.state for t in day.site.tickets.values() if t.number not in waiting} == {"serving", "called"}
    assert (day.site.later, day.site.windows["tax-1"].held, len(day.site.windows["tax-1"].waiting)) == ({}, [], 0)
    assert not is_due(day.plan, day.site, day.at_ms)


def test_who_took_a_ticket_before_the_hub_looked_again_does_not_lose_it() -> None:
    """Given a hub that was away over noon, a ticket that was taken in the break by appointment stays."""
    day = hall("11:50", settings={"expire_with_section": True})
    day.books("li", "invoices", starts_in_min=140)
    assert day.takes("invoices") == "A001"
    at_time(day, "13:45")
    assert day.checks_in("li", "li-invoices") == "A002"
    assert day.ask_for(LookAtClock, "hub") == "TicketExpired SectionEnded"
    assert (day.state("A001"), day.state("A002")) == ("expired", "waiting")


def test_whose_work_goes_on_after_the_section_may_be_sent_on() -> None:
    day = hall("11:50", settings={"expire_with_section": True})
    day.opens("tax-1", "tax-2")
    day.takes("invoices")
    day.calls("tax-1")
    at_time(day, "12:00")
    assert day.ask_for(LookAtClock, "hub") == "SectionEnded"
    day.transfers("tax-1", "A001", to_service="certificates")
    assert not is_due(day.plan, day.site, day.at_ms + 60_000)
    assert day.calls("tax-2") == "A001"


def test_each_service_ends_with_its_own_sections() -> None:
    early = Hours(week=(((8 * 60, 11 * 60),),) * 7)
    day = hall("10:30", settings={"expire_with_section": True}, invoices={"hours": early})
    for service in ("invoices", "certificates"):
        day.takes(service)
    at_time(day, "11:00")
    assert day.ask_for(LookAtClock, "hub") == "TicketExpired SectionEnded"
    assert (day.state("A001"), day.state("B001")) == ("expired", "waiting")
    assert day.journal[-1].events[-1].services == ("invoices",)


def test_to_know_that_no_section_ended_is_a_look_at_each_service_not_at_the_people() -> None:
    day = hall("09:30", settings={"expire_with_section": True})
    at_time(day, "14:00")
    for _ in range(50):
        day.takes("invoices")
    day.ask_for(LookAtClock, "hub")
    day.site.tickets = Counting(day.site.tickets)
    assert not is_due(day.plan, day.site, day.at_ms)
    assert day.site.tickets.count == 0


def test_queues_are_cleared_at_the_times_of_the_site() -> None:
    day = hall("11:50", settings={"clear_at": ("12:30", "17:30")})
    day.opens("tax-1", "tax-2")
    for service in ("invoices", "certificates", "certificates"):
        day.takes(service)
    day.calls("tax-1")
    day.calls("tax-2")
    day.serves("tax-2", day.at("tax-2"))
    at_time(day, "12:29")
    assert not is_due(day.plan, day.site, day.at_ms)
    at_time(day, "12:30")
    assert day.ask_for(LookAtClock, "hub") == "TicketExpired TicketExpired QueueCleared"
    assert [ticket.state for ticket in day.site.tickets.values()] == ["expired", "serving", "expired"]
    assert day.site.windows["tax-1"].ticket == ""
    assert not is_due(day.plan, day.site, day.at_ms)
    at_time(day, "14:00")
    assert day.takes("invoices") == "A002"  # numbers are not used twice
    assert day.calls("tax-1") == "A002"


def test_who_took_a_ticket_after_the_time_of_clearing_stays_however_late_the_hub_looks() -> None:
    day = HallDay(small_plan(clear_at=("12:30",)))
    for at in ("12:29", "12:30"):
        at_time(day, at)
        day.takes("invoices")
    at_time(day, "12:45")
    assert day.ask_for(LookAtClock, "hub") == "TicketExpired QueueCleared"
    assert (day.state("A001"), day.state("A002")) == ("expired", "waiting")
    assert not is_due(day.plan, day.site, day.at_ms)


def test_a_guide_clears_a_hall() -> None:
    day = HallDay()
    for service in ("invoices", "notary"):
        day.takes(service)
    assert day.ask_for(ClearQueue, "admin", hall="roof") == "hall.unknown"
    assert day.ask_for(ClearQueue, "admin", hall="tax") == "TicketExpired QueueCleared"
    assert [day.state("A001"), day.state("HC001")] == ["expired", "waiting"]
    assert day.ask_for(ClearQueue, "admin") == "TicketExpired QueueCleared"


def test_who_does_not_come_is_put_back_a_few_places_and_a_few_times() -> None:
    day = HallDay(small_plan(requeue_times=2, requeue_behind=2))
    day.opens("tax-1")
    for _ in range(4):
        day.takes("invoices")
    called = []
    for _ in range(6):
        called.append(day.calls("tax-1"))
        became = day.passes("tax-1", called[-1]) if called[-1] == "A001" else day.finishes("tax-1", called[-1])
    assert called == ["A001", "A002", "A003", "A001", "A004", "A001"]
    assert became == "TicketPassed"
    assert day.ticket("A001").passes == 2
