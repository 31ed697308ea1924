"""What a person can do about the delivery to the platform: look, mend, send again, reconcile a day."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hub.engine.plan import Plan
from hub.journal import Aside, Deliveries, Journal, Receipt
from hub.journal.deliveries import OPEN
from hub.platform.appointments import CURSOR as INBOUND
from hub.platform.contract import Record
from hub.platform.delivery import Delivery
from hub.platform.line import Line
from hub.platform.reconcile import DAY_MS, MARGIN_MS, Reconciliation, day_starts_ms, reconcile
from hub.platform.services import Service, compare
from hub.private_file import private_folder, write_private

MOST_ASIDES = 10_000  # looked at when they are counted
RECEIPTS_DAYS = 366  # half a year is what the law wants of logs; a year's figures are asked for in spring


class DeskRefused(Exception):
    """What was asked cannot be done; the words say why."""


class Desk:
    """``folder`` keeps one JSON file for each reconciled day. ``fetch`` has the appointments looked at."""

    def __init__(
        self,
        journal: Journal,
        delivery: Delivery,
        line: Line,
        plan: Callable[[], Plan],
        folder: Path,
        now_ms: Callable[[], int],
        fetch: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._delivery = delivery
        self._line = line
        self._plan = plan
        self._folder = folder
        self._now_ms = now_ms
        self._fetch = fetch
        self._deliveries = Deliveries(journal, "platform")
        self._inbound = Deliveries(journal, INBOUND)
        self._reconciling = asyncio.Lock()

    def asides(self, limit: int = 200) -> list[Aside]:
        """What the platform would not have, and what waits behind it, oldest first; then what we could not use."""
        found = self._deliveries.asides(limit)
        return found + (self._inbound.asides(limit - len(found)) if len(found) < limit else [])

    def waiting(self) -> dict[str, int]:
        """How many of each state, whichever side would not have them."""
        found = self.asides(MOST_ASIDES)
        return {state: sum(one.state == state for one in found) for state in OPEN}

    def aside(self, id_: str) -> Aside | None:
        """One of them."""
        return self._deliveries.find(id_)

    def receipts(self, limit: int = 100) -> list[Receipt]:
        """The newest first."""
        return self._deliveries.receipts(limit)

    def mend(self, id_: str, facts: dict[str, Any]) -> Aside:
        """Other facts for one record; it is sent again when a person says so. Raises `DeskRefused`."""
        aside = self._deliveries.find(id_)
        if aside is None:
            if self._inbound.find(id_) is not None:
                raise DeskRefused(
                    f"{id_} was told by the platform: mend it there, or our services or mapping; then platform resend"
                )
            raise DeskRefused(f"no record {id_} is set aside")
        plain = json.loads(aside.record)
        if unknown := sorted(set(facts) - set(plain["facts"])):
            known = ", ".join(sorted(plain["facts"])) or "none"
            raise DeskRefused(f"{plain['type']} has no fact {unknown[0]!r}; it has {known}")
        plain["facts"].update(facts)
        try:
            msgspec.convert(plain, Record)
        except msgspec.ValidationError as fault:
            raise DeskRefused(str(fault)) from None
        self._deliveries.mend(id_, json.dumps(plain, ensure_ascii=False, separators=(",", ":")))
        return msgspec.structs.replace(aside, record=json.dumps(plain, ensure_ascii=False))

    def send_again(self, subject: str = "") -> int:
        """All that is set aside of one subject (``ticket:20261122-H001``), or of all; in order. Gives how many."""
        count = self._deliveries.send_again(subject) + self._inbound.send_again(subject)
        if subject and not count:
            raise DeskRefused(f"nothing of {subject} is set aside")
        self._delivery.hurry()
        self._fetch()
        return count

    async def reconcile(self, day: str, is_repairing: bool) -> Reconciliation:
        """``2026-11-22``; kept in the folder. Raises `Unanswered`, `DeskRefused`, `JournalError`."""
        async with self._reconciling:
            try:
                is_whole = await asyncio.to_thread(self._is_whole, day)
                found = await reconcile(
                    self._journal, self._plan(), self._line, day, self._now_ms(), is_repairing=is_repairing
                )
            except ValueError:
                raise DeskRefused(f"{day!r} is no day; write it as 2026-11-22") from None
        found = msgspec.structs.replace(found, is_whole=is_whole)
        private_folder(self._folder)
        write_private(self._folder / f"{day}.json", msgspec.json.format(msgspec.json.encode(found)))
        return found

    async def services(self) -> list[Service]:
        """Theirs beside ours, as of now. Raises `Unanswered`."""
        return await compare(self._line, self._plan())

    def reconciled(self) -> list[Reconciliation]:
        """The newest day first."""
        return [self._read(path) for path in sorted(self._folder.glob("????-??-??.json"), reverse=True)]

    def is_reconciled(self, day: str) -> bool:
        """Whether there is a result of that day that left nothing open."""
        path = self._folder / f"{day}.json"
        if not path.exists():
            return False
        found = self._read(path)
        open_ = sum(one.what != "unknown" for one in found.differences)
        return found.is_whole and found.repaired == open_

    def is_empty(self, day: str) -> bool:
        """Whether nothing was journalled on that day."""
        starts_ms = day_starts_ms(self._plan(), day)
        return self._journal.position_before(starts_ms) == self._journal.position_before(starts_ms + DAY_MS)

    def is_told(self, day: str) -> bool:
        """Whether all of that day has been sent, or is set aside."""
        ends_ms = day_starts_ms(self._plan(), day) + DAY_MS
        return self._journal.position_before(ends_ms + MARGIN_MS) <= self._deliveries.position

    def _is_whole(self, day: str) -> bool:
        return self._now_ms() >= day_starts_ms(self._plan(), day) + DAY_MS and self.is_told(day)

    def forget_receipts(self) -> None:
        """Of more than `RECEIPTS_DAYS` days ago."""
        self._deliveries.forget_receipts(self._now_ms() - RECEIPTS_DAYS * DAY_MS)

    def _read(self, path: Path) -> Reconciliation:
        return msgspec.json.decode(path.read_bytes(), type=Reconciliation)
