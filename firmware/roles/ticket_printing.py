"""The printing half of a ticket kiosk: each answer becomes one paper, or a second one that says so; none is lost.

The ticket is on disk before the outbox forgets its request, and marked as begun before the first byte goes to the
printer. So after any interruption of kiosk or printer it is known whether some of it may be in a hand already: then
it is printed again with the mark 补打. What is left from another day is not printed, its number is void.
"""

import asyncio

from drivers.escpos_status import PRINTS
from drivers.faults import PartFault
from firmware.print_log import PrintLog
from firmware.roles.together import together
from firmware.wire.messages.queue import TicketIssued

try:
    from typing import Any, Callable

    from firmware.print_log import Job
except ImportError:  # MicroPython
    pass

DAY_MS = 86400000
# Before the second try, the third …: a printer that fails again and again, though it says that it is well, shall not
# fill the tray with halves.
RESTS_S = (0, 5, 30, 300)


class TicketPrinting:
    """``page_of(ticket)``: content for `TicketPrinter.print_ticket`. ``printed(ticket)`` is called when it is out,
    ``changed()`` when ``fault`` is another one.
    """

    def __init__(
        self,
        printer: "Any",
        page_of: "Callable[[TicketIssued], dict[str, Any]]",
        printed: "Callable[[TicketIssued], None]",
        changed: "Callable[[], None]",
        utc_offset_min: int = 480,
    ) -> None:
        self._printer = printer
        self._page_of = page_of
        self._printed = printed
        self._changed = changed
        self._utc_offset_min = utc_offset_min
        self._log = PrintLog("")
        self._outlet: "Any" = None
        self._news = asyncio.Event()

    def open(self, outlet: "Any") -> None:
        """Before `run`, each time; what an earlier life left is found here once."""
        if self._outlet is None:
            self._log = PrintLog(*getattr(outlet, "keep", ("",)))
            if [job for job in self._log.jobs if job.is_begun]:
                self._printer.is_torn = True
        self._outlet = outlet

    @property
    def fault(self) -> str:
        """Why nothing can be printed, a code of `Health`; empty when it can."""
        fault: str = self._printer.health.fault
        return "" if fault in PRINTS else fault

    @property
    def is_busy(self) -> bool:
        """A ticket of this life is on its way: who pressed again now would get two."""
        return bool([job for job in self._log.jobs if not job.is_old])

    def take(self, ticket: TicketIssued) -> None:
        """Print this. An answer that came before is known and does nothing."""
        self._keep(self._log.add, ticket.to_plain())
        self._news.set()

    def connected(self) -> None:
        """The hub's clock may be known now."""
        self._news.set()

    async def run(self) -> None:
        """For ever."""
        await together(self._printer.run(), self._watch(), self._print_all())

    async def _watch(self) -> None:
        fault = ""
        while True:
            fault = await self._printer.health.changed(fault)
            self._changed()

    async def _print_all(self) -> None:
        while True:
            job = self._next()
            if job is None:
                await self._news.wait()
                self._news.clear()
                continue
            try:
                await self._print(job)
            except PartFault:
                await self._printer.ready()
                await asyncio.sleep(RESTS_S[min(job.tries, len(RESTS_S)) - 1])

    def _next(self) -> "Job | None":
        """The oldest; those of an earlier life only when it is known what day it is."""
        now_ms = self._outlet.clock_ms()
        for job in self._log.jobs:
            if not job.is_old or now_ms is not None:
                return job
        return None

    async def _print(self, job: "Job") -> None:
        if job.is_old and self._day(job.plain["issued_at_ms"]) != self._day(self._outlet.clock_ms()):
            self._keep(self._log.finish, job)
            return
        was_begun = job.is_begun
        job.tries += 1
        plain = dict(job.plain)
        plain["reprint"] = plain.get("reprint", False) or was_begun
        ticket = TicketIssued.from_plain(plain)
        self._keep(self._log.begin, job)
        try:
            await self._printer.print_ticket(self._page_of(ticket))
        except PartFault:
            self._keep(self._log.begin, job, was_begun or self._printer.has_begun)
            raise
        self._keep(self._log.finish, job)
        self._printed(ticket)

    def _keep(self, step: "Callable[..., Any]", *facts: "Any") -> None:
        """A disk that fails keeps no visitor from their ticket."""
        try:
            step(*facts)
        except OSError as error:
            self._outlet.note("print log", error)

    def _day(self, at_ms: int) -> int:
        return (at_ms + self._utc_offset_min * 60000) // DAY_MS
