"""Fetches appointments from the platform: what was booked, changed or cancelled there, in order, each once.

The contract: ``GET /appointments?after=N`` → ``{"appointments": […], "next": M}``, at most some hundreds at a time, by
growing ``sequence``; an appointment that changes is told again with a new one. How far we are is a cursor beside the
journal. A callback of the platform only rings: then it is fetched at once, so what a callback says cannot be forged,
lost or out of order. What cannot be used is set aside without the person, and the rest goes on; when somebody wants it
tried again it is asked for again, with all that was told of that appointment since.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec

from hub.engine.events import Entry, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import BookAppointment, CancelAppointment, Request
from hub.journal import Aside, Deliveries, Journal, JournalError
from hub.platform.backoff import Backoff
from hub.platform.inbound import MOST_SEQUENCE, Misfit, Told, read
from hub.platform.line import Line
from hub.platform.reply import words_of
from hub.vault import Identity, Vault, VaultFault

CURSOR = "appointments"
BY = "platform"
DUE = "due"
MOST_AGAIN = 1_000  # at a time
GONE = "the platform does not tell of it any more"
EVERY_S = 60.0
NO_MATTER = ("appointment.cancelled", "appointment.checked_in", "appointment.missed")  # the hall was quicker


class _Page(msgspec.Struct, frozen=True):
    appointments: list[Any]
    next: Annotated[int, msgspec.Meta(ge=0, le=MOST_SEQUENCE)]

    def in_order(self) -> list[Any]:
        """By sequence, whatever the order on the line: of an appointment that is told twice the newer word holds."""
        return sorted(self.appointments, key=_sequence)


def _sequence(plain: Any) -> int:
    told = plain.get("sequence") if isinstance(plain, dict) else None
    return told if type(told) is int else 0


class Unanswered(Exception):
    """The platform did not answer, or not to the contract."""


class Appointments:
    """``ask`` puts a request through the pipeline; durable when it returns. ``trouble`` says why nothing comes."""

    def __init__(
        self,
        journal: Journal,
        line: Line,
        vault: Vault,
        plan: Callable[[], Plan],
        ask: Callable[[Request], Awaitable[Entry]],
        now_ms: Callable[[], int],
        *,
        every_s: float = EVERY_S,
        waits: Backoff | None = None,
    ) -> None:
        self._journal = journal
        self._line = line
        self._vault = vault
        self._plan = plan
        self._ask = ask
        self._now_ms = now_ms
        self._every_s = every_s
        self._waits = waits or Backoff()
        self._deliveries = Deliveries(journal, CURSOR)
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.trouble = ""
        self.fetched = 0
        self.set_aside = 0

    def ring(self) -> None:
        """There is news. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._rung.set)

    def status(self) -> dict[str, object]:
        """``fetched`` and ``set_aside`` since the start."""
        return {"fetched": self.fetched, "set_aside": self.set_aside, "error": self.trouble}

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        self._loop = asyncio.get_running_loop()
        while True:
            self._rung.clear()
            try:
                await self.fetch()
                failures, self.trouble, wait_s = 0, "", self._every_s
            except (Unanswered, JournalError, VaultFault) as fault:
                failures, self.trouble = failures + 1, str(fault)
                wait_s = self._waits.wait_s(failures)
            try:
                await asyncio.wait_for(self._rung.wait(), wait_s)
            except TimeoutError:
                pass

    async def fetch(self) -> None:
        """All that is new. Raises `Unanswered`, `JournalError`, `VaultFault`; what was taken in until then stays."""
        for aside in await asyncio.to_thread(self._deliveries.asides, MOST_AGAIN, DUE):
            await self._fetch_again(aside)
        while True:
            after = await asyncio.to_thread(lambda: self._deliveries.position)
            page = await self._page(after)
            asides = []
            for plain in page.in_order():
                try:
                    await self._take(read(self._line.mapping.appointments, self._plan(), plain), after)
                except Misfit as misfit:
                    asides.append(self._aside(misfit))
            if page.next <= after:
                return
            self.set_aside += len(asides)
            await asyncio.to_thread(self._deliveries.settle, page.next, asides)

    async def _fetch_again(self, aside: Aside) -> None:
        """One that could not be used, and what came of it later: the newest is what counts."""
        wanted, reason = aside.subject.partition(":")[2], GONE
        after, until = aside.position - 1, self._deliveries.position
        while after < until:
            page = await self._page(after)
            for plain in page.in_order():
                try:
                    told = read(self._line.mapping.appointments, self._plan(), plain)
                    if told.id == wanted:
                        await self._take(told, 0)
                        reason = ""
                except Misfit as misfit:
                    if misfit.id == wanted:
                        reason = str(misfit)
            if page.next <= after:
                break
            after = page.next
        if reason:
            await asyncio.to_thread(self._deliveries.refused_again, {aside.id: reason}, reason)
        else:
            await asyncio.to_thread(self._deliveries.arrived, [aside.id])

    async def _page(self, after: int) -> _Page:
        heard = await self._line.get("/appointments", {"after": after})
        if heard.status != 200:
            raise Unanswered(words_of(heard.status, heard.body))
        try:
            return msgspec.json.decode(heard.body, type=_Page)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise Unanswered(f"the platform's answer is not to the contract: {error}") from None

    async def _take(self, told: Told, after: int) -> None:
        """One appointment; again is no harm. Raises `Misfit` when a rule says no."""
        if told.sequence <= after:
            return
        entry = await self._ask(await self._request(told))
        code = next((event.code for event in entry.events if isinstance(event, RequestRefused)), "")
        if code and code not in NO_MATTER and not (told.is_cancelled and code == "appointment.unknown"):
            raise Misfit(told.id, told.sequence, code)
        self.fetched += 1

    async def _request(self, told: Told) -> Request:
        if told.is_cancelled:
            return CancelAppointment(at_ms=self._now_ms(), by=BY, appointment=told.id)
        identity = Identity(name=told.name, card=told.card, phone=told.phone, code=told.code or told.id)
        visitor = await asyncio.to_thread(self._vault.put, identity)
        return BookAppointment(
            at_ms=self._now_ms(),
            by=BY,
            appointment=told.id,
            visitor=visitor,
            service=told.service,
            starts_at_ms=told.starts_at_ms,
            ends_at_ms=told.ends_at_ms,
        )

    def _aside(self, misfit: Misfit) -> Aside:
        return Aside(
            id=f"{misfit.id}-{misfit.sequence}",
            position=misfit.sequence,
            subject=f"appointment:{misfit.id}",
            record=json.dumps(
                {"type": "appointment.told", "id": misfit.id, "sequence": misfit.sequence, "facts": {}},
                ensure_ascii=False,
            ),
            reason=str(misfit),
            at_ms=self._now_ms(),
        )
