"""The journal is held fast by the audit log: what clerks did cannot be changed afterwards without being seen."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.audit import Audit
from hub.audit.journal_seals import EVERY_MS, WHAT, JournalSeals, complaints
from hub.audit.log import DAY_MS, KEPT_DAYS
from hub.journal import Journal
from tests.engine.hall_day import HallDay

NOW_MS = 1_795_309_200_000


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    with closing(Audit(tmp_path, lambda: NOW_MS)) as audit:
        yield audit


@pytest.fixture
def day() -> HallDay:
    """A window opens, twelve tickets are taken: thirteen entries."""
    day = HallDay()
    day.opens("tax-1")
    for _ in range(12):
        day.takes("invoices")
    return day


@pytest.fixture
def journal(day: HallDay, tmp_path: Path) -> Iterator[Journal]:
    """The first ten of them."""
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", day.plan.id)
    journal.open()
    journal.append(day.journal[:10])
    yield journal
    journal.close()


def by_hand(journal: Path, sql: str) -> None:
    """As somebody with the file and a database browser."""
    with closing(sqlite3.connect(journal)) as db, db:
        db.execute("DROP TRIGGER journal_written")
        db.execute("DROP TRIGGER journal_kept")
        db.execute(sql)


def test_the_database_refuses_to_change_an_entry(journal: Journal, tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "journal.db")) as db,
        pytest.raises(sqlite3.IntegrityError, match="the journal is not changed"),
    ):
        db.execute("UPDATE journal SET device = 'another' WHERE position = 4")


@pytest.mark.parametrize(
    ("harm", "spans"),
    [
        ("UPDATE journal SET device = 'another' WHERE position = 4", ["1 to 10"]),
        ("UPDATE journal SET events = replace(events, 'invoices', 'notary') WHERE position = 11", ["11 to 13"]),
        ("UPDATE journal SET at_ms = at_ms + 1", ["1 to 10", "11 to 13"]),
        ("DELETE FROM journal WHERE position = 10", ["1 to 10"]),
        ("DELETE FROM journal WHERE position > 11", ["11 to 13"]),
        ("UPDATE journal SET seq = seq WHERE position = 4", []),
    ],
)
def test_what_was_changed_after_it_was_sealed_is_told_with_its_span(
    audit: Audit, day: HallDay, journal: Journal, tmp_path: Path, harm: str, spans: list[str]
) -> None:
    seals = JournalSeals(audit, journal, lambda: NOW_MS)
    assert (seals.seal(), seals.seal()) == (True, False)
    journal.append(day.journal[10:])
    assert JournalSeals(audit, journal, lambda: NOW_MS).seal(), "another life of the hub goes on with the rest"
    assert list(complaints(audit, journal, NOW_MS)) == []
    by_hand(tmp_path / "journal.db", harm)
    found = list(complaints(audit, journal, NOW_MS))
    assert [line.partition(" are not")[0] for line in found] == [f"journal entries {span}" for span in spans]
    assert list(complaints(audit, journal, NOW_MS + (KEPT_DAYS + 1) * DAY_MS)) == [], "old entries may be gone"


def test_it_seals_by_the_hour_and_at_the_end(audit: Audit, day: HallDay, journal: Journal) -> None:
    now = [NOW_MS]

    async def story() -> None:
        seals = JournalSeals(audit, journal, lambda: now[0])
        seals.tick()
        assert seals.work is not None
        await seals.work
        journal.append(day.journal[10:])
        now[0] += EVERY_MS - 1
        seals.tick()
        await seals.work
        assert len(audit.find(what=WHAT)) == 1, "not yet"
        now[0] += 1
        seals.tick()
        await seals.work
        assert len(audit.find(what=WHAT)) == 2
        await seals.close()
        assert len(audit.find(what=WHAT)) == 2, "nothing new"

    asyncio.run(story())
    assert [row.asked.partition(',"sm3"')[0] for row in audit.find(what=WHAT)] == [
        '{"after":0,"to":10',
        '{"after":10,"to":13',
    ]
