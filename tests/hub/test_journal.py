"""The journal keeps what it acknowledged: a real SQLite file each time."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from hub.engine.events import DayTurned, DeviceCame, Entry, Origin, TicketCalled, TicketTaken, WindowOpened
from hub.journal import Aside, Deliveries, Journal, JournalConflict, JournalError, Receipt
from hub.journal.migrate import MIGRATIONS
from hub.journal.tables import REVISION, metadata


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def open_journal(file: Path) -> Iterator[Callable[..., Journal]]:
    opened: list[Journal] = []

    def open_(site: str = "doumen", **settings: object) -> Journal:
        journal = Journal(f"sqlite:///{file}", site, **settings)  # type: ignore[arg-type]
        opened.append(journal)
        journal.open()
        return journal

    yield open_
    for journal in opened:
        journal.close()


def taken(position: int, device: str = "kiosk-1", boot: str = "b1", seq: int | None = None) -> Entry:
    """A kiosk's ticket; by default the ``seq`` is the position."""
    at_ms = 1_763_800_000_000 + position
    ticket = TicketTaken(
        at_ms=at_ms, ticket=f"20261122-A{position:03}", number=f"A{position:03}", serial=position, service="hukou",
        kiosk=device,
    )  # fmt: skip
    origin = Origin(device=device, boot=boot, seq=position if seq is None else seq)
    return Entry(position=position, at_ms=at_ms, origin=origin, events=(ticket,))


