"""Spans of the journal exactly as they lie in the database, so that what was changed by hand can be told."""

import msgspec
from cryptography.hazmat.primitives import hashes
from sqlalchemy import Connection, select

from hub.journal import tables

PAGE = 5_000  # rows at a time: no long read holds up the log's checkpoint


def digest(connection: Connection, after: int, to: int) -> str:
    """SM3 (GB/T 32905-2016), in hex, over the rows behind ``after`` up to ``to``, each a JSON array and a new line."""
    column = tables.journal.c.position
    found = hashes.Hash(hashes.SM3())
    last = after
    while last < to:
        wanted = (column > last) & (column <= to)
        rows = connection.execute(select(tables.journal).where(wanted).order_by(column).limit(PAGE)).all()
        if not rows:
            break
        for row in rows:
            found.update(msgspec.json.encode(tuple(row)) + b"\n")
        last = rows[-1].position
    return found.finalize().hex()
