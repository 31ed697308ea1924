"""The platform outbox: the journal itself, read on from a cursor. Blocking; one reader.

Other outboxes are a second table, written in the same transaction as the change, so that neither is ever there
without the other. Here the change *is* the row: the journal's entry holds the events, the records are worked out from
it, always the same ones with the same ids, and the cursor says how far the platform has got. So nothing is written
twice, an event cannot be journalled and not be on its way, and after a crash, or a cursor that a power cut took back,
the same records are sent again under the same ids and the platform calls them duplicates.
"""

from collections import deque

import msgspec

from hub.engine.plan import Plan
from hub.journal import Aside, Deliveries, Journal, JournalError, Receipt
from hub.platform.contract import Record, records

BEHIND = "behind"


class Batch(msgspec.Struct, frozen=True):
    """Whole entries up to ``position``, and their records with the position of each."""

    position: int
    records: list[tuple[int, Record]]


class Outbox:
    """``name`` is the cursor's: one for each platform."""

    def __init__(self, journal: Journal, plan: Plan, name: str, batch_records: int) -> None:
        self._journal = journal
        self._plan = plan
        self._deliveries = Deliveries(journal, name)
        self._batch_records = batch_records
        self._read_ahead: deque[Batch] = deque()  # one entry each
        self._read_to = 0
        self._aside: dict[str, int] = {}
        self.position = 0  # settled up to here

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._plan = plan

    def open(self) -> None:
        """Goes on where the last life stopped."""
        self.position = self._deliveries.position
        self._aside = self._deliveries.subjects()
        self._read_ahead.clear()
        self._read_to = self.position

    @property
    def behind(self) -> int:
        """How many entries of the journal are not settled."""
        return self._journal.position - self.position

    @property
    def aside_count(self) -> int:
        return sum(self._aside.values())

    def is_held_back(self, record: Record) -> bool:
        """Something earlier about the same subject was set aside."""
        return record.subject in self._aside

    def next_batch(self) -> Batch | None:
        """The next whole entries with at most ``batch_records`` records, or one entry with more; None at the end.

        Raises `JournalError` when it cannot read on; nothing is skipped then.
        """
        taken: list[tuple[int, Record]] = []
        position = 0
        while True:
            try:
                if not self._read_ahead and not self._read_on():
                    break
            except JournalError:
                if not position:
                    raise
                break  # what was read so far goes out; the next call meets the trouble again
            if taken and len(taken) + len(self._read_ahead[0].records) > self._batch_records:
                break
            entry = self._read_ahead.popleft()
            position = entry.position
            taken.extend(entry.records)
            if len(taken) >= self._batch_records:
                break
        return Batch(position, taken) if position else None

    def settle(self, position: int, asides: list[Aside], receipts: list[Receipt]) -> None:
        """All up to ``position`` have arrived, with ``receipts``, or are among ``asides``."""
        self._deliveries.settle(position, asides, receipts)
        self.position = position

    def due(self, limit: int) -> list[Aside]:
        """What was set aside and is to be sent again, oldest first."""
        return self._deliveries.asides(limit, "due")

    def settle_again(self, arrived: list[str], refused: dict[str, str]) -> None:
        """How sending again ended: ids that arrived, and id → why it still may not."""
        if refused:
            self._deliveries.refused_again(refused, BEHIND)
        if arrived:
            self._deliveries.arrived(arrived)
        self._aside = self._deliveries.subjects()

    def hold_back(self, subject: str) -> None:
        """From now on records of this subject are set aside too, so that the platform never hears them out of order."""
        self._aside[subject] = self._aside.get(subject, 0) + 1

    def _read_on(self) -> bool:
        page = self._journal.entries(self._read_to, self._batch_records)
        for entry in page:
            told = records(self._plan, self._journal.epoch_of(entry.position), entry)
            self._read_ahead.append(Batch(entry.position, [(entry.position, record) for record in told]))
            self._read_to = entry.position
        return bool(page)
