"""Reads a whole journal and says what is wrong with it."""

from sqlalchemy import Connection, func, select

from hub.journal import sqlite, tables
from hub.journal.errors import JournalCorrupt
from hub.journal.rows import entry_of

PAGE = 1_000  # entries at a time: no long read holds up the log's checkpoint
ENOUGH = 20  # complaints; after that a person knows


def complaints(connection: Connection, where: str) -> list[str]:
    """[] when the file is sound, positions go from 1 without gap, all can be read, and nobody is ahead of them."""
    found = sqlite.complaints(connection) if connection.dialect.name == "sqlite" else []
    last = _read_all(connection, where, found)
    for name, position in connection.execute(select(tables.cursor.c.name, tables.cursor.c.position)):
        if position > last:
            found.append(f"{where}: cursor {name} is at {position}, behind the last entry {last}")
    ahead = connection.execute(select(func.max(tables.snapshot.c.position))).scalar() or 0
    if ahead > last:
        found.append(f"{where}: the snapshot is of position {ahead}, behind the last entry {last}")
    return found[:ENOUGH]


def _read_all(connection: Connection, where: str, found: list[str]) -> int:
    """Adds to ``found``; gives the last position."""
    column = tables.journal.c.position
    last = 0
    while len(found) < ENOUGH:
        rows = connection.execute(select(tables.journal).where(column > last).order_by(column).limit(PAGE)).all()
        for row in rows:
            if row.position != last + 1:
                found.append(f"{where}: entries {last + 1} to {row.position - 1} are missing")
            last = row.position
            try:
                entry_of(row, where)
            except JournalCorrupt as error:
                found.append(str(error))
        if len(rows) < PAGE:
            break
    return last
