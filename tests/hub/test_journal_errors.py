"""A journal in trouble says what happened and what to do, and writes nothing by halves."""

import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from hub.engine.events import Entry, WindowOpened
from hub.journal import (
    Journal,
    JournalCorrupt,
    JournalError,
    JournalFull,
    JournalLocked,
    JournalNewer,
    JournalOfOtherSite,
    JournalUnreachable,
    sqlite,
)
from hub.journal.tables import REVISION


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(file: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{file}", "doumen")
    journal.open()
    yield journal
    journal.close()


def opened(position: int, window: str = "w") -> Entry:
    return Entry(position=position, at_ms=1, origin=None, events=(WindowOpened(at_ms=1, window=window),))


def alter(file: Path, statement: str) -> None:
    """As a hand with another program would."""
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER IF EXISTS journal_written")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_another_sites_journal_is_refused(journal: Journal, file: Path) -> None:
    journal.close()
    with pytest.raises(JournalOfOtherSite, match=r"site doumen, not of xiangzhou.*folder of its own"):
        Journal(f"sqlite:///{file}", "xiangzhou").open()
    Journal(f"sqlite:///{file}").open()


def test_a_newer_programs_journal_is_refused(journal: Journal, file: Path) -> None:
    journal.append([opened(1)])
    journal.close()
    alter(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(JournalNewer, match=r"revision 9999.*Start the newer program"):
        Journal(f"sqlite:///{file}", "doumen").open()
    alter(file, f"UPDATE alembic_version SET version_num = '{REVISION}'")
    journal.open()
    assert journal.entries(0, 9) == [opened(1)], "the refusal touched nothing"


def test_a_database_of_something_else_is_left_alone(file: Path) -> None:
    alter(file, "CREATE TABLE recipes (id)")
    with pytest.raises(JournalError, match=r"has tables \(recipes\) but is no journal"):
        Journal(f"sqlite:///{file}", "doumen").open()


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_bytes(b"not a database, but long enough to be looked at " * 40)
    with pytest.raises(JournalCorrupt, match="restore the last backup"):
        Journal(f"sqlite:///{file}", "doumen").open()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(JournalUnreachable, match="folder must exist"):
        Journal(f"sqlite:///{tmp_path}/nowhere/journal.db", "doumen").open()


@pytest.mark.parametrize("url", ["journal.db", "sqlite://", "sqlite:///:memory:", "nonsense:///journal.db"])
def test_a_url_that_names_no_file(url: str) -> None:
    with pytest.raises(JournalError, match=r"Write sqlite:////folder/journal\.db"):
        Journal(url, "doumen")


def test_a_full_disk_writes_nothing_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    pages: list[sqlite3.Connection] = []

    @event.listens_for(Engine, "connect")
    def small_disk(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute("PRAGMA max_page_count=40").close()
        pages.append(connection)

    journal = Journal(f"sqlite:///{tmp_path}/journal.db", "doumen")
    journal.open()
    try:
        journal.append([opened(1)])
        with pytest.raises(JournalFull, match=r"nothing was written\. Free some"):
            journal.append([opened(2, "w" * 100_000), opened(3, "w" * 100_000)])
        assert journal.entries(0, 9) == [opened(1)]
        for connection in pages:
            connection.execute("PRAGMA max_page_count=4000").close()
        journal.append([opened(2, "w" * 100_000)])
        assert journal.position == 2
        assert journal.verify() == []
    finally:
        event.remove(Engine, "connect", small_disk)
        journal.close()


QUOTA = """
import resource, sys
from hub.engine.events import Entry, WindowOpened
from hub.journal import Journal, JournalUnreachable
journal = Journal(sys.argv[1], "doumen")
journal.open()
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
event = WindowOpened(at_ms=1, window="w" * 1000)
try:
    while True:
        journal.append([Entry(position=journal.position + 1, at_ms=1, origin=None, events=(event,))])
except JournalUnreachable as error:
    print(journal.position, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append([Entry(position=journal.position + 1, at_ms=1, origin=None, events=(event,))])
print(journal.position, journal.verify())
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limits here")
def test_a_disk_that_stops_writing_in_the_middle(file: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", QUOTA, f"sqlite:///{file}"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    stopped_at, words = told[0].split(" ", 1)
    assert int(stopped_at) > 10
    assert "would not read or write" in words
    assert told[1] == f"{int(stopped_at) + 1} []", "goes on where it stopped, sound"


def test_a_lock_that_is_not_given_back(journal: Journal, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.close()
    monkeypatch.setattr(sqlite, "_PRAGMAS", ("PRAGMA busy_timeout=50", *sqlite._PRAGMAS[1:]))
    journal.open()
    holder = sqlite3.connect(file)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalLocked, match="Close what has it open"):
        journal.append([opened(1)])
    holder.close()
    journal.append([opened(1)])
    assert journal.entries(0, 9) == [opened(1)]


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        ("DELETE FROM journal WHERE position = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM journal WHERE position = 1", "entries 1 to 1 are missing"),
        ("UPDATE journal SET events = '[{\"type\":' WHERE position = 2", "events at position 2 cannot be read"),
        ('UPDATE journal SET events = \'[{"type":"Unheard"}]\' WHERE position = 3', "events at position 3"),
        ("INSERT INTO cursor VALUES ('platform', 9)", "cursor platform is at 9"),
        ("UPDATE snapshot SET position = 9", "the snapshot is of position 9"),
        ("PRAGMA journal_mode=DELETE", ""),
    ],
)
def test_verify_finds_harm(journal: Journal, file: Path, harm: str, complaint: str) -> None:
    journal.append([opened(1), opened(2), opened(3)])
    journal.save_snapshot(3, b"state")
    journal.close()
    alter(file, harm)
    journal.open()
    found = journal.verify()
    assert [complaint in line for line in found] == [True] * bool(complaint), found


def test_the_database_itself_keeps_entries_for_half_a_year(journal: Journal, file: Path) -> None:
    day_ms, now_ms = 86_400_000, int(time.time() * 1000)
    ages = [now_ms - days * day_ms for days in (184, 182)]
    old, young = (Entry(position=n, at_ms=at_ms, origin=None, events=()) for n, at_ms in enumerate(ages, 1))
    journal.append([old, young])
    alter(file, "DELETE FROM journal WHERE position = 1")
    with pytest.raises(sqlite3.IntegrityError, match="kept for 183 days"):
        alter(file, "DELETE FROM journal WHERE position = 2")
    assert journal.entries(0, 9) == [young]


def test_verify_reads_the_pages_of_the_file(journal: Journal, file: Path) -> None:
    for first in range(1, 2000, 100):
        journal.append([opened(position) for position in range(first, first + 100)])
    journal.close()
    with open(file, "r+b") as bytes_:
        bytes_.seek(file.stat().st_size // 2)
        bytes_.write(b"\xff" * 6000)
    journal.open()
    try:
        found = journal.verify()
    except JournalCorrupt as error:
        found = [str(error)]
    assert found


def test_events_that_cannot_be_read_are_named(journal: Journal, file: Path) -> None:
    journal.append([opened(1), opened(2)])
    alter(file, 'UPDATE journal SET events = \'[{"type":"FromTheFuture"}]\' WHERE position = 2')
    assert journal.entries(0, 1) == [opened(1)]
    with pytest.raises(JournalCorrupt, match=r"position 2 cannot be read.*Run the program that wrote them"):
        journal.entries(0, 2)


def test_a_connection_less_durable_than_promised_is_a_complaint(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journal.verify() == []
    journal.close()
    monkeypatch.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "PRAGMA synchronous=NORMAL"))
    journal.open()
    assert any("synchronous is 1" in complaint for complaint in journal.verify())
