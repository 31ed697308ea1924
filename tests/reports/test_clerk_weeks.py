"""A clerk's week out of the journal: counted once it is over, from the same figures as the reports."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine import requests
from hub.engine.events import FiguresClosed
from hub.journal import Journal
from hub.reports.clerks import ClerkWeeks, week_before
from hub.reports.keeper import Keeper
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small")
    journal.open()
    yield journal
    journal.close()


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("20261123", ("20261116", "20261122")),  # a Monday
        ("20261122", ("20261109", "20261115")),  # its week is not over
        ("20260101", ("20251222", "20251228")),
    ],
)
def test_weeks_begin_on_monday(day: str, week: tuple[str, str]) -> None:
    assert week_before(day) == week


class Week:
    """A hall with a journal, and what the hub does beside it."""

    def __init__(self, journal: Journal) -> None:
        self.day = HallDay(small_plan(clerk_ratings_least=6))
        self._journal = journal
        self._told = 0
        self._weeks = ClerkWeeks(Keeper(journal), lambda: self.day.site, lambda: self.day.at_ms, self._ask)

    async def _ask(self, request: requests.Request) -> None:
        self.day.ask(request)

    def passes(self) -> list[FiguresClosed]:
        """A second of the hub; what it told of the week."""
        self._journal.append(self.day.journal[self._told :])
        self._told = len(self.day.journal)

        async def second() -> None:
            self._weeks.tick()
            if self._weeks.work is not None:
                await self._weeks.work
                self._weeks.work = None

        asyncio.run(second())
        new = [event for entry in self.day.journal[self._told :] for event in entry.events]
        return [event for event in new if isinstance(event, FiguresClosed)]


def serves(day: HallDay, levels: list[int]) -> None:
    for level in levels:
        day.takes("invoices")
        number = day.calls("tax-1")
        day.minutes_pass(4)
        day.finishes("tax-1", number)
        if level:
            day.rates("tax-1", number, level, (115,) if level == 1 else ())


def test_a_week_is_counted_when_it_is_over_and_then_never_again(journal: Journal) -> None:
    week = Week(journal)
    day = week.day  # Sunday
    day.signs_in("tax-1", "c7")
    day.opens("tax-1")
    serves(day, [5, 4, 1, 1, 1, 3, 0])
    assert [(told.last, told.rows) for told in week.passes()] == [("20261115", ())], "this one is not over"
    day.at_ms += DAY_MS
    day.ask_for(requests.TurnDay, "hub")
    (told,) = week.passes()
    (row,) = told.rows
    assert (told.first, told.last) == ("20261116", "20261122")
    assert (row.staff, row.served, row.share, row.percent) == ("c7", 7, "exact", 50)
    assert 240 <= row.stay_s <= 243
    day.moves_case("20261122-A003-1", "malicious")  # would be the difference of one rating
    assert week.passes() == []
    day.at_ms += DAY_MS
    day.ask_for(requests.TurnDay, "hub")
    assert week.passes() == []
    assert day.site.week.clerks["c7"] == row
