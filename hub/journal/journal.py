"""The journal of one site: entries in order, a snapshot, and the cursors of those who read on from where they were.

One thread appends; any thread may read at the same time. All calls block.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from hub.engine.events import Entry, Origin
from hub.journal import span, sqlite, tables
from hub.journal.errors import JournalConflict, JournalError, JournalOfOtherSite
from hub.journal.lives import lives_of
from hub.journal.migrate import migrate
from hub.journal.rows import entry_of, row_of
from hub.journal.verify import complaints

_INSERT = insert(tables.journal)


class Journal:
    """``url`` as SQLAlchemy writes them: ``sqlite:////var/lib/hallhub/journal.db``.

    ``site`` is written into a new journal, and must be the same in an old one; '' (a tool that reads) asks nothing.
    ``now_s`` gives unix time, for the epoch of a new journal.
    """

    def __init__(self, url: str, site: str = "", *, now_s: Callable[[], float] = time.time) -> None:
        self._site = site
        self._now_s = now_s
        self._engine, self._where = _engine_of(url)
        # SQLite lets one write at a time and makes the others poll; a lock of our own wakes the next one at once.
        self._writing = threading.Lock()
        self._writer: Connection | None = None
        self._marker: Connection | None = None
        self._position = 0
        self.epoch = 0  # unix s of the journal's creation: tells a new journal's positions from an old one's
        self._lives: list[tuple[int, int]] = []  # restored from a backup behind this position, and the epoch before

    @property
    def position(self) -> int:
        """Of the last durable entry; 0 in an empty journal."""
        return self._position

    def epoch_of(self, position: int) -> int:
        """Of the life in which that entry was written: who was told of it then knows it by that epoch."""
        return next((epoch for until, epoch in self._lives if position <= until), self.epoch)

    def open(self) -> None:
        """Migrates when needed. Raises a `JournalError`; then nothing stays open."""
        try:
            with self._explained():
                self._writer = self._engine.connect()
                migrate(self._writer, self._where)
                if self._engine.dialect.name == "sqlite":
                    sqlite.keep(self._writer)
                self.epoch = self._introduce(self._writer)
                self._position = self._writer.execute(select(func.max(tables.journal.c.position))).scalar() or 0
                self._writer.commit()
                self._marker = self._engine.connect()
                if self._engine.dialect.name == "sqlite":
                    sqlite.relax(self._marker)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """May be called twice, and opened again."""
        with self._writing:
            for connection in (self._writer, self._marker):
                if connection is not None:
                    connection.close()
            self._writer = self._marker = None
            self._engine.dispose()

    def append(self, entries: Sequence[Entry]) -> None:
        """All of them or none, durable on return. Positions go on from `position` without a gap.

        Raises `JournalConflict` for a known origin or a wrong position, `JournalFull` and the other `JournalError`s.
        """
        if not entries:
            return
        rows = [row_of(entry) for entry in entries]
        with self._writing, self._explained():
            self._check_follow_on(entries)
            writer = self._opened(self._writer)
            with writer.begin():
                writer.execute(_INSERT, rows)
            self._position = entries[-1].position

    def find(self, origin: Origin) -> Entry | None:
        """What this request of a device led to, if it has been here."""
        column = tables.journal.c
        wanted = (column.device == origin.device) & (column.boot == origin.boot) & (column.seq == origin.seq)
        with self.reading() as connection:
            row = connection.execute(select(tables.journal).where(wanted)).first()
        return None if row is None else entry_of(row, self._where)

    def entries(self, after: int, limit: int) -> list[Entry]:
        """In order, those behind position ``after``; at most ``limit``."""
        column = tables.journal.c.position
        with self.reading() as connection:
            query = select(tables.journal).where(column > after).order_by(column).limit(limit)
            rows = connection.execute(query).all()
        return [entry_of(row, self._where) for row in rows]

    def entries_about(self, words: str, from_ms: int) -> list[Entry]:
        """In order, those from ``from_ms`` on of which some event says ``words``, as the value of some field."""
        column = tables.journal.c
        with self.reading() as connection:
            wanted = (column.position > self.position_before(from_ms)) & column.events.contains(
                f'"{words}"', autoescape=True
            )
            rows = connection.execute(select(tables.journal).where(wanted).order_by(column.position)).all()
        return [entry_of(row, self._where) for row in rows]

    def position_before(self, at_ms: int) -> int:
        """Behind which the entries are of ``at_ms`` or later, as far as the hub's clock went forward; 0 or more.

        A look at some twenty entries, however many there are.
        """
        low, high = 0, self._position
        while low < high:
            middle = (low + high) // 2
            page = self.entries(middle, 1)
            if page and page[0].at_ms < at_ms:
                low = middle + 1
            else:
                high = middle
        return low

    def snapshot(self) -> tuple[int, bytes] | None:
        """The newest: the state up to and with that position."""
        with self.reading() as connection:
            row = connection.execute(select(tables.snapshot.c.position, tables.snapshot.c.body)).first()
        return None if row is None else (row.position, row.body)

    def save_snapshot(self, position: int, body: bytes) -> None:
        """Takes the place of the one before. Raises `JournalConflict` when it is ahead of the journal."""
        with self._writing, self._explained():
            if position > self._position:
                raise JournalConflict(
                    f"{self._where}: a snapshot at {position} is ahead of the journal at {self._position}. "
                    "Append first, then save."
                )
            writer = self._opened(self._writer)
            with writer.begin():
                _put(writer, tables.snapshot, {"id": 1}, {"position": position, "body": body})

    def cursor(self, name: str) -> int:
        """How far the reader ``name`` has come; 0 when it never moved."""
        with self.reading() as connection:
            query = select(tables.cursor.c.position).where(tables.cursor.c.name == name)
            return connection.execute(query).scalar() or 0

    def move_cursor(self, name: str, position: int) -> None:
        """A power cut may take back the last moves: the reader does the same again, so it must not mind."""
        with self.marking() as marker:
            self.put_cursor(marker, name, position)

    def put_cursor(self, marker: Connection, name: str, position: int) -> None:
        """Together with what else is written in `marking`."""
        _put(marker, tables.cursor, {"name": name}, {"position": position})

    def digest(self, after: int, to: int) -> str:
        """The hash of the rows behind ``after`` up to ``to``, as they lie there. For any thread."""
        with self.reading() as connection:
            return span.digest(connection, after, to)

    def verify(self) -> list[str]:
        """Reads everything: is the file sound, no position missing, all events readable? [] when all is well."""
        with self.reading() as connection:
            return complaints(connection, self._where)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """For this room: a connection of its own, that waits for nobody, and nobody for it."""
        self._opened(self._writer)
        with self._explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def marking(self) -> Iterator[Connection]:
        """For this room: one transaction beside the journal, which a power cut may take back."""
        with self._writing, self._explained():
            marker = self._opened(self._marker)
            with marker.begin():
                yield marker

    def _introduce(self, writer: Connection) -> int:
        """Writes or checks whose journal this is. Gives the epoch."""
        facts: dict[str, str] = {name: value for name, value in writer.execute(select(tables.meta))}
        if not facts:
            facts = {"epoch": str(int(self._now_s())), "site": self._site}
            writer.execute(insert(tables.meta), [{"name": name, "value": value} for name, value in facts.items()])
        elif self._site and not facts["site"]:
            writer.execute(update(tables.meta).where(tables.meta.c.name == "site").values(value=self._site))
        elif self._site and facts["site"] != self._site:
            raise JournalOfOtherSite(
                f"{self._where}: this is the journal of site {facts['site']}, not of {self._site}. "
                "Give each site a data folder of its own."
            )
        writer.commit()
        self._lives = lives_of(facts)
        return int(facts["epoch"])

    def _check_follow_on(self, entries: Sequence[Entry]) -> None:
        due = range(self._position + 1, self._position + 1 + len(entries))
        given = [entry.position for entry in entries]
        if given != list(due):
            raise JournalConflict(
                f"{self._where}: positions {given[0]} to {given[-1]} given where {due[0]} to {due[-1]} were due. "
                "Nothing was written. Load the state again from the journal."
            )

    def _opened(self, connection: Connection | None) -> Connection:
        if connection is None:
            raise JournalError(f"{self._where}: the journal is not open. Call open() first.")
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the database in our words."""
        try:
            yield
        except DBAPIError as error:
            raise _explain(error.orig, self._where) from error
        except SQLAlchemyError as error:
            raise JournalError(f"{self._where}: {error}. The hub's log has the details.") from error
        except sqlite.Error as error:  # out of the set-up of a new connection
            raise sqlite.explain(error, self._where) from error


def _engine_of(url: str) -> tuple[Engine, str]:
    """The engine, and its place in words for error messages."""
    try:
        parsed = make_url(url)
        engine = create_engine(parsed)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise JournalError(f"{url!r}: no database URL ({error}). Write sqlite:////folder/journal.db.") from error
    if engine.dialect.name != "sqlite":
        return engine, f"journal {parsed.render_as_string(hide_password=True)}"
    if parsed.database in (None, "", ":memory:"):
        raise JournalError(f"{url!r}: a journal needs a file. Write sqlite:////folder/journal.db.")
    sqlite.prepare(engine)
    return engine, f"journal {parsed.database}"


def _explain(error: BaseException | None, where: str) -> JournalError:
    if isinstance(error, sqlite.Error):
        return sqlite.explain(error, where)
    return JournalError(f"{where}: {error}. The hub's log has the details.")


def _put(connection: Connection, table: Table, key: dict[str, object], values: dict[str, object]) -> None:
    """Update, or insert when there is none; every database understands it."""
    (name, wanted), *_ = key.items()
    if not connection.execute(update(table).where(table.c[name] == wanted).values(values)).rowcount:
        connection.execute(insert(table).values(key | values))
