"""Delivers the platform outbox: in order, in batches, again until the platform has it; what it refuses is set aside."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from hub.engine.plan import Plan
from hub.journal import Aside, Journal, JournalError, Receipt
from hub.platform.backoff import Backoff
from hub.platform.contract import Record
from hub.platform.line import Line
from hub.platform.mapping import Plain, Unmapped
from hub.platform.outbox import BEHIND, Batch, Outbox
from hub.platform.pace import Breaker
from hub.platform.reply import Again, Settled, TooMuch, understand
from hub.platform.resend import Resend

T = TypeVar("T")
Placed = tuple[int, Record]  # a record, and the position of its entry

_encode = msgspec.json.Encoder().encode


class Delivery:
    """After a `wake`, it waits ``linger_s`` for more before it sends: big batches cost the hub little.

    ``name`` is the cursor's, one for each platform. ``now_s`` gives unix time.
    """

    def __init__(
        self,
        journal: Journal,
        plan: Plan,
        line: Line,
        *,
        name: str = "platform",
        batch_records: int = 200,
        linger_s: float = 0.5,
        breaker: Breaker | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.line = line
        self._journal = journal
        self._outbox = Outbox(journal, plan, name, batch_records)
        self._batch_records = batch_records
        self._linger_s = linger_s
        self._breaker = breaker or Breaker(Backoff())
        self._now_s = now_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._hurried = asyncio.Event()
        self._is_woken = False
        self._last_error = ""
        self._next_try_ms = 0
        self._delivered = 0
        self._receipts: list[Receipt] = []

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._outbox.take_plan(plan)

    def wake(self) -> None:
        """Something was committed, or is to be sent again. From any thread; costs nothing when it is awake already."""
        if self._is_woken or self._loop is None:
            return
        self._is_woken = True
        self._loop.call_soon_threadsafe(self._woken.set)

    def hurry(self) -> None:
        """Somebody knows that the platform is there again, or wants it tried: no further waiting. From any thread."""
        self.wake()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._hurried.set)

    @property
    def position(self) -> int:
        """Of the journal's last entry that the platform has been told, or that is set aside."""
        return self._outbox.position

    def status(self) -> dict[str, object]:
        """``behind`` counts journal entries, ``delivered`` records since the start, ``attempts`` failures in a row."""
        return {
            "url": self.line.url,
            "last_position": self._outbox.position,
            "behind": self._outbox.behind,
            "delivered": self._delivered,
            "set_aside": self._outbox.aside_count,
            "attempts": self._breaker.failures,
            "breaker": "open" if self._breaker.is_open else "closed",
            "last_error": self._last_error,
            "next_try_ms": self._next_try_ms,
        }

    async def run(self) -> None:
        """Until cancelled. Whatever platform, network or disk do, it tries again; `status` says why it waits."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._until_journalled(lambda: asyncio.to_thread(self._outbox.open))
            while True:
                self._is_woken = False
                self._woken.clear()
                await self._send_again()
                await self._drain()
                await self._woken.wait()
                await asyncio.sleep(self._linger_s)
        finally:
            self._loop = None
            await self.line.close()

    async def _drain(self) -> None:
        """All that is in the journal now; what comes meanwhile lingers for the next round."""
        target = self._journal.position
        while self._outbox.position < target:
            batch = await self._until_journalled(lambda: asyncio.to_thread(self._outbox.next_batch))
            if batch is None:
                return
            await self._deliver(batch)

    async def _deliver(self, batch: Batch) -> None:
        """The cursor moves when each record has arrived or is set aside."""
        asides: list[Aside] = []
        self._receipts = []
        for start in range(0, len(batch.records), self._batch_records):
            asides += await self._send(batch.records[start : start + self._batch_records])
        receipts = self._receipts
        await self._until_journalled(lambda: asyncio.to_thread(self._outbox.settle, batch.position, asides, receipts))

    async def _send_again(self) -> None:
        """What a person mended or wants sent again, before anything newer of the same subjects."""
        while due := await self._until_journalled(lambda: asyncio.to_thread(self._outbox.due, self._batch_records)):
            refused = await Resend(self.line, self._post, lambda: self._breaker.is_open).send(due)
            arrived = [aside.id for aside in due if aside.id not in refused]
            self._delivered += len(arrived)
            await self._until_journalled(
                lambda ids=arrived, no=refused: asyncio.to_thread(self._outbox.settle_again, ids, no)  # type: ignore[misc]
            )

    async def _send(self, placed: list[Placed]) -> list[Aside]:
        """In order; halves what the platform refuses as a whole. Gives what was set aside."""
        asides: list[Aside] = []
        parts = [placed]
        while parts:
            part, plain = self._put(parts.pop(), asides)
            if not part:
                continue
            outcome = await self._post(plain, [record.id for _, record in part])
            if isinstance(outcome, Again):
                parts += [part[1:], part[:1]] if self._breaker.is_open and len(part) > 1 else [part]
            elif isinstance(outcome, TooMuch) and len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
            else:
                rejected = {part[0][1].id: outcome.reason} if isinstance(outcome, TooMuch) else outcome.rejected
                self._settle(part, rejected, outcome.receipt if isinstance(outcome, Settled) else "", asides)
        return asides

    def _put(self, placed: list[Placed], asides: list[Aside]) -> tuple[list[Placed], list[Plain]]:
        """Those that may be sent, and how; what waits behind another or has no code goes to ``asides``."""
        part, plain = [], []
        for position, record in placed:
            if self._outbox.is_held_back(record):
                asides.append(self._set_aside(position, record, BEHIND))
            elif self.line.mapping.is_wanted(record):
                try:
                    plain.append(self.line.put(record))
                except Unmapped as fault:
                    asides.append(self._set_aside(position, record, str(fault)))
                else:
                    part.append((position, record))
        return part, plain

    def _settle(self, part: list[Placed], rejected: dict[str, str], receipt: str, asides: list[Aside]) -> None:
        arrived = [record.id for _, record in part if record.id not in rejected]
        self._delivered += len(arrived)
        if arrived:
            facts = {"first_id": arrived[0], "last_id": arrived[-1], "records": len(arrived), "receipt": receipt}
            self._receipts.append(msgspec.convert({**facts, "at_ms": self._now_ms()}, Receipt))
        for position, record in part:
            if record.id in rejected:
                reason = BEHIND if self._outbox.is_held_back(record) else rejected[record.id]
                asides.append(self._set_aside(position, record, reason))

    def _set_aside(self, position: int, record: Record, reason: str) -> Aside:
        self._outbox.hold_back(record.subject)
        return Aside(
            id=record.id,
            position=position,
            subject=record.subject,
            record=_encode(record).decode(),
            reason=reason,
            at_ms=self._now_ms(),
        )

    async def _post(self, plain: list[Plain], ids: list[str]) -> Settled | TooMuch | Again:
        """One request; after a failure the platform is left alone for a while."""
        heard = await self.line.post("/events", {"records": plain}, f"{ids[0]}..{ids[-1]}")
        outcome = understand(heard.status, heard.body, ids)
        if isinstance(outcome, Again):
            await self._wait_after(outcome.reason, heard.pause_s)
        else:
            self._note_success()
        return outcome

    async def _until_journalled(self, work: Callable[[], Awaitable[T]]) -> T:
        """The journal's own troubles (locked, full) pass, or somebody mends them."""
        while True:
            try:
                done = await work()
            except JournalError as error:
                await self._wait_after(str(error))
            else:
                self._note_success()
                return done

    def _note_success(self) -> None:
        self._breaker.went_well()
        self._last_error, self._next_try_ms = "", 0

    async def _wait_after(self, reason: str, at_least_s: float = 0.0) -> None:
        self._last_error = reason
        wait_s = max(at_least_s, self._breaker.failed())
        self._next_try_ms = self._now_ms() + round(wait_s * 1000)
        self._hurried.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurried.wait(), wait_s)

    def _now_ms(self) -> int:
        return round(self._now_s() * 1000)
