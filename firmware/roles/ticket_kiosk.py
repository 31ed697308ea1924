"""Ticket kiosk: a visitor's choice becomes a request, its answer a printed ticket."""

import asyncio
import time

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.roles.kiosk_lease import KioskLease
from firmware.roles.kiosk_rating import CHOICES, KioskRating
from firmware.roles.reception import Reception
from firmware.roles.ticket_printing import TicketPrinting
from firmware.roles.together import together
from firmware.wire.messages.device import Refused
from firmware.wire.messages.lease import ShowLease
from firmware.wire.messages.queue import ShowServices, TicketCheckIn, TicketIssued, TicketReprint, TicketTake
from firmware.wire.messages.rating import RateByPaper, RatingFound
from firmware.wire.messages.visitor import VisitorFound

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


NEED_HUB = ("identify", "phone", "other", "reprint", "appointment")  # choices
PRINTED = ("ticket/take", "ticket/checkin", "ticket/reprint")  # requests of the person who stands here
HOURS_S = 0.5  # how often the clock is looked at


class TicketKiosk:
    """Parts: ``screen``, ``printer``, and if it has them ``reader`` (of identity cards),
    ``scanner`` (of codes) and ``touch``.

    Pages: ``choose``, ``card``, ``visitor``, ``paper``, ``rate``, ``rated``, ``wait``, ``take``, ``message``,
    ``out_of_service``.

    Settings: ``site_name`` for the head of the ticket; ``utc_offset_min``, 480 when not given; ``notice_ms``, how long
    "take your ticket" and messages stay, 5000 when not given; ``further_ms``, how long a ticket for another service of
    the same visit is offered, 10000 when not given; ``answer_ms``, how long an answer about a visitor is waited for,
    6000 when not given.

    What becomes of a ticket from its answer to the paper is `TicketPrinting`'s business, and how a visitor says who
    they are that of `Reception`, how they rate that of `KioskRating`. Without the hub it goes on as `KioskLease` says.
    """

    ACCEPTS = (ShowServices, TicketIssued, VisitorFound, ShowLease, RatingFound)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._screen = self.found_by = parts["screen"]
        self._touch = parts["touch"].health if "touch" in parts else None
        self._site_name = settings.get("site_name", "")
        self._utc_offset_min = settings.get("utc_offset_min", 480)
        self._notice_ms = settings.get("notice_ms", 5000)
        self._further_ms = settings.get("further_ms", 10000)
        self._show: "ShowServices | None" = None
        self._is_connected = False
        self._is_asking = False  # a visitor waits for an answer
        self._printing = TicketPrinting(
            parts["printer"], self._page_of, self._printed, self._printer_changed, self._utc_offset_min
        )
        answer_ms = settings.get("answer_ms", 6000)
        self._reception = Reception(parts.get("reader"), parts.get("scanner"), self._display, answer_ms)
        self._rating = KioskRating(self._display, self._say, answer_ms)
        self._reception.is_for_another = self._scanned
        self._lease = KioskLease(self._display, self._gave_up)
        self._was_open = True
        self._notice: "tuple[str, dict[str, Any]] | None" = None
        self._notice_began_ms = 0
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever: take choices, print tickets, take notices off again."""
        self._printing.open(self.outlet)
        self._reception.outlet = self._rating.outlet = self.outlet
        self._show = self._lease.open(self.outlet) or self._show
        unprinted = self._lease.unprinted()
        if unprinted is not None:
            self._printing.take(unprinted)
        self._display()
        await together(
            self._take_choices(),
            self._printing.run(),
            self._reception.run(),
            self._rating.run(),
            self._end_notices(),
            self._watch_hours(),
            self._watch_touch(),
            self._lease.run(),
        )

    async def _take_choices(self) -> None:
        while True:
            self._take(await self._screen.choice())

    def _take(self, choice: "tuple[str, ...]") -> None:
        word = choice[0]
        if word == "dismiss":
            self._notice = None
            self._reception.end()
            self._rating.end()
        elif word in CHOICES and (self._is_connected or word == "rated") and not self._is_busy():
            self._rating.take(choice)
        elif self._why_closed() or self._is_busy():
            return
        elif word == "further":
            if self._is_offered():
                self._notice = None
                self._reception.go_on()
        elif self._lease.is_away:
            if word in NEED_HUB or word in CHOICES:
                self._say("message", {"code": "screen.kiosk.need_hub"})
            else:
                self._issue_alone(self._request(choice))
        elif word == "identify":
            self._reception.begin()
        elif word == "phone":
            self._reception.ask("phone", choice[1])
        elif word == "other":
            self._reception.chosen_other()
        else:
            self._ask(self._request(choice))
        self._display()

    def _request(self, choice: "tuple[str, ...]") -> "Any":
        visitor = self._reception.visitor
        if choice[0] == "reprint":
            return TicketReprint(number=choice[1], visitor=visitor)
        if choice[0] == "appointment":
            return TicketCheckIn(visitor=visitor, appointment=choice[1], language=choice[2])
        return TicketTake(
            service=choice[0],
            language=choice[1],
            priority=choice[2],
            priority_reason=choice[3] if len(choice) > 3 else "",
            visitor=visitor,
            visit=self._reception.visit,
            persons=int(choice[4]) if len(choice) > 4 else 1,
        )

    def _ask(self, request: "Any") -> None:
        try:
            self.outlet.ask(request)
        except Full:
            self.fault = "outbox full"
            self._say("out_of_service", {"reason": "full"})  # for a while: then there may be room
            return
        self.fault = ""
        self._is_asking = True
        self._notice = None
        self._lease.asked(request)

    def _gave_up(self, request: "Any") -> None:
        """No answer: whoever waits for a ticket gets one that was lent, for all else they may choose anew."""
        self._is_asking = False
        if isinstance(request, TicketTake):
            self._issue_alone(request)
        self._display()

    def _issue_alone(self, request: "TicketTake") -> None:
        try:
            ticket = self._lease.issue(request)
        except Full:
            ticket = None
        if ticket is None:
            self._say("out_of_service", {"reason": "full"})
        else:
            self._notice = None
            self._printing.take(ticket)

    def found(self, answer: "VisitorFound | RatingFound") -> None:
        """Who the visitor is, and what of today is known of them; or what their paper may rate."""
        if isinstance(answer, RatingFound):
            self._rating.found(answer)
        else:
            self._reception.found(answer)

    def _scanned(self, code: str) -> bool:
        """A ticket's paper before the scanner is there to rate, unless somebody's affairs are on the screen.

        True: what was read, or (empty) may be read, is for nobody else.
        """
        if self._is_busy() or not code or self._reception.page in ("wait", "visitor"):
            return self._rating.page != ""
        is_taken = self._rating.scanned(code)
        if is_taken:
            self._notice = None
            self._reception.end()
            self._display()
        return is_taken

    def _is_rating(self) -> bool:
        """Who holds a paper may rate after the last ticket was given out, and while there is no paper for new ones."""
        return self._rating.page != "" or (self._notice is not None and self._notice[1].get("about") == "rating")

    def answered(self, request_name: str, answer: "Any") -> None:
        """A ticket to print, or a rule said no."""
        if request_name == RateByPaper.name:
            self._rating.answered(answer)
        if self._lease.answered(answer) or request_name not in PRINTED:
            return
        if answer.boot == self.outlet.boot:  # those of an earlier life belong to nobody who stands here
            self._is_asking = False
        if isinstance(answer, TicketIssued):
            self._printing.take(answer)
        elif isinstance(answer, Refused):
            self._say("message", {"code": "refused." + answer.code})
        self._display()

    def _printed(self, ticket: "TicketIssued") -> None:
        self._reception.served(ticket.ticket, ticket.number)
        about = {"number": ticket.number, "ahead": ticket.ahead, "offline": ticket.offline}
        if self._is_connected and not (ticket.offline or ticket.reprint or self._lease.is_away):
            about["further"] = True
        self._say("take", about)

    def _is_offered(self) -> bool:
        """Whether the page offers another ticket to who got the last one."""
        return self._notice is not None and self._notice[1].get("further", False)

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
        if isinstance(show, ShowLease):
            self._lease.take(show)
            return
        self._show = show
        self._lease.offered(show)
        self._display()

    def connected(self, is_connected: bool) -> None:
        """Without the hub there are no numbers."""
        self._is_connected = is_connected
        self._lease.connected(is_connected)
        self._printing.connected()
        self._display()

    def _why_closed(self) -> str:
        """Why no ticket can be had here; empty when one can."""
        if self._printing.fault:
            return "printer"
        if self._touch and self._touch.fault:
            return "touch"
        if self._offered() is None or not (self._is_connected or self._lease.is_away):
            return "link"
        return "" if self._is_open() else "hours"

    def _offered(self) -> "ShowServices | None":
        return self._lease.services(self._show) if self._lease.is_away else self._show

    def _is_open(self) -> bool:
        """Whether the hub's clock is within the opening hours; before it is known, and without hours, yes."""
        show, now = self._show, self._now_ms()
        if show is None or not show.has_hours or now is None:
            return True
        return any([span.starts_at_ms <= now < span.ends_at_ms for span in show.opens])

    def _now_ms(self) -> "int | None":
        now = self.outlet.clock_ms() if self.outlet else None
        return self._lease.clock_ms() if now is None else now

    def _opens(self) -> str:
        """When it opens again: month-day and time; empty when nobody knows."""
        now = self._now_ms()
        if self._show is None or now is None:
            return ""
        later = [span.starts_at_ms for span in self._show.opens if span.starts_at_ms > now]
        if not later:
            return ""
        at = time.gmtime(min(later) // 1000 + self._utc_offset_min * 60)
        return "%02d-%02d %02d:%02d" % (at[1], at[2], at[3], at[4])

    async def _watch_hours(self) -> None:
        """The clock opens and closes a kiosk, too."""
        while True:
            if self._is_open() != self._was_open:
                self._display()
            await asyncio.sleep(HOURS_S)

    async def _watch_touch(self) -> None:
        """Nobody can choose on a glass that feels nothing."""
        while self._touch:
            await self._touch.changed()
            self._display()

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
            stays_ms = self._further_ms if self._is_offered() else self._notice_ms
            left_ms = stays_ms - (now_ms() - self._notice_began_ms)
            if left_ms > 0:
                await asyncio.sleep(left_ms / 1000)
            else:
                if self._is_offered():
                    self._reception.end()  # nobody went on
                self._notice = None
                self._display()

    def _display(self) -> None:
        self._was_open = self._is_open()
        reason = self._why_closed()
        if self._reception.page and self._notice is not None and self._notice[0] == "take":
            self._notice = None  # the next one has laid down a card
        if reason and not self._is_rating():
            self._reception.end()
            about: "dict[str, Any]" = {"reason": reason, "fault": self._printing.fault, "opens": self._opens()}
            self._screen.display("out_of_service", about)
        elif self._notice is not None:
            self._screen.display(self._notice[0], self._notice[1])
        elif self._is_busy():
            self._screen.display("wait", {})
        elif self._rating.page:
            self._screen.display(self._rating.page, self._rating.content())
        elif self._reception.page:
            about = {"utc_offset_min": self._utc_offset_min}
            about.update(self._reception.content())
            self._screen.display(self._reception.page, about)
        else:
            can = [] if self._lease.is_away else self._reception.can()
            about = {"show": self._offered(), "can": can, "visitor": self._reception.shown}
            about["offline"], about["further"] = self._lease.is_away, self._reception.further
            self._screen.display("choose", about)

    def act(self, act: "Any") -> None:
        """No acts."""
