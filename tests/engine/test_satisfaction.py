"""What counts: valid ratings that a person made; services rendered; calls back; what was mended."""

import pytest

from hub.engine import requests
from hub.engine.satisfaction import Counts, Satisfaction
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


def told(day, by=lambda key: ""):
    fold = Satisfaction(day.plan)
    for entry in day.journal:
        for event in entry.events:
            fold.take(event)
    return fold.by(by)


def three_served(**settings):
    """A001, A002, A003 served at window 1; the first is content, the second very dissatisfied, the third silent."""
    day = HallDay(small_plan(**settings))
    day.opens("tax-1", "tax-2")
    for visitor in ("li", "wang", ""):
        day.takes("invoices", visitor=visitor)
    for number in ("A001", "A002", "A003"):
        day.calls("tax-1")
        day.finishes("tax-1", number)
        if number != "A003":
            day.rates("tax-1", number, 5 if number == "A001" else 1, () if number == "A001" else (115,))
    return day


CASE = "20261122-A002-1"


def test_two_of_three_rated_and_one_of_two_is_satisfied():
    counts = told(three_served())[""]
    assert (counts.rendered, counts.rated, counts.poor, counts.known) == (3, 2, 1, 1)
    assert counts.rates() == {
        "satisfied_percent": 50.0,
        "rated_percent": 66.7,
        "called_back_percent": 0.0,
        "rectified_percent": 0.0,
    }


@pytest.mark.parametrize("way", [("mistaken",), ("malicious",), ("accept", "assign", "contact", "appeal", "overturn")])
def test_invalid_ratings_count_nowhere(way):
    day = three_served()
    for act in way:
        assert not day.moves_case(CASE, act, to="c7" if act == "assign" else "").startswith("case.")
    counts = told(day)[""]
    assert (counts.rated, counts.poor, counts.invalid, counts.known, counts.contacted) == (1, 0, 1, 0, 0)
    assert counts.rates()["satisfied_percent"] == 100.0
    assert counts.rates()["called_back_percent"] is None


def test_calls_back_and_replies_count_once():
    day = three_served()
    for act in ("accept", "assign", "contact", "reply", "review", "rectify", "reply"):
        day.moves_case(CASE, act, to="c7" if act == "assign" else "")
    counts = told(day)[""]
    assert (counts.contacted, counts.replied) == (1, 1)
    assert counts.rates()["called_back_percent"] == counts.rates()["rectified_percent"] == 100.0


def test_ratings_that_nobody_made_are_in_no_share():
    day = three_served(default_rating_days=1)
    day.at_ms += DAY_MS
    day.ask_for(requests.TurnDay, "hub")
    counts = told(day)[""]
    assert (counts.defaults, counts.rated) == (1, 2)
    assert counts.rates()["satisfied_percent"] == 50.0


def test_each_service_counts_where_it_was_rendered():
    day = three_served()
    day.takes("invoices")
    day.calls("tax-1")
    day.serves("tax-1", "A004")
    day.transfers("tax-1", "A004", to_service="certificates")
    day.calls("tax-2")
    day.finishes("tax-2", "A004")
    day.rates("tax-2", "A004", 4)
    by_window = told(day, lambda key: key.window)
    assert {name: (one.rendered, one.rated) for name, one in by_window.items()} == {"tax-1": (4, 2), "tax-2": (1, 1)}
    assert set(told(day, lambda key: key.service)) == {"invoices", "certificates"}


def test_what_was_taken_back_was_not_rendered():
    day = three_served()
    day.undoes("tax-1", "A003")
    assert told(day)[""].rendered == 2
    day.finishes("tax-1", "A003")
    assert told(day)[""].rendered == 3


def test_nothing_gives_no_shares():
    assert set(Counts().rates().values()) == {None}
