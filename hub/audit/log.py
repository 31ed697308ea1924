"""The log: deeds appended one at a time, durable on return, in a SQLite file beside the journal; nothing is changed.

``audit.db`` holds the rows, ``audit.key`` the key of their macs, ``audit.head`` how many there are: without the key a
tail that was cut off cannot be hidden. Commands write beside the running hub; a lock file lets one write at a time.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from hub.audit.chain import BEGIN, hash_of, is_same, mac_of
from hub.audit.deed import Deed, Row, of_shell
from hub.key_file import KeyFault, kept_key
from hub.private_file import private_folder, write_private

DATABASE, KEY_FILE, HEAD_FILE, LOCK_FILE = "audit.db", "audit.key", "audit.head", "audit.lock"
KEY_BYTES = 32
KEPT_DAYS = 183
"""No row goes earlier: network logs are kept for six months at least (网络安全法, article 21 (3))."""
DAY_MS = 86_400_000
BUSY_MS = 5_000
_COLUMNS = "number, at_ms, who, told, address, what, asked, outcome, before, after, previous, hash"
_TABLES = f"""
CREATE TABLE audit (number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT NOT NULL, told TEXT NOT NULL,
  address TEXT NOT NULL, what TEXT NOT NULL, asked TEXT NOT NULL, outcome TEXT NOT NULL, before TEXT NOT NULL,
  after TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL, mac TEXT NOT NULL);
