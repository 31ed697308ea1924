"""What is particular to SQLite: how its connections are set, what its errors mean, its own check of the file.

Pragmas and result codes: https://www.sqlite.org/pragma.html, https://www.sqlite.org/rescode.html.
"""

import sqlite3

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from hub.journal import errors

Error = sqlite3.Error

BUSY_TIMEOUT_MS = 5_000
KEPT_DAYS = 183  # network logs are kept for six months at least (网络安全法, article 21 (3))
CHECKPOINT_PAGES = 4_000  # 16 MB of log: rarer pauses in the writer than the default 1,000

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",  # first: the next one may have to wait
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
)


def prepare(engine: Engine) -> None:
    """Every connection of this engine: a write-ahead log, synced at each commit; readers never stop the writer."""

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()


def relax(connection: Connection) -> None:
    """For what may be lost in a power cut because it will simply be done again. A killed process loses nothing."""
    connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
    connection.commit()


def take_write_lock(connection: Connection) -> None:
    """Begin a transaction that nobody else can write beside; changes of tables are part of it too."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def keep(connection: Connection) -> None:
    """The database itself refuses to change entries, and to let go of those younger than `KEPT_DAYS` days."""
    age = f"(CAST(strftime('%s', 'now') AS INTEGER) - {KEPT_DAYS * 86_400}) * 1000"
    connection.exec_driver_sql(
        f"CREATE TRIGGER IF NOT EXISTS journal_kept BEFORE DELETE ON journal WHEN OLD.at_ms > {age} "
        f"BEGIN SELECT RAISE(ABORT, 'the journal is kept for {KEPT_DAYS} days'); END"
    )
    connection.exec_driver_sql(
        "CREATE TRIGGER IF NOT EXISTS journal_written BEFORE UPDATE ON journal "
        "BEGIN SELECT RAISE(ABORT, 'the journal is not changed'); END"
    )
    connection.commit()


def complaints(connection: Connection) -> list[str]:
    """SQLite's own opinion of the file, and whether this connection is as durable as it must be."""
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        found.append(f"journal_mode is {mode}, not wal: readers would stop the writer")
    level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
    if level != 2:
        found.append(f"synchronous is {level}, not 2 (FULL): a power cut could lose what was acknowledged")
    return found


def explain(error: sqlite3.Error, where: str) -> errors.JournalError:
    """The same in our words, with what to do next."""
    code = getattr(error, "sqlite_errorcode", 0)
    primary = code & 0xFF
    if isinstance(error, sqlite3.IntegrityError):
        return _explain_conflict(str(error), where)
    if primary == sqlite3.SQLITE_FULL:
        return errors.JournalFull(f"{where}: no room left on the disk; nothing was written. Free some and it goes on.")
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return errors.JournalCorrupt(
            f"{where}: not readable as a journal ({error}). Stop the hub, keep this file, its -wal and its -shm, "
            "check the disk, and restore the last backup."
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return errors.JournalLocked(
            f"{where}: held by another program for more than {BUSY_TIMEOUT_MS} ms. "
            "Close what has it open for writing: a second hub, a backup, a database browser."
        )
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return errors.JournalUnreachable(
            f"{where}: cannot be opened for writing ({error}). "
            "Its folder must exist, and folder and file must belong to the user that runs the hub."
        )
    if primary == sqlite3.SQLITE_IOERR:
        return errors.JournalUnreachable(
            f"{where}: the disk would not read or write ({error}). Look at the system log, the disk and its quota."
        )
    return errors.JournalError(f"{where}: {error}. The hub's log has the details.")


def _explain_conflict(text: str, where: str) -> errors.JournalError:
    if "journal.device" in text:
        return errors.JournalConflict(
            f"{where}: a request with this device, boot and seq is in the journal already; "
            "nothing was written. Look it up with find() before deciding again."
        )
    if "journal.position" in text:
        return errors.JournalConflict(
            f"{where}: this position is taken, so a second hub writes here. Nothing was written. Stop one of them."
        )
    return errors.JournalConflict(f"{where}: {text}. Nothing was written.")
