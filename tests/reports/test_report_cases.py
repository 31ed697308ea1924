"""Poor ratings in the figures: what became of them counts for the day on which they were made."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine.events import AnyEvent, CaseMoved, CaseOpened, CaseOverdue, DayTurned, Entry, ServiceRated
from hub.journal import Journal
from hub.reports.keeper import Keeper
from tests.engine.small_site import DAY_MS, MORNING_MS

MIDNIGHT_MS = MORNING_MS - 9 * 3_600_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small")
    journal.open()
    yield journal
    journal.close()


def turned(day: int) -> DayTurned:
    return DayTurned(
        at_ms=MIDNIGHT_MS + day * DAY_MS, day=f"202611{22 + day}", ends_at_ms=MIDNIGHT_MS + (day + 1) * DAY_MS
    )


def poor(case: str, level: int = 1) -> tuple[AnyEvent, ...]:
    told = dict(at_ms=MORNING_MS, ticket=case, window="w1", service="notary", level=level)
    return ServiceRated(**told, terminal="t"), CaseOpened(**told, case=case, deadline_ms=MORNING_MS)


def moved(case: str, state: str) -> CaseMoved:
    return CaseMoved(at_ms=MORNING_MS, case=case, act="act", state=state, by="admin", window="w1")


def told(journal: Journal, *rounds: tuple[AnyEvent, ...]) -> None:
    for events in rounds:
        position = journal.position + 1
        journal.append([Entry(position=position, at_ms=events[0].at_ms, origin=None, events=events)])
        Keeper(journal).read_on()  # as a hub would that is started again each time


def test_a_reply_and_a_rating_in_malice_count_for_the_day_of_the_rating(journal: Journal) -> None:
    told(journal, (turned(0),), poor("a"), poor("b", 2), poor("c"), (turned(1),), (moved("a", "replied"),))
    told(journal, (moved("b", "malicious"),), (CaseOverdue(at_ms=MORNING_MS, case="c", window="w1"),))
    for _ in range(2):  # as known on the day after, and once that is over, too
        first, second, *_ = (day.total() for day in Keeper(journal).days("20261122", "20261130"))
        assert (first.levels, first.cases) == ([2, 0, 0, 0, 0], 3)
        assert (first.replied, first.voided, first.overdue) == (1, 1, 1)
        assert (second.cases, second.replied, second.levels) == (0, 0, [0] * 5)
        told(journal, (turned(2),))


def test_a_reply_to_a_rating_that_is_overturned_after_all(journal: Journal) -> None:
    told(journal, (turned(0),), poor("a"), (moved("a", "replied"),), (turned(1),), (moved("a", "rectifying"),))
    told(journal, (moved("a", "overturned"),), (moved("a", "closed"),))
    first = Keeper(journal).days("20261122", "20261122")[0].total()
    assert (first.levels, first.cases, first.voided, first.replied) == ([0] * 5, 1, 1, 0)


def test_a_rating_by_default_is_in_no_level(journal: Journal) -> None:
    rated = ServiceRated(
        at_ms=MORNING_MS, ticket="x", window="w1", terminal="", level=3, service="notary", is_default=True
    )
    told(journal, (turned(0),), (rated,))
    whole = Keeper(journal).days("20261122", "20261122")[0].total()
    assert (whole.levels, whole.defaults) == ([0] * 5, 1)


def test_nothing_of_a_person_is_kept(journal: Journal) -> None:
    """Neither whose ticket it was nor what they wrote: figures, and ids of what is still open."""
    rated = ServiceRated(at_ms=MORNING_MS, ticket="t-1", window="w1", terminal="t", level=1, remark="13800138000")
    opened = CaseOpened(
        at_ms=MORNING_MS, case="c", ticket="t-1", window="w1", service="notary", level=1, deadline_ms=1,
        visitor="visitor-7", words="words-9",
    )  # fmt: skip
    told(journal, (turned(0),), (rated, opened), (turned(1),))
    with journal.reading() as connection:
        kept = connection.exec_driver_sql("SELECT body, carry FROM report_day").one()
    plain = b"".join(zlib.decompress(value) for value in kept)
    assert b"notary" in plain
    assert [planted for planted in (b"13800138000", b"visitor-7", b"words-9", b"t-1") if planted in plain] == []
