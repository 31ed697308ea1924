"""Reconciles a day with a platform: counts and hashes first, then ids where they differ, then what is missing again.

The contract: ``GET /reconciliation?day=2026-11-22`` → ``{"types": {type: {"count", "hash"}}}``;
``GET /reconciliation/records?day=…&type=…`` → ``{"records": {id: digest}}``; ``POST /repairs`` takes records as
``POST /events`` does, in any order, each in the place of the one with its id. The figures are those of `ledger`.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TypeVar
from urllib.parse import urlencode

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
    """How a day stands. ``set_aside``: records that the platform refused, and that nobody mended yet."""

    day: str
    at_ms: int
    types: tuple[Compared, ...]
    differences: tuple[Difference, ...]
    repaired: int = 0
    set_aside: int = 0

    @property
    def is_equal(self) -> bool:
        return not self.differences


class _Sums(msgspec.Struct, frozen=True):
    types: dict[str, Sum]


class _Records(msgspec.Struct, frozen=True):
    records: dict[str, str]


class Day:
    """What the platform ought to have of one day: type → id → the record as it goes out."""

    def __init__(self) -> None:
        self.types: dict[str, dict[str, Plain]] = {}
        self.set_aside = 0

    def digests(self, type_: str) -> Digests:
        return {id_: digest(plain) for id_, plain in self.types.get(type_, {}).items()}


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
    ours = await asyncio.to_thread(_day, journal, plan, line, day, name)
    our_sums = await asyncio.to_thread(lambda: sums({type_: ours.digests(type_) for type_ in ours.types}))
    their_sums = _read(await line.get("/reconciliation?" + urlencode({"day": day})), _Sums).types
    found: list[Difference] = []
    for type_ in unequal(our_sums, their_sums):
        query = urlencode({"day": day, "type": type_})
        theirs = _read(await line.get("/reconciliation/records?" + query), _Records).records
        found += differences(type_, ours.digests(type_), theirs)
    repaired = await _repair(line, ours, found) if is_repairing else 0
    nothing = Sum(0, "")
    compared = [
        Compared(
            type_,
            our_sums.get(type_, nothing).count,
            their_sums.get(type_, nothing).count,
            our_sums.get(type_) == their_sums.get(type_),
        )
        for type_ in sorted(our_sums | their_sums)
    ]
    return Reconciliation(
        day=day,
        at_ms=now_ms,
        types=tuple(compared),
        differences=tuple(found),
        repaired=repaired,
        set_aside=ours.set_aside,
    )


async def _repair(line: Line, ours: Day, found: list[Difference]) -> int:
    """Sends what they lack or have otherwise. Gives how many they have now."""
    again = [ours.types[one.type][one.id] for one in found if one.what != "unknown"]
    done = 0
    for start in range(0, len(again), REPAIRS):
        part = again[start : start + REPAIRS]
        ids = [str(plain[line.mapping.id]) for plain in part]
        heard = await line.post("/repairs", {"records": part}, f"{ids[0]}..{ids[-1]}")
        outcome = understand(heard.status, heard.body, ids)
        if not isinstance(outcome, Settled):
            raise Unanswered(f"{done} of {len(again)} repaired, then: {outcome.reason}")
        done += len(part) - len(outcome.rejected)
    return done


def _day(journal: Journal, plan: Plan, line: Line, day: str, name: str) -> Day:
    """From the journal: always the same records. Those set aside are known to be missing."""
    found = Day()
    deliveries = Deliveries(journal, name)
    aside, corrections = deliveries.ids(), deliveries.corrections()
    for record, plain in _told(journal, plan, line, day_starts_ms(plan, day), deliveries.position):
        if record.at[:10] != day:
            continue
        if record.id in aside:
            found.set_aside += 1
        else:
            if record.id in corrections:
                plain = line.put(msgspec.json.decode(corrections[record.id], type=Record))
            found.types.setdefault(str(plain[line.mapping.type]), {})[str(plain[line.mapping.id])] = plain
    return found


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