CREATE INDEX audit_at ON audit (at_ms);
CREATE TABLE checkpoint (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, mac TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
  WHEN OLD.at_ms > (CAST(strftime('%s', 'now') AS INTEGER) - {KEPT_DAYS * 86_400}) * 1000
  BEGIN SELECT RAISE(ABORT, 'the audit log is kept for {KEPT_DAYS} days'); END;
"""


class AuditFault(Exception):
    """The log cannot be opened, read or written, or a rule said no; says which file, and what to do."""


class Head(msgspec.Struct, frozen=True):
    """The last row that was written, and proof of it."""

    number: int = 0
    hash: str = BEGIN
    mac: str = ""


class Audit:
    """``folder`` is the hub's; made on first use. For any thread; each call blocks until it is on the disk."""

    def __init__(self, folder: Path, now_ms: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        private_folder(folder)
        self.folder = folder
        self.path = folder / DATABASE
        self._now_ms = now_ms
        self._thread = threading.Lock()
        with self.writing():
            try:
                self.key = kept_key(folder / KEY_FILE, KEY_BYTES, [folder / DATABASE, folder / HEAD_FILE])
            except KeyFault as fault:
                raise AuditFault(str(fault)) from None
            self._db = self._opened()
            self._introduce()

    def append(self, deed: Deed) -> Row:
        """Raises `AuditFault`; then it is not in the log."""
        with self.writing():
            return self._append(deed)

    def rows(self, after: int = 0, limit: int = 1_000) -> list[tuple[Row, str]]:
        """In order, those behind number ``after``, each with its mac."""
        query = f"SELECT {_COLUMNS}, mac FROM audit WHERE number > ? ORDER BY number LIMIT ?"
        with self._explained():
            found = self._db.execute(query, (after, limit)).fetchall()
        return [(_row(values[:-1]), str(values[-1])) for values in found]

    def find(self, who: str = "", what: str = "", since_ms: int = 0, limit: int = 200) -> list[Row]:
        """In order, the newest ``limit`` of those by ``who``, with ``what`` in their name, from ``since_ms`` on."""
        query = (
            f"SELECT {_COLUMNS} FROM audit WHERE at_ms >= ? AND (? IN ('', who, told)) AND instr(what, ?) > 0"
            " ORDER BY number DESC LIMIT ?"
        )
        with self._explained():
            found = self._db.execute(query, (since_ms, who, what, limit)).fetchall()
        return [_row(values) for values in reversed(found)]

    def checkpoint(self) -> Head:
        """The last row that was purged: from there the chain goes on; number 0 when none was."""
        with self._explained():
            found = self._db.execute("SELECT number, hash, mac FROM checkpoint ORDER BY number DESC").fetchone()
        return Head(*found) if found else Head()

    def head(self) -> Head | None:
        """None when the file is missing or not of this key."""
        try:
            head = msgspec.json.decode((self.folder / HEAD_FILE).read_bytes(), type=Head)
        except (OSError, msgspec.MsgspecError):
            return None
        return head if is_same(head.mac, mac_of(self.key, "head", head.number, head.hash)) else None

    def purge(self, before_ms: int, deed: Deed) -> int:
        """Lets go of the rows older than that, and keeps where they ended; how many. ``deed`` becomes a row too.

        Raises `AuditFault` when some of them are younger than `KEPT_DAYS` days.
        """
        youngest_ms = self._now_ms() - KEPT_DAYS * DAY_MS
        if before_ms > youngest_ms:
            day = time.strftime("%Y-%m-%d", time.localtime(youngest_ms / 1000))
            raise AuditFault(f"{self.path}: rows are kept for {KEPT_DAYS} days; choose {day} or earlier")
        with self.writing():
            youngest = "coalesce((SELECT min(number) FROM audit WHERE at_ms >= ?), (SELECT max(number) + 1 FROM audit))"
            query = f"SELECT number, hash FROM audit WHERE number < {youngest}"
            with self._explained():
                last = self._db.execute(query + " ORDER BY number DESC", (before_ms,)).fetchone()
            if last is None:
                return 0
            number, hash_ = last
            self._append(msgspec.structs.replace(deed, after=f'{{"purged_to":{number}}}'))
            with self._explained(), self._db:
                self._db.execute("BEGIN IMMEDIATE")
                mac = mac_of(self.key, "checkpoint", number, hash_)
                self._db.execute("INSERT INTO checkpoint VALUES (?, ?, ?, ?)", (number, hash_, mac, self._now_ms()))
                return self._db.execute("DELETE FROM audit WHERE number <= ?", (number,)).rowcount

    def close(self) -> None:
        with self._thread:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile, neither thread nor process."""
        with self._thread:
            try:
                lock = os.open(self.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as fault:
                raise AuditFault(f"{self.folder / LOCK_FILE}: {fault.strerror}; is it the hub's user's?") from None
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            finally:
                os.close(lock)

    def _append(self, deed: Deed) -> Row:
        last = self._last()
        number, at_ms = last.number + 1, self._now_ms()
        hash_ = hash_of(last.hash, number, at_ms, deed)
        values: dict[str, Any] = msgspec.structs.asdict(deed)
        row = Row(number=number, at_ms=at_ms, previous=last.hash, hash=hash_, **values)
        mac = mac_of(self.key, "row", number, hash_)
        with self._explained():
            self._db.execute(
                f"INSERT INTO audit ({_COLUMNS}, mac) VALUES ({', '.join('?' * 13)})",
                (number, at_ms, *(values[name] for name in _COLUMNS.split(", ")[2:10]), row.previous, hash_, mac),
            )
        self._write_head(number, hash_)
        return row

    def _last(self) -> Head:
        """Where the chain goes on. Rows that were cut off stay missed: numbers go on from the head's."""
        with self._explained():
            found = self._db.execute("SELECT number, hash FROM audit ORDER BY number DESC").fetchone()
        last = Head(*found) if found else self.checkpoint()
        head = self.head()
        return head if head is not None and head.number > last.number else last

    def _write_head(self, number: int, hash_: str) -> None:
        head = Head(number, hash_, mac_of(self.key, "head", number, hash_))
        try:
            write_private(self.folder / HEAD_FILE, msgspec.json.encode(head) + b"\n")
        except OSError as fault:
            raise AuditFault(
                f"{self.folder / HEAD_FILE}: {fault.strerror}; nothing is done that is not noted"
            ) from None

    def _opened(self) -> sqlite3.Connection:
        with self._explained():
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=BUSY_MS / 1000)
            db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            (has_tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit'").fetchone()
            if not has_tables:
                db.executescript(f"BEGIN;{_TABLES}COMMIT;")
            return db

    def _introduce(self) -> None:
        """A head file that was lost or exchanged is itself a row, so that it is not overlooked."""
        if self.head() is None:
            if self._last().number:
                self._append(Deed(who="hub", what="audit/head_lost", outcome="see docs/security.md"))
            else:
                self._write_head(0, BEGIN)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as fault:
            raise AuditFault(f"{self.path}: {fault}; what cannot be noted is not done; mend that first") from fault


def note(folder: Path, what: str, asked: Any) -> None:
    """One deed of whoever typed the command that runs now. Raises `AuditFault`."""
    with closing(Audit(folder)) as log:
        log.append(of_shell(what, asked=msgspec.json.encode(asked).decode()))


def _row(values: tuple[Any, ...]) -> Row:
    return Row(**dict(zip(_COLUMNS.split(", "), values, strict=True)))
