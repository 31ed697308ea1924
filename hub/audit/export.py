"""The export: audit rows and what the journal tells, one JSON object a line, in the order in which it happened.

A line ``{"kind": "audit", …}`` has its number, the previous hash and its own, so whoever gets the file can check the
chain without our key; a line ``{"kind": "journal", …}`` has position, origin (device, boot, seq), events, and under
``staff`` who was signed in at the window that acted. Nothing is in both: the journal's acts are not audit rows.
"""

import heapq
from collections.abc import Iterator
from typing import Any

import msgspec

from hub.audit.log import Audit
from hub.engine.events import Entry, StaffSignedIn, StaffSignedOut
from hub.journal import Journal

PAGE = 1_000


def lines(audit: Audit, journal: Journal | None) -> Iterator[bytes]:
    """Without line ends. Both are read page by page."""
    told = heapq.merge(_audit(audit), _journal(journal) if journal else (), key=lambda line: line["at_ms"])
    yield msgspec.json.encode({"kind": "start", "chain": "SM3", **_start(audit)})
    yield from map(msgspec.json.encode, told)


def _start(audit: Audit) -> dict[str, Any]:
    checkpoint = audit.checkpoint()
    return {"after": checkpoint.number, "previous": checkpoint.hash}


def _audit(audit: Audit) -> Iterator[dict[str, Any]]:
    last = audit.checkpoint().number
    while page := audit.rows(last, PAGE):
        for row, _ in page:
            yield {"kind": "audit", **msgspec.to_builtins(row)}
        last = page[-1][0].number


def _journal(journal: Journal) -> Iterator[dict[str, Any]]:
    last, signed_in = 0, dict[str, str]()
    while page := journal.entries(last, PAGE):
        for entry in page:
            staff = _staff(entry, signed_in)
            yield {"kind": "journal", **({"staff": staff} if staff else {}), **msgspec.to_builtins(entry)}
        last = page[-1].position


def _staff(entry: Entry, signed_in: dict[str, str]) -> str:
    """Who sits at the window of which the entry speaks; follows who comes and goes."""
    staff = ""
    for event in entry.events:
        window = getattr(event, "window", "")
        staff = staff or signed_in.get(window, "")
        if isinstance(event, StaffSignedIn):
            signed_in[event.window] = staff = event.staff
        elif isinstance(event, StaffSignedOut):
            staff = event.staff
            signed_in.pop(event.window, None)
    return staff