def test_a_new_journal_is_empty(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal(now_s=lambda: 1_763_800_123.9)
    assert (journal.position, journal.epoch) == (0, 1_763_800_123)
    assert journal.entries(0, 10) == []
    assert journal.snapshot() is None
    assert journal.cursor("platform") == 0
    assert journal.verify() == []


def test_what_was_appended_is_read_back_by_the_next_life(open_journal: Callable[..., Journal]) -> None:
    own = Entry(
        position=2,
        at_ms=7,
        origin=None,
        events=(
            DayTurned(at_ms=7, day="20261122", ends_at_ms=9),
            WindowOpened(at_ms=7, window="出入境-1"),
            TicketCalled(at_ms=8, ticket="20261122-A001", window="出入境-1"),
        ),
    )
    silent = Entry(position=3, at_ms=8, origin=None, events=())
    journal = open_journal()
    journal.append([taken(1), own])
    journal.append([silent])
    journal.close()
    again = open_journal(now_s=lambda: 1.0)
    assert again.entries(0, 10) == [taken(1), own, silent]
    assert again.position == 3
    assert again.epoch == journal.epoch > 1


def test_entries_are_read_in_pages(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.append([taken(position) for position in range(1, 8)])
    assert [entry.position for entry in journal.entries(2, 3)] == [3, 4, 5]
    assert [entry.position for entry in journal.entries(5, 100)] == [6, 7]


def test_a_request_is_found_by_its_origin(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.append([taken(1), taken(2, "kiosk-2"), taken(3, "kiosk-2", "b2", seq=2)])
    assert journal.find(Origin(device="kiosk-2", boot="b2", seq=2)) == taken(3, "kiosk-2", "b2", seq=2)
    assert journal.find(Origin(device="kiosk-2", boot="b2", seq=3)) is None


def test_a_request_is_journalled_once(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.append([taken(1)])
    with pytest.raises(JournalConflict, match="device, boot and seq"):
        journal.append([taken(2), taken(3, seq=1)])
    assert journal.entries(0, 10) == [taken(1)], "the batch is kept as a whole or not at all"
    journal.append([taken(2)])
    assert journal.position == 2


def test_the_hub_itself_may_act_often(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    events = (DeviceCame(at_ms=1, device="strip-1"),)
    journal.append([Entry(position=position, at_ms=1, origin=None, events=events) for position in (1, 2, 3)])
    assert journal.position == 3


@pytest.mark.parametrize("positions", [(2,), (0,), (1, 3), (1, 1), (2, 1)])
def test_positions_have_no_gap(open_journal: Callable[..., Journal], positions: tuple[int, ...]) -> None:
    journal = open_journal()
    with pytest.raises(JournalConflict, match="were due"):
        journal.append([taken(position, seq=n) for n, position in enumerate(positions)])
    assert journal.entries(0, 10) == []


def test_a_second_hub_on_the_same_journal_is_noticed(open_journal: Callable[..., Journal]) -> None:
    first, second = open_journal(), open_journal()
    first.append([taken(1)])
    with pytest.raises(JournalConflict, match="second hub"):
        second.append([taken(1, "kiosk-9")])


def test_only_the_newest_snapshot_is_kept(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.append([taken(1), taken(2)])
    journal.save_snapshot(1, b"\x00one")
    journal.save_snapshot(2, b"two")
    with pytest.raises(JournalConflict, match="ahead of the journal"):
        journal.save_snapshot(3, b"three")
    journal.close()
    assert open_journal().snapshot() == (2, b"two")


def test_each_cursor_is_its_own(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.append([taken(1), taken(2)])
    journal.move_cursor("platform", 1)
    journal.move_cursor("platform", 2)
    journal.move_cursor("reports", 1)
    journal.close()
    again = open_journal()
    assert (again.cursor("platform"), again.cursor("reports"), again.cursor("other")) == (2, 1, 0)


def test_what_is_set_aside_is_kept_once_with_the_cursor(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.append([taken(1), taken(2)])
    city, province = Deliveries(journal, "platform"), Deliveries(journal, "province")
    poison = Aside(id="r-1", position=1, subject="ticket:A1", record="{}", reason="no such service", at_ms=5)
    behind = Aside(id="r-2", position=2, subject="ticket:A1", record="{}", reason="behind", at_ms=6)
    city.settle(1, [poison])
    city.settle(2, [poison, behind])
    province.settle(2, [poison])
    assert city.asides() == [poison, behind]
    assert city.subjects() == {"ticket:A1": 2}
    assert city.position == 2


def test_what_is_set_aside_is_mended_sent_again_and_gone(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    city = Deliveries(journal, "platform")
    rows = [
        Aside(id=f"r-{n}", position=n, subject=f"ticket:A{n % 2}", record="{}", reason="x", at_ms=n) for n in range(4)
    ]
    city.settle(0, rows)
    city.mend("r-1", '{"mended":1}')
    assert city.send_again("ticket:A1") == 2
    assert [(aside.id, aside.record) for aside in city.asides(9, "due")] == [("r-1", '{"mended":1}'), ("r-3", "{}")]
    city.arrived(["r-1"])
    city.refused_again({"r-3": "still no"}, "behind")
    assert city.asides(9, "due") == []
    kept = city.find("r-3")
    assert kept is not None
    assert (kept.reason, kept.state, city.find("r-1")) == ("still no", "kept", None)
    assert city.corrections() == {"r-1": '{"mended":1}'}
    city.arrived(["r-3"])
    assert city.corrections() == {"r-1": '{"mended":1}'}, "what was not mended is as the journal says"
    assert city.send_again("") == 2


def test_receipts_are_kept_until_they_are_too_old(open_journal: Callable[..., Journal]) -> None:
    city = Deliveries(open_journal(), "platform")
    old, new = (Receipt(first_id=f"r-{n}", last_id="r-9", records=2, at_ms=n, receipt=f"no. {n}") for n in (1, 5))
    city.settle(0, receipts=[old])
    city.settle(0, receipts=[old, new])
    assert city.receipts() == [new, old]
    city.forget_receipts(before_ms=5)
    assert city.receipts() == [new]


def test_a_journal_of_the_first_release_is_migrated(file: Path, open_journal: Callable[..., Journal]) -> None:
    """With what it had set aside."""
    with create_engine(f"sqlite:///{file}").connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO platform_aside VALUES ('platform', 'r-1', 1, 'ticket:A1', '{}', 'no', 5)"))
        connection.commit()
    assert Deliveries(open_journal(), "platform").asides() == [
        Aside(id="r-1", position=1, subject="ticket:A1", record="{}", reason="no", at_ms=5)
    ]


def test_readers_do_not_stop_the_writer(open_journal: Callable[..., Journal], file: Path) -> None:
    journal = open_journal()
    journal.append([taken(1)])
    reader = sqlite3.connect(file)
    try:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1,)
        journal.append([taken(2)])
        journal.move_cursor("platform", 2)
        assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1,), "a reader sees one moment"
    finally:
        reader.close()
    assert journal.position == 2


def test_reading_and_appending_go_on_side_by_side(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    read: list[int] = []

    def follow() -> None:
        while len(read) < 400:
            page = journal.entries(len(read), 50)
            read.extend(entry.position for entry in page)
            journal.move_cursor("platform", len(read))

    follower = threading.Thread(target=follow)
    follower.start()
    for first in range(1, 401, 8):
        journal.append([taken(position) for position in range(first, first + 8)])
    follower.join(timeout=20)
    assert read == list(range(1, 401))
    assert journal.cursor("platform") == 400


WRITER = """
import sys
from hub.engine.events import Entry, Origin, WindowOpened
from hub.journal import Journal
journal = Journal(sys.argv[1], "doumen")
journal.open()
opened = WindowOpened(at_ms=1, window="w")
while True:
    first = journal.position + 1
    journal.append([
        Entry(position=p, at_ms=p, origin=Origin(device="d", boot="b", seq=p), events=(opened,))
        for p in range(first, first + 8)
    ])
    print(journal.position, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 37, 400])
def test_kill_9_loses_nothing_that_was_acknowledged(
    open_journal: Callable[..., Journal], file: Path, lines: int
) -> None:
    acknowledged = 0
    with subprocess.Popen([sys.executable, "-c", WRITER, f"sqlite:///{file}"], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        for _ in range(lines):
            acknowledged = int(writer.stdout.readline())
        writer.kill()
        for line in writer.stdout:  # acknowledged before the blow fell
            acknowledged = int(line) if line.endswith(b"\n") else acknowledged
    journal = open_journal()
    assert journal.verify() == []
    assert journal.position >= acknowledged >= 8 * lines
    assert journal.position % 8 == 0, "batches are whole"
    journal.append([taken(journal.position + 1)])


def test_the_migrations_make_the_tables_that_the_program_expects(
    open_journal: Callable[..., Journal], file: Path
) -> None:
    open_journal().close()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == REVISION


def test_opening_a_migrated_journal_does_not_load_the_migration_tool(
    open_journal: Callable[..., Journal], file: Path
) -> None:
    open_journal().close()
    code = "import sys; from hub.journal import Journal; Journal(sys.argv[1]).open(); print('alembic' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code, f"sqlite:///{file}"], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_a_closed_journal_says_so(open_journal: Callable[..., Journal]) -> None:
    journal = open_journal()
    journal.close()
    journal.close()
    for use in (lambda: journal.append([taken(1)]), lambda: journal.entries(0, 1), lambda: journal.move_cursor("p", 1)):
        with pytest.raises(JournalError, match=r"Call open\(\) first"):
            use()
