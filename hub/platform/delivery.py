"""Delivers the platform outbox over HTTP: in order, in batches, again until the platform has it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import msgspec

from hub.engine.plan import Plan
from hub.journal import Aside, Journal, JournalError
from hub.platform.backoff import Backoff
from hub.platform.contract import Record
from hub.platform.outbox import BEHIND, Batch, Outbox
from hub.platform.reply import Again, Settled, TooMuch, understand

T = TypeVar("T")
Placed = tuple[int, Record]  # a record, and the position of its entry

_encode = msgspec.json.Encoder().encode


class Delivery:
    """``url`` is the platform's base address, ``token`` goes along as bearer token.

    After a `wake`, it waits ``linger_s`` for more before it sends: big batches cost the hub little. ``name`` is the
    cursor's, one for each platform. ``now_s`` gives unix time. Raises ValueError for an url that is none.
    """

    def __init__(
        self,
        journal: Journal,
        plan: Plan,
        url: str,
        client: httpx.AsyncClient | None = None,
        *,
        token: str = "",
        name: str = "platform",
        batch_records: int = 200,
        linger_s: float = 0.5,
        timeout_s: float = 10.0,
        backoff: Backoff | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.url = _checked(url)
        self._journal = journal
        self._outbox = Outbox(journal, plan, name, batch_records)
        self._client = client
        self._token = token
        self._batch_records = batch_records
        self._linger_s = linger_s
        self._timeout_s = timeout_s
        self._backoff = backoff or Backoff()
        self._now_s = now_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._is_woken = False
        self._failures = 0
        self._last_error = ""
        self._next_try_ms = 0
        self._delivered = 0

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._outbox.take_plan(plan)

    def wake(self) -> None:
        """Something was committed. From any thread; costs nothing when it is awake already."""
        if self._is_woken or self._loop is None:
            return
        self._is_woken = True
        self._loop.call_soon_threadsafe(self._woken.set)

    def status(self) -> dict[str, object]:
        """``behind`` counts journal entries, ``delivered`` records since the start, ``attempts`` failures in a row."""
        return {
            "url": self.url,
            "last_position": self._outbox.position,
            "behind": self._outbox.behind,
            "delivered": self._delivered,
            "set_aside": self._outbox.aside_count,
            "attempts": self._failures,
            "last_error": self._last_error,
            "next_try_ms": self._next_try_ms,
        }

    async def run(self) -> None:
        """Until cancelled. Whatever platform, network or disk do, it tries again; `status` says why it waits."""
        self._loop = asyncio.get_running_loop()
        client = self._client or httpx.AsyncClient(timeout=self._timeout_s, trust_env=False)
        try:
            await self._until_journalled(lambda: asyncio.to_thread(self._outbox.open))
            while True:
                self._is_woken = False
                self._woken.clear()
                await self._drain(client)
                await self._woken.wait()
                await asyncio.sleep(self._linger_s)
        finally:
            self._loop = None
            if client is not self._client:
                await client.aclose()

    async def _drain(self, client: httpx.AsyncClient) -> None:
        """All that is in the journal now; what comes meanwhile lingers for the next round."""
        target = self._journal.position
        while self._outbox.position < target:
            batch = await self._until_journalled(lambda: asyncio.to_thread(self._outbox.next_batch))
            if batch is None:
                return
            await self._deliver(client, batch)

    async def _deliver(self, client: httpx.AsyncClient, batch: Batch) -> None:
        """The cursor moves when each record has arrived or is set aside."""
        asides: list[Aside] = []
        for start in range(0, len(batch.records), self._batch_records):
            asides += await self._send(client, batch.records[start : start + self._batch_records])
        await self._until_journalled(lambda: asyncio.to_thread(self._outbox.settle, batch.position, asides))

    async def _send(self, client: httpx.AsyncClient, placed: list[Placed]) -> list[Aside]:
        """In order; halves what the platform refuses as a whole. Gives what was set aside."""
        asides: list[Aside] = []
        parts = [placed]
        while parts:
            part = []
            for position, record in parts.pop():
                if self._outbox.is_held_back(record):
                    asides.append(self._set_aside(position, record, BEHIND))
                else:
                    part.append((position, record))
            if not part:
                continue
            outcome = await self._ask(client, [record for _, record in part])
            if isinstance(outcome, TooMuch) and len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
                continue
            rejected = {part[0][1].id: outcome.reason} if isinstance(outcome, TooMuch) else outcome.rejected
            self._delivered += len(part) - len(rejected)
            for position, record in part:
                if record.id in rejected:
                    reason = BEHIND if self._outbox.is_held_back(record) else rejected[record.id]
                    asides.append(self._set_aside(position, record, reason))
        return asides

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

    async def _ask(self, client: httpx.AsyncClient, records: list[Record]) -> Settled | TooMuch:
        """The same request until there is an answer that means something."""
        body = _encode({"records": records})
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{records[0].id}..{records[-1].id}",
        }
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        asked = [record.id for record in records]
        while True:
            outcome = await self._post(client, body, headers, asked)
            if not isinstance(outcome, Again):
                self._note_success()
                return outcome
            await self._wait_after(outcome.reason)

    async def _post(
        self, client: httpx.AsyncClient, body: bytes, headers: dict[str, str], asked: list[str]
    ) -> Settled | TooMuch | Again:
        try:
            answer = await client.post(f"{self.url}/events", content=body, headers=headers)
        except httpx.TimeoutException as error:
            return Again(f"{self.url}: no answer in time ({type(error).__name__})")
        except httpx.HTTPError as error:
            return Again(f"{self.url}: no connection, or it broke ({str(error) or type(error).__name__})")
        return understand(answer.status_code, answer.content, asked)

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
        self._failures, self._last_error, self._next_try_ms = 0, "", 0

    async def _wait_after(self, reason: str) -> None:
        self._failures += 1
        self._last_error = reason
        wait_s = self._backoff.wait_s(self._failures)
        self._next_try_ms = self._now_ms() + round(wait_s * 1000)
        await asyncio.sleep(wait_s)

    def _now_ms(self) -> int:
        return round(self._now_s() * 1000)


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"platform url {url!r}: {error}. Write it as https://host[:port]/path.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError(f"platform url {url!r} has no http:// or https:// and host. Write https://host[:port]/path.")
    return url.rstrip("/")
