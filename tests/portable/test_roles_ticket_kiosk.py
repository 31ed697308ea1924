"""Ticket kiosk: a choice becomes a ticket in the tray, or words that say why not."""

import asyncio

from drivers.handover import Handover
from drivers.ticket_printer import TicketPrinter
from firmware.roles.ticket_kiosk import TicketKiosk
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import ShowServices, TicketIssued
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet, Pages


class Glass(Pages):
    """A kiosk's screen, and the visitor before it."""

    def __init__(self):
        super().__init__()
        self._choices = Handover(9)

    def choose(self, *choice):
        self._choices.give(choice)

    async def choice(self):
        return await self._choices.take()

    @property
    def waiting(self):
        """Touches that the role has not looked at."""
        return len(self._choices)


class Roll:
    """A paper port: what was cut off, and trouble on demand."""

    def __init__(self):
        self.tickets = []
        self.trouble = ""
        self.breaks_after = None
        self._rows = b""

    async def status(self):
        return self.trouble

    async def rows(self, width_px, rows):
        if self.breaks_after is not None:
            self.trouble, self.breaks_after = "paper out", None
            raise OSError(self.trouble)
        self._rows += rows

    async def cut(self):
        self.tickets.append(str(self._rows, "utf-8"))
        self._rows = b""

    def new_roll(self):
        self.trouble, self._rows = "", b""


def draw(content):
    """A page whose dots are its words."""
    ticket = content["ticket"]
    text = " ".join([content["hall"], content["service"], ticket.number, str(ticket.ahead)])
    return 8, len(text.encode()), text.encode()


def with_kiosk(story, notice_ms=30, max_entries=100):
    async def whole():
        glass, roll = Glass(), Roll()
        printer = TicketPrinter(roll, draw, look_every_ms=5)
        role = TicketKiosk({"notice_ms": notice_ms}, {"screen": glass, "printer": printer})
        role.outlet = Outlet(max_entries)
        task = asyncio.create_task(role.run())
        role.connected(True)
        offers = [{"service": "passport", "label": "护照", "waiting": 2}]
        role.shown(ShowServices(epoch=1, rev=1, hall="一厅", offers=offers), 0)
        try:
            await story(role, glass, roll)
        finally:
            await stop(task)

    play(whole)


async def issue(role, count=1, number="HA001", ahead=2):
    await until(lambda: len(role.outlet.asked) == count, "the request")
    facts = {"ticket": "20261122-" + number, "number": number, "service": "passport"}
    role.outlet.answer(role, TicketIssued, ahead=ahead, issued_at_ms=1795000000000, **facts)


def test_choice_is_asked_answered_printed_and_handed_out():
    async def story(role, glass, roll):
        assert (glass.page, glass.content["show"].hall) == ("choose", "一厅")
        glass.choose("passport", "yue", "elderly")
        await until(lambda: glass.page == "wait", "one moment")
        request = role.outlet.asked[0]
        assert (request.name, request.service, request.language, request.priority) == (
            "ticket/take",
            "passport",
            "yue",
            "elderly",
        )
        await issue(role)
        await until(lambda: glass.page == "take", "take your ticket")
        assert roll.tickets == ["一厅 护照 HA001 2"]
        assert (glass.content["number"], glass.content["ahead"]) == ("HA001", 2)
        await until(lambda: glass.page == "choose", "the next visitor's page")

    with_kiosk(story)


def test_reprint_is_asked_by_number():
    async def story(role, glass, roll):
        glass.choose("reprint", "HA001")
        await until(lambda: role.outlet.asked, "the request")
        assert (role.outlet.asked[0].name, role.outlet.asked[0].number) == ("ticket/reprint", "HA001")

    with_kiosk(story)


def test_refusal_is_said_in_words_and_touched_away():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none")
        await until(lambda: role.outlet.asked, "the request")
        role.outlet.answer(role, Refused, code="service.elsewhere")
        assert (glass.page, glass.content["code"]) == ("message", "refused.service.elsewhere")
        glass.choose("dismiss")
        await until(lambda: glass.page == "choose", "the first page")
        assert roll.tickets == []

    with_kiosk(story, notice_ms=60000)


def test_impatient_second_touch_is_no_second_ticket():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none")
        glass.choose("passport", "zh", "none")
        await issue(role)
        await until(lambda: glass.page == "choose", "the first page")
        assert len(role.outlet.asked) == 1

    with_kiosk(story)


def test_without_the_hub_it_is_out_of_service_and_says_why():
    async def story(role, glass, roll):
        role.connected(False)
        assert (glass.page, glass.content["reason"]) == ("out_of_service", "link")
        glass.choose("passport", "zh", "none")
        await asyncio.sleep(0.02)
        assert role.outlet.asked == []
        role.connected(True)
        assert glass.page == "choose"

    with_kiosk(story)


def test_answer_after_an_outage_is_still_printed():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none")
        await until(lambda: role.outlet.asked, "the request")
        role.connected(False)
        role.connected(True)
        assert glass.page == "wait"
        await issue(role)
        await until(lambda: len(roll.tickets) == 1, "the ticket")

    with_kiosk(story)


def test_ticket_of_an_earlier_life_is_printed_and_the_visitor_here_still_waits():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none")
        await until(lambda: role.outlet.asked, "the request")
        old = {"ticket": "20261122-HA009", "number": "HA009", "service": "passport", "ahead": 0, "issued_at_ms": 0}
        role.answered("ticket/take", TicketIssued(boot="life-0", seq=9, **old))
        await until(lambda: len(roll.tickets) == 1, "the old ticket")
        glass.choose("passport", "zh", "none")
        await until(lambda: glass.waiting == 0, "the impatient touch")
        await issue(role)
        await until(lambda: len(roll.tickets) == 2, "the new ticket")
        assert len(role.outlet.asked) == 1

    with_kiosk(story)


def test_ticket_that_the_paper_ended_in_is_printed_on_the_new_roll():
    async def story(role, glass, roll):
        roll.breaks_after = 0
        glass.choose("passport", "zh", "none")
        await issue(role)
        await until(lambda: glass.page == "out_of_service", "out of service")
        assert (glass.content["reason"], role.fault) == ("printer", "stopped while printing: paper out")
        assert roll.tickets == []
        roll.new_roll()
        await until(lambda: roll.tickets == ["一厅 护照 HA001 2"], "the ticket")
        await until(lambda: glass.page == "choose" and role.fault == "", "service again")

    with_kiosk(story)


def test_full_outbox_is_out_of_service_for_a_while():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none")
        await until(lambda: role.outlet.asked, "the request")
        role._is_asking = False  # as after a restart: the outbox is full of an earlier life's requests
        glass.choose("passport", "zh", "none")
        await until(lambda: glass.page == "out_of_service", "out of service")
        assert (glass.content["reason"], role.fault) == ("full", "outbox full")
        await until(lambda: glass.page == "choose", "another try")

    with_kiosk(story, max_entries=1)
