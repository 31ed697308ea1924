"""Reconciles a day with a platform: counts and hashes first, then ids where they differ, then what is missing again.

The contract: ``GET /reconciliation?day=2026-11-22`` → ``{"types": {type: {"count", "hash"}}}``;
``GET /reconciliation/records?day=…&type=…`` → ``{"records": {id: digest}}``; ``POST /repairs`` takes records as
``POST /events`` does, in any order, each in the place of the one with its id. The figures are those of `ledger`.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import TypeVar

import msgspec

from hub.engine.plan import Plan
from hub.journal import Deliveries, Journal
from hub.platform.contract import Record, records
from hub.platform.ledger import Difference, Digests, Plain, Sum, differences, digest, sums, unequal
from hub.platform.line import Heard, Line
from hub.platform.mapping import Unmapped
from hub.platform.reply import Settled, understand, words_of

T = TypeVar("T")

DAY_MS = 86_400_000
MARGIN_MS = 3_600_000  # an entry may be journalled a little later than its events say
PAGE = 1_000  # entries read at a time
REPAIRS = 200  # records in one request


class Unanswered(Exception):
    """The platform did not answer, or not to the contract; the words say how. Nothing was changed."""


class Compared(msgspec.Struct, frozen=True):
    """One type of the day."""

    type: str
    ours: int
    theirs: int
    is_equal: bool


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """How a day stands. ``set_aside``: records that the platform refused, and that nobody mended yet.

    ``is_whole``: the day was over and all of it had been sent or set aside.
    """

    day: str
    at_ms: int
    types: tuple[Compared, ...]
    differences: tuple[Difference, ...]
    repaired: int = 0
    set_aside: int = 0
    is_whole: bool = True

    @property
    def is_equal(self) -> bool:
        return not self.differences


class _Sums(msgspec.Struct, frozen=True):
    types: dict[str, Sum]


class _Records(msgspec.Struct, frozen=True):
    records: dict[str, str]


class Day:
    """What the platform ought to have of one day: of each type the ids and digests, for a day may have 100,000."""

    def __init__(self, journal: Journal, plan: Plan, line: Line, day: str, name: str) -> None:
        deliveries = Deliveries(journal, name)
        self._journal, self._plan, self._line, self._day = journal, plan, line, day
        self._until = deliveries.position  # what was not sent yet is not counted
        self._aside, self._corrections = deliveries.ids(), deliveries.corrections()
        self.set_aside = 0
        self.types: dict[str, Digests] = {}
        for _, plain in self._told():
            self.types.setdefault(str(plain[line.mapping.type]), {})[str(plain[line.mapping.id])] = digest(plain)

    def plains(self, ids: set[str]) -> Iterator[Plain]:
        """Those records as they go out, in order; the journal is read once more."""
        return (plain for record, plain in self._told() if record.id in ids)

    def is_later(self, id_: str) -> bool:
        """Whether this is a record of ours that was sent since."""
        place, _, _ = id_.rpartition("-")
        start = f"{self._plan.id}-{self._journal.epoch}-"
        position = place.removeprefix(start)
        return place.startswith(start) and position.isdigit() and int(position) > self._until

    def _told(self) -> Iterator[tuple[Record, Plain]]:
        """From the journal: always the same records. Those set aside are known to be missing."""
        self.set_aside = 0
        around = _told(self._journal, self._plan, self._line, day_starts_ms(self._plan, self._day), self._until)
        for record, plain in around:
            if record.at[:10] != self._day:
                continue
            if record.id in self._aside:
                self.set_aside += 1
            elif record.id in self._corrections:
                yield record, self._line.put(msgspec.json.decode(self._corrections[record.id], type=Record))
            else:
                yield record, plain


async def reconcile(
    journal: Journal,
    plan: Plan,
    line: Line,
    day: str,
    now_ms: int,
    *,
    is_repairing: bool = True,
    name: str = "platform",
) -> Reconciliation:
    """``day`` as ``2026-11-22``. What was not sent yet is not counted. Raises `Unanswered`, `JournalError`, ValueError.

    ``name`` is that of the delivery's cursor.
    """
    ours = await asyncio.to_thread(Day, journal, plan, line, day, name)
    our_sums = await asyncio.to_thread(sums, ours.types)
    their_sums = _read(await line.get("/reconciliation", {"day": day}), _Sums).types
    found: list[Difference] = []
    later: Counter[str] = Counter()
    for type_ in unequal(our_sums, their_sums):
        theirs = _read(await line.get("/reconciliation/records", {"day": day, "type": type_}), _Records).records
        since = {id_ for id_ in theirs if ours.is_later(id_)}
        later[type_] = len(since)
        known = {id_: sum_ for id_, sum_ in theirs.items() if id_ not in since}
        found += differences(type_, ours.types.get(type_, {}), known)
    repaired = await _repair(line, ours, found) if is_repairing else 0
    return Reconciliation(
        day=day,
        at_ms=now_ms,
        types=_compared(our_sums, their_sums, later, {one.type for one in found}),
        differences=tuple(found),
        repaired=repaired,
        set_aside=ours.set_aside,
    )


def _compared(
    ours: dict[str, Sum], theirs: dict[str, Sum], later: Counter[str], differing: set[str]
) -> tuple[Compared, ...]:
    nothing = Sum(0, "")
    return tuple(
        Compared(
            type_,
            ours.get(type_, nothing).count,
            theirs.get(type_, nothing).count - later[type_],
            type_ not in differing,
        )
        for type_ in sorted(ours | theirs)
    )


async def _repair(line: Line, ours: Day, found: list[Difference]) -> int:
    """Sends what they lack or have otherwise. Gives how many they have now."""
    wanted = {one.id for one in found if one.what != "unknown"}
    if not wanted:
        return 0
    again, done = ours.plains(wanted), 0
    while part := await asyncio.to_thread(lambda: list(islice(again, REPAIRS))):
        ids = [str(plain[line.mapping.id]) for plain in part]
        heard = await line.post("/repairs", {"records": part}, f"{ids[0]}..{ids[-1]}")
        outcome = understand(heard.status, heard.body, ids)
        if not isinstance(outcome, Settled):
            raise Unanswered(f"{done} of {len(wanted)} repaired, then: {outcome.reason}")
        done += len(part) - len(outcome.rejected)
    return done


def _told(journal: Journal, plan: Plan, line: Line, start_ms: int, to: int) -> Iterator[tuple[Record, Plain]]:
    """The records around a day that the platform wants, and as they go out; {} for what it has no code for."""
    position = journal.position_before(start_ms - MARGIN_MS)
    while page := journal.entries(position, PAGE):
        for entry in page:
            position = entry.position
            if position > to or entry.at_ms > start_ms + DAY_MS + MARGIN_MS:
                return
            for record in filter(line.mapping.is_wanted, records(plan, journal.epoch_of(entry.position), entry)):
                try:
                    yield record, line.put(record)
                except Unmapped:
                    yield record, {}


def day_starts_ms(plan: Plan, day: str) -> int:
    """Local midnight of ``2026-11-22``, in unix ms. Raises ValueError when there is no such day."""
    midnight = datetime.strptime(day, "%Y-%m-%d").replace(
        tzinfo=timezone(timedelta(minutes=plan.settings.utc_offset_min))
    )
    return int(midnight.timestamp() * 1000)


def _read(heard: Heard, wanted: type[T]) -> T:
    if heard.status != 200:
        raise Unanswered(words_of(heard.status, heard.body))
    try:
        return msgspec.json.decode(heard.body, type=wanted)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Unanswered(f"the platform's answer is not to the contract: {error}") from None
