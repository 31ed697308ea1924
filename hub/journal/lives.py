"""Lives: a journal restored from a backup is a new one to whoever follows its positions, an old one for what it has.

Devices keep an older show from replacing a newer one by (epoch, position). What the lost journal wrote behind the
backup had those positions too, so the restored one gets a new epoch, and keeps which epoch its old entries had.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from hub.journal import sqlite
from hub.journal.errors import JournalError

META = "lives"


def lives_of(facts: Mapping[str, str]) -> list[tuple[int, int]]:
    """(last position, epoch) of each life before this one, oldest first."""
    return msgspec.json.decode(facts.get(META, "[]"), type=list[tuple[int, int]])


def begin_new_life(path: Path, now_s: int) -> int:
    """Makes the journal in that file, which nobody has open, one that goes on from a backup; its last position.

    Raises `JournalError`.
    """
    try:
        with closing(sqlite3.connect(path)) as db, db:
            facts = dict(db.execute("SELECT name, value FROM meta").fetchall())
            (last,) = db.execute("SELECT coalesce(max(position), 0) FROM journal").fetchone()
            epoch = int(facts["epoch"])
            lives = msgspec.json.encode([*lives_of(facts), (last, epoch)]).decode()
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (META, lives))
            db.execute("UPDATE meta SET value = ? WHERE name = 'epoch'", (str(max(now_s, epoch + 1)),))
            return int(last)
    except sqlite3.Error as error:
        raise sqlite.explain(error, f"journal {path}") from error
    except (KeyError, ValueError) as error:
        raise JournalError(f"journal {path}: its meta table cannot be read ({error}); take another backup") from error
