"""Seals: rows of the audit log that hold the journal fast, for it is there that clerks' and visitors' acts stand.

Each says up to which entry, and the hash of all since the seal before. As the audit log is a chain, an entry that was
changed, taken out or put in later no longer fits its seal.
"""

import asyncio
from collections.abc import Callable, Iterator

import msgspec

from hub.audit.deed import Deed
from hub.audit.log import DAY_MS, KEPT_DAYS, Audit, AuditFault
from hub.journal import Journal, JournalError
from hub.service import Service

WHAT = "journal/seal"
EVERY_MS = 3_600_000
MOST = 50_000  # entries of one seal: two seconds of work; a long journal that has none gets them one after another
PAGE = 1_000


class Span(msgspec.Struct, frozen=True):
    """Entries behind ``after`` up to ``to``; ``sm3`` is hub.journal.span's."""

    after: int
    to: int
    sm3: str


class JournalSeals(Service):
    """Seals what came since the last one, every hour and at the end."""

    def __init__(self, audit: Audit, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._audit = audit
        self._journal = journal
        self._now_ms = now_ms
        newest = audit.find(what=WHAT, limit=1)
        self._to = _span(newest[0].asked).to if newest else 0
        self._due_ms = now_ms() + EVERY_MS if newest else 0
        self._is_closing = False
        self.work: asyncio.Task[None] | None = None

    def tick(self) -> None:
        if self._now_ms() >= self._due_ms and (self.work is None or self.work.done()):
            self._due_ms = self._now_ms() + EVERY_MS
            self.work = asyncio.create_task(self._seal_all())

    async def close(self) -> None:
        """Up to the last entry, unless many are to be sealed still: the next life goes on with them."""
        self._is_closing = True
        if self.work is not None:
            await self.work
        await self._seal_all()

    async def _seal_all(self) -> None:
        """What cannot be sealed now is sealed with the next."""
        try:
            while await asyncio.to_thread(self.seal) and not self._is_closing:
                pass
        except (AuditFault, JournalError) as fault:
            print(f"journal seal: {fault}", flush=True)

    def seal(self) -> bool:
        """One more span, if there are entries; whether there were. Raises `AuditFault`, `JournalError`."""
        after, to = self._to, min(self._journal.position, self._to + MOST)
        if to <= after:
            return False
        span = Span(after, to, self._journal.digest(after, to))
        self._audit.append(Deed(who="hub", what=WHAT, asked=msgspec.json.encode(span).decode()))
        self._to = to
        return True


def complaints(audit: Audit, journal: Journal, now_ms: int) -> Iterator[str]:
    """Of each seal that the journal no longer fits; one after another, as reading a year takes a while.

    Entries older than `KEPT_DAYS` days may be gone. Raises `JournalError`.
    """
    number = audit.checkpoint().number
    while page := audit.rows(number, PAGE):
        number = page[-1][0].number
        for row, _ in page:
            if row.what == WHAT and row.at_ms > now_ms - KEPT_DAYS * DAY_MS:
                span = _span(row.asked)
                if journal.digest(span.after, span.to) != span.sm3:
                    yield (
                        f"journal entries {span.after + 1} to {span.to} are not those that row {row.number} sealed: "
                        "one was changed, taken out or put in; compare with a backup"
                    )


def _span(asked: str) -> Span:
    return msgspec.json.decode(asked, type=Span)
