"""Whose turn it is, by rules that a hall manager writes and reads."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from hub import policy_file
from hub.engine.policy import next_ticket
from hub.engine.turns import Policy
from hub.policy_file import PolicyError
from tests.engine.hall_day import Counting, HallDay
from tests.engine.random_steps import WINDOWS, any_step, press
from tests.engine.small_site import small_plan

LONG_FIRST = "when waited over 30 min then first"


def hall(*rules: str, weights: str = "") -> HallDay:
    """Both windows of the tax hall are open under these rules."""
    plan = small_plan()
    text = "rules = [" + ", ".join(f'"{rule}"' for rule in rules) + "]\n" + weights
    day = HallDay(structs.replace(plan, policy=policy_file.read(plan, text)))
    day.opens("tax-1", "tax-2")
    return day


def called(day: HallDay, window: str, count: int) -> list[str]:
    found = []
    for _ in range(count):
        found.append(day.calls(window))
        day.finishes(window, found[-1])
    return found


def test_without_rules_whoever_waited_longest_is_next():
    day = hall()
    day.takes("certificates")
    day.takes("invoices", priority="elderly")
    assert called(day, "tax-1", 2) == ["B001", "A001"]


def test_who_waited_over_half_an_hour_is_called_even_before_a_priority():
    day = hall(LONG_FIRST, "when priority then first")
    day.takes("certificates")
    day.minutes_pass(29)
    day.takes("invoices", priority="elderly")
    assert called(day, "tax-1", 1) == ["A001"]
    day.takes("invoices", priority="elderly")
    day.minutes_pass(2)
    assert called(day, "tax-1", 2) == ["B001", "A002"]


def test_the_rule_above_goes_before_the_rule_below():
    day = hall("when service is certificates then first", "when priority then first")
    day.takes("invoices", priority="elderly")
    day.takes("certificates")
    assert called(day, "tax-1", 2) == ["B001", "A001"]


def test_last_is_after_everybody_else():
    day = hall("when service is invoices and window is tax-1 then last")
    day.takes("invoices")
    day.takes("certificates")
    assert called(day, "tax-1", 2) == ["B001", "A001"]


def test_minutes_are_added_and_waiting_is_multiplied():
    day = hall("when priority then plus 10 min", "when service is certificates then times 3")
    day.takes("invoices")
    day.minutes_pass(4)
    day.takes("certificates")
    day.takes("invoices", priority="elderly")
    day.minutes_pass(3)
    # A001 waited 7 min, B001 3 min counting as 9, A002 3 min counting as 13
    assert called(day, "tax-1", 3) == ["A002", "B001", "A001"]


def test_a_window_weighs_its_services():
    day = hall(weights="[weights.tax-1]\ncertificates = 5\n")
    day.takes("invoices")
    day.minutes_pass(4)
    day.takes("certificates")
    day.minutes_pass(2)
    assert called(day, "tax-1", 1) == ["B001"]


def test_due_appointments_and_those_sent_here():
    day = hall("when sent here then first", "when appointment due then first")
    day.takes("invoices")
    day.books("li", "invoices", starts_in_min=5)
    day.checks_in("li", "li-invoices")
    day.takes("certificates")
    day.calls("tax-2")
    day.transfers("tax-2", "B001", to_window="tax-1")
    assert called(day, "tax-1", 1) == ["B001"]
    day.takes("invoices")
    day.minutes_pass(6)
    assert called(day, "tax-1", 3) == ["A002", "A001", "A003"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rules = 3", "rules: a list"),
        ("rule = []", "rule: not a key"),
        ('rules = ["first come first served"]', "write: when CONDITION then EFFECT"),
        ('rules = ["when it rains then first"]', "'it rains' is no condition; one of: waited over"),
        ('rules = ["when priority then soon"]', "then what? One of: first, last"),
        ('rules = ["when waited under 5 min then last"]', "whoever is first in a line has waited longest"),
        ('rules = ["when waited over 0 min then first"]', "waited over 1 to 600 min"),
        ('rules = ["when service is passports then first"]', "this site has no service passports"),
        ('rules = ["when window is tax-9 then first"]', "this site has no window tax-9"),
        ('rules = ["when priority and no priority then first"]', "cannot both be"),
        ('rules = ["when sent here and service is invoices then first"]', "stand in its own line"),
        ('rules = ["when priority then times 1"]', "then what?"),
        ("rules = []\n[weights.tax-9]\ninvoices = 2", "weights.tax-9: this site has no such window"),
        ("rules = []\n[weights.tax-2]\ninvoices = 2", "weights.tax-2.invoices: the window does not serve it"),
        ("rules = []\n[weights.tax-1]\ninvoices = 0", "a whole number, 1 to 20"),
        ("rules = [", "no TOML"),
    ],
)
def test_a_wrong_policy_is_told_what_would_be_right(text: str, fault: str):
    with pytest.raises(PolicyError) as told:
        policy_file.read(small_plan(), text)
    assert fault in str(told.value)


def test_every_fault_is_told_at_once():
    with pytest.raises(PolicyError) as told:
        policy_file.read(small_plan(), 'name = 3\nrules = ["a", "when priority then b"]\n[weights.x]\n')
    assert len(told.value.faults) == 4


def test_the_usual_rules_are_written_and_read_the_same():
    plan = small_plan()
    assert policy_file.read(plan, policy_file.text_of(Policy())) == Policy()
    text = 'name = "x"\nrules = ["when waited over 5 min and service is invoices, notary then plus 3 min"]\n'
    text += "[weights.tax-1]\ninvoices = 4\n"
    policy = policy_file.read(plan, text)
    assert policy_file.read(plan, policy_file.text_of(policy)) == policy


def test_an_ordinary_visitor_is_called_however_many_with_a_priority_come():
    """Given a window that takes five minutes and somebody with a priority every five, when an ordinary visitor comes
    too, then they are called once they have waited an hour."""
    day = HallDay()
    day.opens("tax-1")
    assert day.takes("invoices", priority="elderly") == "A001"
    assert day.takes("invoices") == "A002"
    came_ms, called_at = day.at_ms, ""
    while called_at != "A002":
        day.takes("invoices", priority="elderly")
        called_at = day.calls("tax-1")
        waited_min = (day.at_ms - came_ms) / 60_000
        assert waited_min < 66
        day.minutes_pass(5)
        day.finishes("tax-1", called_at)
    assert waited_min > 60


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(20, 120))
def test_fairness_nobody_is_overtaken_once_they_have_waited_an_hour(chance: Random, steps: int):
    """Under the rules of a site that wrote none, whatever happens: a window that may call somebody who has waited over
    60 min calls whoever has waited longest."""
    day = HallDay()
    day.opens(*WINDOWS)
    for _ in range(steps):
        press(day, any_step(chance))
        day.minutes_pass(chance.choice((0, 5, 20)))
        for window in WINDOWS:
            ticket = next_ticket(day.plan, day.site, window, day.at_ms)
            waits = waits_of(day, window)
            if waits and max(waits.values()) > 60 * 60_000:
                assert waits[ticket] == max(waits.values())


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(20, 120))
def test_fairness_nobody_who_waited_long_is_passed_over_for_one_who_did_not(chance: Random, steps: int):
    """Whatever happens: while somebody a window may call has waited over 30 min, it calls such a one; and of two alike
    in one line the one before is called first."""
    day = hall(LONG_FIRST, "when priority then first", "when appointment due then plus 15 min")
    for _ in range(steps):
        press(day, any_step(chance))
        day.minutes_pass(chance.choice((0, 1, 5)))
        for window in WINDOWS:
            ticket = next_ticket(day.plan, day.site, window, day.at_ms)
            if not ticket:
                continue
            waits = waits_of(day, window)
            assert ticket in waits
            if any(waited_ms > 30 * 60_000 for waited_ms in waits.values()):
                assert waits[ticket] > 30 * 60_000
            own = next(list(line) for line in lines_for(day, window) if ticket in line)
            assert ticket == next(id for id in own if id in waits)


def lines_for(day: HallDay, window: str) -> list:
    """From which a window may call."""
    places = [day.site.windows[window]] if window in day.site.windows else []
    places += [day.site.services[id] for id in day.plan.window[window].services if id in day.site.services]
    return [line for place in places for line in (place.priority, place.booked, place.waiting)]


def waits_of(day: HallDay, window: str) -> dict[str, int]:
    """How long those have waited, ms, whom a window may call; without visitors who are at a window."""
    return {
        id: day.at_ms - day.site.tickets[id].since_ms
        for line in lines_for(day, window)
        for id in line
        if not is_elsewhere(day, id)
    }


def is_elsewhere(day: HallDay, id: str) -> bool:
    ticket = day.site.tickets[id]
    return (ticket.visit or ticket.visitor or ticket.id) in day.site.visits


def test_a_call_costs_the_same_however_many_wait():
    """Counted in looks at tickets, so that a busy machine does not matter."""
    counts = []
    for waiting in (10, 1000):
        day = hall(LONG_FIRST, "when priority then first")
        for _ in range(waiting):
            day.takes("invoices")
        looks = Counting(day.site.tickets)
        day.site.tickets = looks
        assert next_ticket(day.plan, day.site, "tax-1", day.at_ms)
        counts.append(looks.count)
    assert counts[0] == counts[1] == 1
