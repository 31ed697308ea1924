"""How long it will take: from what took how long of late, and from who works now."""

from random import Random
from statistics import fmean

import pytest

from hub.engine.estimate import KEPT, USUAL_S, service_s, wait_min, wait_s
from hub.engine.places import ahead_of
from hub.trial.simulate import live
from tests.bench.estimate_bench import simulated_day
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan


def wait(day: HallDay, service: str, ahead: int) -> int | None:
    return wait_s(day.plan, day.site, service, ahead, day.at_ms)


def hall_that_takes(minutes: int, *windows: str) -> HallDay:
    """Enough invoices were served at window 1 to know how long one takes."""
    day = HallDay()
    day.opens(*windows)
    for _ in range(KEPT + 1):
        number = day.takes("invoices")
        day.calls("tax-1")
        day.minutes_pass(minutes)
        day.finishes("tax-1", number)
    return day


def test_while_no_window_is_open_nobody_can_tell():
    day = HallDay()
    day.takes("invoices")
    assert (wait(day, "invoices", 0), wait_min(day.plan, day.site, "invoices", 0, day.at_ms)) == (None, -1)
    day.opens("tax-1")
    day.pauses("tax-1")
    assert wait(day, "invoices", 0) is None


def test_at_a_free_window_it_is_at_once():
    day = HallDay()
    day.opens("tax-1")
    assert wait(day, "invoices", 0) == 0


def test_the_newest_service_times_count():
    day = HallDay()
    assert service_s(day.site, "invoices") == USUAL_S
    for minutes in (2, 12):
        day = hall_that_takes(minutes, "tax-1")
        assert abs(service_s(day.site, "invoices") - minutes * 60) < 10


def test_each_one_ahead_adds_a_service_and_each_window_shares():
    day = hall_that_takes(10, "tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert abs(wait(day, "invoices", 0) - 600) < 20
    assert abs(wait(day, "invoices", 3) - 4 * 600) < 30
    day.minutes_pass(5)
    assert abs(wait(day, "invoices", 0) - 300) < 20
    assert wait_min(day.plan, day.site, "invoices", 3, day.at_ms) in (35, 36)


def test_who_waits_for_what_the_same_window_serves_is_ahead_too():
    day = hall_that_takes(10, "tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    alone = wait(day, "invoices", 0)
    day.takes("certificates")
    assert abs(wait(day, "invoices", 0) - alone - USUAL_S) < 5
    day.opens("tax-2")  # takes half of them
    assert abs(wait(day, "invoices", 0) - alone - USUAL_S // 2) < 5


@pytest.mark.parametrize("kind", ["plain", "priority", "booked"])
def test_who_was_sent_to_a_window_is_ahead_of_whom_it_calls_next(kind: str):
    day = hall_that_takes(10, "tax-1", "tax-2")
    day.takes("invoices")
    day.calls("tax-1")
    if kind == "booked":
        day.books("li", "certificates", starts_in_min=1)
        day.checks_in("li", "li-certificates")
    else:
        day.takes("certificates", priority="elderly" if kind == "priority" else "none")
    day.calls("tax-2")
    alone = wait(day, "invoices", 0)
    assert day.transfers("tax-2", "B001", to_window="tax-1") == "TicketTransferred"
    assert abs(wait(day, "invoices", 0) - alone - service_s(day.site, "certificates")) < 5


def test_on_a_simulated_day_it_is_nearer_than_counting_heads():
    """The error of the estimate against that of: people ahead, times the usual five minutes."""
    plan = small_plan()
    ours: list[float] = []
    heads: list[float] = []
    for seed in range(4):
        told: dict[str, tuple[int, int]] = {}

        def joined(site, ticket, at_ms, told=told):
            found = site.tickets[ticket]
            ahead = ahead_of(site, found)
            told[ticket] = wait_s(plan, site, found.service, ahead, at_ms), ahead * USUAL_S

        waited = live(plan, simulated_day(plan, Random(seed)), joined)
        known = [(told[t], waited[t] / 1000) for t in told if t in waited and told[t][0] is not None]
        ours += [abs(estimate - was) / 60 for (estimate, _), was in known]
        heads += [abs(naive - was) / 60 for (_, naive), was in known]
    assert len(ours) > 300
    assert fmean(ours) < 0.7 * fmean(heads)


def test_what_screens_say_is_noted_in_the_state_now_and_then():
    day = hall_that_takes(10, "tax-1")
    for _ in range(3):
        day.takes("invoices")
    told = day.site.services["invoices"].wait_min
    assert day.calls("tax-1").startswith("A")
    assert day.site.services["invoices"].wait_min == told  # a moment ago
    day.minutes_pass(1)
    day.takes("invoices")
    assert day.site.services["invoices"].wait_min > 30
    day.pauses("tax-1")
    assert day.site.services["invoices"].wait_min == -1
