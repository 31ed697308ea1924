"""What clerks see of their own work: late, coarse, and never so that one visitor's rating can be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from firmware.wire.messages.figures import ShowFigures
from hub.effects.pages import all_slots, content
from hub.engine import requests
from hub.engine.effects import Refresh
from hub.engine.figures import FEW, share
from hub.engine.react import react
from hub.engine.requests import ClerkCounts
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan

LEAST = 10
WEEK = {"first": "20261116", "last": "20261122"}


def monday(**settings: int) -> HallDay:
    """2026-11-23: clerk c7 at window 1 of the tax hall, c8 at window 2."""
    day = HallDay(small_plan(**settings))
    day.at_ms += DAY_MS
    day.signs_in("tax-1", "c7")
    day.signs_in("tax-2", "c8")
    return day


def closes(day: HallDay, rated: int, satisfied: int, **week: str) -> str:
    row = ClerkCounts(staff="c7", served=40, stay_s=300, rated=rated, satisfied=satisfied)
    return day.ask_for(requests.CloseFigures, "hub", rows=(row,), **{**WEEK, **week})


def seen(day: HallDay, terminal: str = "call-tax-1") -> tuple[object, ...]:
    show = content(day.plan, day.site, 1, Refresh(device=terminal, message="show/figures"))
    assert isinstance(show, ShowFigures)
    return show.first, show.served, show.share, show.percent


# However the ratings were, nobody stands alone

RATINGS = some.integers(0, 300).flatmap(lambda rated: some.tuples(some.just(rated), some.integers(0, rated)))


@given(RATINGS, some.integers(1, 50))
def test_no_share_is_told_of_a_group_of_fewer_than_three(ratings: tuple[int, int], least: int) -> None:
    rated, satisfied = ratings
    meant, percent = share(rated, satisfied, least)
    if meant == "exact":
        assert min(satisfied, rated - satisfied) >= FEW
        assert rated >= least
        assert abs(percent - 100 * satisfied / rated) <= 0.5
    elif meant == "few":
        assert (percent, rated < max(least, 2 * FEW)) == (0, True)


@given(some.integers(2 * FEW, 300), some.sampled_from(["at_least", "at_most"]))
def test_whether_one_was_dissatisfied_or_nobody_looks_the_same(rated: int, meant: str) -> None:
    """Change the rating of any single visitor, or of two: the clerk sees the same."""
    counts = [rated - few if meant == "at_least" else few for few in range(FEW)]
    told = {share(rated, satisfied, 1) for satisfied in counts}
    assert len(told) == 1
    ((how, percent),) = told
    assert how == meant
    for satisfied in counts:
        true = 100 * satisfied / rated
        assert true >= percent if meant == "at_least" else true <= percent


@pytest.mark.parametrize(("rated", "satisfied"), [(9, 9), (9, 0), (1, 0), (0, 0)])
def test_too_few_ratings_are_not_told_at_all(rated: int, satisfied: int) -> None:
    assert share(rated, satisfied, LEAST) == ("few", 0)
    assert share(300, 200, 0) == ("few", 0), "the site does not want it"


# Two looks never differ by one rating


def test_given_a_closed_week_when_it_is_counted_again_then_the_clerk_sees_no_difference() -> None:
    """A rating that came late or was found to be in malice would otherwise be the difference of two looks."""
    day = monday()
    assert closes(day, 20, 12) == "FiguresClosed"
    before = seen(day)
    assert before == ("2026-11-16", 40, "exact", 60)
    assert closes(day, 20, 11) == ""
    assert closes(day, 19, 12) == ""
    assert seen(day) == before


@pytest.mark.parametrize("last", ["20261123", "20261129"])
def test_a_week_that_is_not_over_is_not_told(last: str) -> None:
    day = monday()
    assert closes(day, 20, 12, first="20261117", last=last) == ""
    assert seen(day) == ("", 0, "few", 0)


def test_when_somebody_rates_then_no_page_of_a_clerk_changes() -> None:
    day = monday()
    closes(day, 20, 12)
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    slots = [slot for slot in all_slots(day.plan) if slot.device == "call-tax-1"]
    assert {slot.message for slot in slots} == {"show/window", "show/figures"}

    def pages() -> list[dict[str, object]]:
        shows = [content(day.plan, day.site, 1, slot).to_plain() for slot in slots]
        return [{name: value for name, value in show.items() if name != "rev"} for show in shows]

    before = pages()
    day.rates("tax-1", "A001", 1, (115,))
    assert pages() == before


# Who sees it


def test_only_who_is_signed_in_sees_their_own() -> None:
    day = monday()
    closes(day, 20, 12)
    assert seen(day, "call-tax-2") == ("", 0, "few", 0), "c8 has no figures, and not those of c7"
    day.signs_out("tax-1")
    assert seen(day) == ("", 0, "few", 0)
    day.signs_out("tax-2")
    day.signs_in("tax-2", "c7")
    assert seen(day, "call-tax-2")[1] == 40


def test_terminals_are_told_when_the_week_closes_and_when_somebody_comes() -> None:
    day = monday()
    closes(day, 20, 12)
    (event,) = day.journal[-1].events
    own = {Refresh(device=f"call-{at}", message="show/figures") for at in ("tax-1", "tax-2")}
    assert set(react(day.plan, day.site, event)) == own
    day.signs_out("tax-1")
    (event,) = day.journal[-1].events
    assert Refresh(device="call-tax-1", message="show/figures") in react(day.plan, day.site, event)
