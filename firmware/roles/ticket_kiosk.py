"""Ticket kiosk: a visitor's choice becomes a request, its answer a printed ticket."""

import asyncio

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.roles.ticket_printing import TicketPrinting
from firmware.roles.together import together
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import ShowServices, TicketIssued, TicketReprint, TicketTake

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class TicketKiosk:
    """Parts: ``screen``, ``printer``. Pages: ``choose``, ``wait``, ``take``, ``message``, ``out_of_service``.

    Settings: ``site_name`` for the head of the ticket; ``utc_offset_min``, 480 when not given; ``notice_ms``, how long
    "take your ticket" and messages stay, 5000 when not given.

    What becomes of a ticket from its answer to the paper is `TicketPrinting`'s business.
    """

    ACCEPTS = (ShowServices, TicketIssued)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._screen = self.found_by = parts["screen"]
        self._site_name = settings.get("site_name", "")
        self._utc_offset_min = settings.get("utc_offset_min", 480)
        self._notice_ms = settings.get("notice_ms", 5000)
        self._show: "ShowServices | None" = None
        self._is_connected = False
        self._is_asking = False  # a visitor waits for an answer
        self._printing = TicketPrinting(
            parts["printer"], self._page_of, self._printed, self._printer_changed, self._utc_offset_min
        )
        self._notice: "tuple[str, dict[str, Any]] | None" = None
        self._notice_began_ms = 0
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever: take choices, print tickets, take notices off again."""
        self._printing.open(self.outlet)
        self._display()
        await together(self._take_choices(), self._printing.run(), self._end_notices())

    async def _take_choices(self) -> None:
        while True:
            choice = await self._screen.choice()
            if choice[0] == "dismiss":
                self._notice = None
                self._display()
                continue
            if self._why_closed() or self._is_busy():
                continue
            if choice[0] == "reprint":
                request: "Any" = TicketReprint(number=choice[1])
            else:
                request = TicketTake(service=choice[0], language=choice[1], priority=choice[2])
            try:
                self.outlet.ask(request)
            except Full:
                self.fault = "outbox full"
                self._say("out_of_service", {"reason": "full"})  # for a while: then there may be room
                continue
            self.fault = ""
            self._is_asking = True
            self._notice = None
            self._display()

    def answered(self, request_name: str, answer: "Any") -> None:
        """A ticket to print, or a rule said no."""
        if answer.boot == self.outlet.boot:  # those of an earlier life belong to nobody who stands here
            self._is_asking = False
        if isinstance(answer, TicketIssued):
            self._printing.take(answer)
        elif isinstance(answer, Refused):
            self._say("message", {"code": "refused." + answer.code})
        self._display()

    def _printed(self, ticket: "TicketIssued") -> None:
        self._say("take", {"number": ticket.number, "ahead": ticket.ahead})

    def _printer_changed(self) -> None:
        fault = self._printing.fault
        self.fault = "printer: " + fault.replace("_", " ") if fault else ""
        self._display()

    def _page_of(self, ticket: "TicketIssued") -> "dict[str, Any]":
        label = ticket.service
        if self._show is not None:
            for offer in self._show.offers:
                if offer.service == ticket.service:
                    label = offer.label
        return {
            "site": self._site_name,
            "hall": self._show.hall if self._show is not None else "",
            "service": label,
            "ticket": ticket,
            "utc_offset_min": self._utc_offset_min,
        }

    def shown(self, show: "ShowServices", slot: "Any") -> None:
        """What can be chosen."""
        self._show = show
        self._display()

    def connected(self, is_connected: bool) -> None:
        """Without the hub there are no numbers."""
        self._is_connected = is_connected
        self._printing.connected()
        self._display()

    def _why_closed(self) -> str:
        """Why no ticket can be had here; empty when one can."""
        if self._printing.fault:
            return "printer"
        return "" if self._is_connected and self._show is not None else "link"

    def _is_busy(self) -> bool:
        """Somebody waits for an answer or for paper: who pressed again now would get two tickets."""
        return self._is_asking or self._printing.is_busy

    def _say(self, page: str, content: "dict[str, Any]") -> None:
        self._notice = (page, content)
        self._notice_began_ms = now_ms()
        self._news.set()
        self._display()

    async def _end_notices(self) -> None:
        while True:
            if self._notice is None:
                self._news.clear()
                await self._news.wait()
            left_ms = self._notice_ms - (now_ms() - self._notice_began_ms)
            if left_ms > 0:
                await asyncio.sleep(left_ms / 1000)
            else:
                self._notice = None
                self._display()

    def _display(self) -> None:
        reason = self._why_closed()
        if reason:
            self._screen.display("out_of_service", {"reason": reason, "fault": self._printing.fault})
        elif self._notice is not None:
            self._screen.display(self._notice[0], self._notice[1])
        elif self._is_busy():
            self._screen.display("wait", {})
        else:
            self._screen.display("choose", {"show": self._show})

    def act(self, act: "Any") -> None:
        """No acts."""
