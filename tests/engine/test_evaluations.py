"""One rating for one service rendered, by a person at the terminal of the window that rendered it."""

import pytest

from tests.engine.hall_day import HallDay


@pytest.fixture
def day():
    """A001 was just finished at window 1; A002 waits."""
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.takes("invoices")
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    return day


def test_a_visitor_rates_once(day):
    assert day.rates("tax-1", "A001", 2, (207, 214)) == "ServiceRated"
    assert day.rates("tax-1", "A001", 5) == "evaluation.done"
    assert day.ticket("A001").level == 2


def test_nobody_but_the_terminal_rates(day):
    for terminal in ("admin", "call-tax-1", "rate-tax-2"):
        assert day.rates("tax-1", "A001", 5, terminal=terminal) == "evaluation.terminal"
    assert day.rates("tax-2", "A001", 5) == "evaluation.closed"
    assert day.rates("tax-9", "A001", 5) == "window.unknown"


def test_the_terminal_asks_until_the_next_visitor_is_served(day):
    day.calls("tax-1")
    assert day.site.windows["tax-1"].rating == day.id_of("A001")
    day.serves("tax-1", "A002")
    assert day.site.windows["tax-1"].rating == ""
    assert day.rates("tax-1", "A002", 5) == "evaluation.closed"


def test_a_rating_that_was_on_its_way_when_the_next_was_served_counts(day):
    day.calls("tax-1")
    day.serves("tax-1", "A002")
    assert day.rates("tax-1", "A001", 5) == "ServiceRated"
    day.finishes("tax-1", "A002")
    assert day.rates("tax-1", "A001", 4) == "evaluation.done"
    assert day.site.windows["tax-1"].rating == day.id_of("A002")


def test_reasons_belong_to_the_level(day):
    assert day.rates("tax-1", "A001", 4, (406, 510)) == "evaluation.reason"
    assert day.rates("tax-1", "A001", 6) == "evaluation.level"
    assert day.rates("tax-1", "A001", 0) == "evaluation.level"
    assert day.rates("tax-1", "A001", 4, (406,)) == "ServiceRated"


def test_a_passed_visitor_has_nothing_to_rate(day):
    day.calls("tax-1")
    day.passes("tax-1", "A002")
    assert day.rates("tax-1", "A002", 5) == "evaluation.closed"
