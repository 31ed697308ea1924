"""What counts: valid ratings that a person made; services rendered; calls back; what was mended."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hub.engine import requests
from hub.engine.events import Entry
from hub.journal import Journal
from hub.reports.figures import Day, Figures
from hub.reports.fold import Fold
from hub.reports.service import Reports
from hub.reports.view import satisfaction
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


def days_of(entries: list[Entry]) -> list[Day]:
    fold = Fold()
    ended = [done for entry in entries if (done := fold.read(entry))]
    found = [*(done.day for done in ended), fold.day]
    for correction in [one for done in ended for one in done.corrections] + fold.corrections:
        next(day for day in found if day.day == correction.day).correct(correction)
    return found


def told(day: HallDay) -> Figures:
    """All days together."""
    whole = Day()
    for one in days_of(day.journal):
        whole.merge(one)
    return whole.total()


def told_by(day: HallDay, by: str) -> dict[str, dict]:
    return {row["name"]: row for row in satisfaction(days_of(day.journal), by)}


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
    counts = told(three_served())
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
    counts = told(day)
    assert (counts.rated, counts.poor, counts.voided, counts.known, counts.contacted) == (1, 0, 1, 0, 0)
    assert counts.rates()["satisfied_percent"] == 100.0
    assert counts.rates()["called_back_percent"] is None


def test_calls_back_and_replies_count_once():
    day = three_served()
    for act in ("accept", "assign", "contact", "reply", "review", "rectify", "reply"):
        day.moves_case(CASE, act, to="c7" if act == "assign" else "")
    counts = told(day)
    assert (counts.contacted, counts.replied) == (1, 1)
    assert counts.rates()["called_back_percent"] == counts.rates()["rectified_percent"] == 100.0


def test_ratings_that_nobody_made_are_in_no_share():
    day = three_served(default_rating_days=1)
    day.at_ms += DAY_MS
    day.ask_for(requests.TurnDay, "hub")
    counts = told(day)
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
    by_window = {name: (row["rendered"], row["rated"]) for name, row in told_by(day, "window").items()}
    assert by_window == {"tax-1": (4, 2), "tax-2": (1, 1)}
    assert set(told_by(day, "service")) == {"invoices", "certificates"}


def test_what_was_taken_back_was_not_rendered():
    day = three_served()
    day.undoes("tax-1", "A003")
    assert told(day).rendered == 2
    day.finishes("tax-1", "A003")
    assert told(day).rendered == 3


def test_nothing_gives_no_shares():
    assert set(Figures().rates().values()) == {None}


# One place counts: what the table of satisfaction says, the report says, too


def busy_day() -> HallDay:
    """Every way a rating can go: valid, by mistake, overturned after a reply, late, by default."""
    day = three_served(default_rating_days=1)
    for act in ("accept", "assign", "contact", "reply"):
        day.moves_case(CASE, act, to="c7" if act == "assign" else "")
    for visitor, number in (("zhao", "B001"), ("qian", "B002")):
        day.takes("certificates", visitor=visitor)
        day.calls("tax-2")
        day.finishes("tax-2", number)
        day.rates("tax-2", number, 2, (213,))
    return day


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small")
    journal.open()
    yield journal
    journal.close()


DAY = date(2026, 11, 22)


@pytest.mark.parametrize(("ending", "rated"), [("valid", 4), ("mistaken", 3), ("overturned", 3), ("next_day", 4)])
def test_satisfaction_and_report_say_the_same(journal: Journal, ending: str, rated: int) -> None:
    """Through the service that both commands ask; the rule of what counts may be in one place only."""
    day = busy_day()
    if ending == "next_day":
        day.at_ms += DAY_MS
        day.ask_for(requests.TurnDay, "hub")
    for act in {"mistaken": ("mistaken",), "overturned": ("accept", "assign", "appeal", "overturn")}.get(ending, ()):
        day.moves_case("20261122-B001-1", act, to="c7" if act == "assign" else "")
    journal.append(day.journal)
    reports = Reports(journal, lambda: day.plan, lambda: day.at_ms)
    for by in ("window", "service"):
        rows = {row["name"]: row for row in reports.satisfaction(DAY, None, by)}
        view = reports.of("day", DAY.isoformat(), by)
        for row in view["rows"]:
            if row["name"] and row["rated"]:
                same = rows[row["id"]]
                shares = ("satisfied_percent", "rated_percent", "called_back_percent", "rectified_percent")
                assert {name: row[name] for name in shares} == {name: same[name] for name in shares}
                assert (row["rated"], row["levels"], row["voided"]) == (same["rated"], same["levels"], same["invalid"])
        assert sum(row["rated"] for row in rows.values()) == view["total"]["rated"] == rated
        assert view["total"]["called_back_percent"] == (33.3 if rated == 4 else 50.0)


def test_what_is_voided_leaves_every_figure_of_its_case() -> None:
    day = three_served()
    day.moves_case(CASE, "accept")
    day.at_ms += 30 * DAY_MS  # long overdue
    day.ask_for(requests.LookAtClock, "hub")
    assert told(day).overdue == 1
    for act in ("assign", "contact", "appeal", "overturn", "close"):
        day.moves_case(CASE, act, to="c7" if act == "assign" else "")
    counts = told(day)
    assert (counts.voided, counts.overdue, counts.known, counts.contacted, counts.replied) == (1, 0, 0, 0, 0)
