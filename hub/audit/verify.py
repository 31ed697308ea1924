"""Reads the whole log and says what does not fit: the chain, the head, and a copy that was exported earlier."""

from pathlib import Path

import msgspec

from hub.audit.chain import BEGIN, is_same, mac_of, misfit
from hub.audit.log import Audit

PAGE = 1_000
NOTED = "audit/head_lost"


def complaints(audit: Audit, exported: Path | None = None) -> list[str]:
    """[] when all is well. Of the chain the first row that does not fit: what follows cannot be judged.

    ``exported``: a file of `export`; its last row must still be there, which shows whether log, head and key were put
    back together to what they were earlier.
    """
    with audit.writing():  # so that rows and head are of one moment
        found, last, last_hash = _chain(audit)
        head = audit.head()
    if head is None:
        found.append("audit.head is missing, or was not written with this key: whether rows were cut off is not known")
    elif head.number > last and not found:
        found.append(f"rows {last + 1} to {head.number} were cut off")
    elif head.number == last and not is_same(head.hash, last_hash) and not found:
        found.append(f"row {last} is not the one of the head file")
    if exported is not None:
        found += _against(audit, exported)
    return found


def _chain(audit: Audit) -> tuple[list[str], int, str]:
    """What is wrong, and the number and hash of the last row."""
    start = audit.checkpoint()
    number, previous = start.number, start.hash
    found: list[str] = []
    if start.number and not is_same(start.mac, mac_of(audit.key, "checkpoint", start.number, start.hash)):
        return [f"the checkpoint at row {start.number} was written by somebody without the key"], number, previous
    while page := audit.rows(number, PAGE):
        for row, mac in page:
            wrong = misfit(row, mac, previous, number, audit.key)
            if wrong:
                return [*found, wrong], row.number, row.hash
            if row.what == NOTED:
                found.append(f"row {row.number}: the head file was missing or exchanged; rows may have been cut off")
            number, previous = row.number, row.hash
    return found, number, previous or BEGIN


class _Exported(msgspec.Struct):
    number: int = 0
    hash: str = ""


def _against(audit: Audit, path: Path) -> list[str]:
    last = _Exported()
    with path.open("rb") as lines:
        for line in lines:
            told = msgspec.json.decode(line, type=_Exported)
            if told.number:
                last = told
    if not last.number:
        return [f"{path}: no row of an audit log in it"]
    if last.number <= audit.checkpoint().number:
        return []  # purged since
    here = [row for row, _ in audit.rows(last.number - 1, 1)]
    if not here or here[0].number != last.number or here[0].hash != last.hash:
        return [f"row {last.number} of {path.name} is not in this log, or is another: it was put back or written anew"]
    return []
