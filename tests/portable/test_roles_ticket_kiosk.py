"""Ticket kiosk: a choice becomes a ticket in the tray, or words that say why not."""

import asyncio

from drivers.handover import Handover
from drivers.health import Health
from drivers.printer_models import Model
from drivers.ticket_printer import TicketPrinter
from firmware.roles.ticket_kiosk import TicketKiosk
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import ShowServices, TicketIssued
from firmware.wire.messages.visitor import VisitorFound
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
    """The far end of a printer's cable: what was cut off, and trouble on demand."""

    name = "roll"

    def __init__(self):
        self.tickets = []
        self.fault = 0  # bits of DLE EOT 4
        self.breaks_after = None
        self.is_silent = False
        self._rows = self._said = b""

    async def write(self, data):
        if data[:2] == b"\x10\x04":
            self._said += b"" if self.is_silent else bytes((0x12 | (self.fault if data[2] == 4 else 0),))
        elif data[:3] == b"\x1dv0":
            if self.breaks_after is not None:
                self.fault, self.breaks_after = PAPER_OUT, None
            self._rows += data[8:]
        elif data[:1] == b"\0":  # what a torn ticket left is thrown away
            self._rows = b""
        elif data == CUT and not self.fault & PAPER_OUT:
            self.tickets.append(str(self._rows, "utf-8"))
            self._rows = b""
        elif data == b"\x1dr\x01" and not self.fault & PAPER_OUT:
            self._said += b"\x00"

    async def read(self, timeout_s):
        if not self._said:
            await asyncio.sleep(timeout_s)
        said, self._said = self._said, b""
        return said

    def close(self):
        pass

    def new_roll(self):
        self.fault, self._rows = 0, b""


PAPER_OUT = 0x60
CUT = b"cut"
PLAIN = Model("dots only", 8, has_chinese=False, cut=CUT, clear=b"", recover=b"")


class Page:
    """A page whose dots are its words."""

    @staticmethod
    def draw(content, width_px):
        ticket = content["ticket"]
        words = [content["hall"], content["service"], ticket.number, str(ticket.ahead)]
        text = " ".join(words + ["again"] * ticket.reprint).encode()
        return 8, len(text), text


class Touch:
    """The touch panel, as far as the role cares."""

    def __init__(self):
        self.health = Health()


def with_kiosk(story, notice_ms=30, max_entries=100, further_ms=30, **more):
    async def whole():
        glass, roll = Glass(), Roll()
        printer = TicketPrinter(roll, PLAIN, Page, look_every_ms=5, answer_ms=20)
        settings = {"notice_ms": notice_ms, "further_ms": further_ms}
        role = TicketKiosk(settings, dict(more, screen=glass, printer=printer))
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


def test_a_group_takes_one_ticket_that_says_how_many_they_are():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none", "", "4")
        await issue(role)
        request = role.outlet.asked[0]
        assert (request.persons, request.priority, request.priority_reason) == (4, "none", "")
        await until(lambda: roll.tickets, "the paper")
        await until(lambda: glass.page == "choose", "the page for the next one")
        glass.choose("passport", "zh", "other", "why")
        await until(lambda: len(role.outlet.asked) == 2, "the next request")
        assert role.outlet.asked[1].persons == 1

    with_kiosk(story)


def test_who_has_a_ticket_takes_another_of_the_same_visit_without_card_or_code():
    async def story(role, glass, roll):
        glass.choose("passport", "en", "none")
        await issue(role)
        await until(lambda: glass.page == "take", "take your ticket")
        assert glass.content["further"]
        glass.choose("further")
        await until(lambda: glass.page == "choose", "what else")
        assert (glass.content["further"], role.outlet.asked[0].visit) == ("HA001", "")
        for count, before in ((2, "HA001"), (3, "HA002")):
            glass.choose("passport", "en", "none")
            await issue(role, count, "HA00" + str(count))
            assert role.outlet.asked[-1].visit == "20261122-" + before
            await until(lambda: glass.page == "take", "take your ticket")
            glass.choose("further")
            await until(lambda: glass.page == "choose", "what else")
        glass.choose("dismiss")
        await until(lambda: not glass.content["further"], "the next visitor's page")
        glass.choose("passport", "zh", "none")
        await until(lambda: len(role.outlet.asked) == 4, "the request of the next one")
        assert role.outlet.asked[3].visit == ""

    with_kiosk(story, further_ms=60000)


def test_the_next_visitor_is_no_part_of_the_visit_before():
    async def story(role, glass, roll):
        role._reception.visitor, role._reception.shown = "v-1", "x*"
        glass.choose("passport", "zh", "none")
        await issue(role)
        await until(lambda: glass.page == "take", "take your ticket")
        await until(lambda: glass.page == "choose", "the next visitor's page")
        assert "v-1" not in role._reception._before  # of who has gone nothing is kept
        glass.choose("further")  # a touch that came too late
        glass.choose("passport", "zh", "none")
        await until(lambda: len(role.outlet.asked) == 2, "the request")
        assert (role.outlet.asked[0].visitor, role.outlet.asked[1].visitor, role.outlet.asked[1].visit) == (
            "v-1",
            "",
            "",
        )

    with_kiosk(story)


def test_a_known_visitor_who_goes_on_stays_known_and_one_with_a_paper_printed_again_is_offered_nothing():
    async def story(role, glass, roll):
        role._reception.visitor, role._reception.shown = "v-1", "x*"
        glass.choose("passport", "zh", "none")
        await issue(role)
        await until(lambda: glass.page == "take", "take your ticket")
        glass.choose("further")
        await until(lambda: glass.page == "choose", "what else")
        assert glass.content["visitor"] == "x*"
        glass.choose("passport", "zh", "none")
        await until(lambda: len(role.outlet.asked) == 2, "the request")
        assert (role.outlet.asked[1].visitor, role.outlet.asked[1].visit) == ("v-1", "20261122-HA001")
        facts = {"ticket": "20261122-HA001", "number": "HA001", "service": "passport", "reprint": True}
        role.outlet.answer(role, TicketIssued, ahead=1, issued_at_ms=1795000000000, **facts)
        await until(lambda: glass.page == "take", "take your ticket")
        assert "further" not in glass.content

    with_kiosk(story, further_ms=60000)


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


def test_ticket_that_the_paper_ended_in_is_printed_again_on_the_new_roll_and_says_so():
    async def story(role, glass, roll):
        roll.breaks_after = 0
        glass.choose("passport", "zh", "none")
        await issue(role)
        await until(lambda: glass.page == "out_of_service", "out of service")
        assert (glass.content["reason"], glass.content["fault"], role.fault) == (
            "printer",
            "paper_out",
            "printer: paper out",
        )
        assert roll.tickets == []
        roll.new_roll()
        await until(lambda: roll.tickets == ["一厅 护照 HA001 2 again"], "the ticket")
        await until(lambda: glass.page == "choose" and role.fault == "", "service again")

    with_kiosk(story)


def test_ticket_that_never_reached_the_printer_is_no_second_one():
    async def story(role, glass, roll):
        glass.choose("passport", "zh", "none")
        await until(lambda: role.outlet.asked, "the request")
        roll.fault = PAPER_OUT
        await issue(role)
        await until(lambda: glass.page == "out_of_service", "out of service")
        roll.new_roll()
        await until(lambda: roll.tickets == ["一厅 护照 HA001 2"], "the ticket")

    with_kiosk(story)


def test_printer_that_fell_silent_is_noticed_without_a_visitor():
    async def story(role, glass, roll):
        roll.is_silent = True
        await until(lambda: glass.page == "out_of_service", "out of service")
        assert glass.content["fault"] == "no_answer"
        roll.is_silent = False
        await until(lambda: glass.page == "choose", "service again")

    with_kiosk(story)


def test_roll_that_comes_to_its_end_still_prints():
    async def story(role, glass, roll):
        roll.fault = 0x0C
        glass.choose("passport", "zh", "none")
        await issue(role)
        await until(lambda: len(roll.tickets) == 1, "the ticket")
        assert (role._printing.fault, role._printing._printer.health.fault) == ("", "paper_low")

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


# Who takes the ticket, and when.


def found(role, **more):
    facts = {"visitor": "v-1", "shown": "张*"}
    facts.update(more)
    ask = role.outlet.reported[-1].ask
    role.found(VisitorFound(boot=role.outlet.boot, ask=ask, result="found", **facts))


def test_a_visitor_who_said_who_they_are_is_named_by_an_id_alone():
    async def story(role, glass, roll):
        glass.choose("identify")
        await until(lambda: glass.page == "card", "where the card goes")
        glass.choose("phone", "1234")
        await until(lambda: glass.page == "wait", "the question")
        ticket = {"ticket": "20261122-HA009", "number": "HA009", "service": "passport", "label": "护照"}
        ticket.update({"state": "waiting", "ahead": 1})
        found(role, tickets=[ticket])
        assert (glass.page, glass.content["found"].shown) == ("visitor", "张*")
        glass.choose("other")
        await until(lambda: glass.page == "choose", "the services")
        assert glass.content["visitor"] == "张*"
        glass.choose("passport", "zh", "other", "行动不便或急病")
        await until(lambda: role.outlet.asked, "the request")
        asked = role.outlet.asked[0]
        assert (asked.visitor, asked.visit, asked.priority_reason) == ("v-1", "20261122-HA009", "行动不便或急病")
        await issue(role)
        await until(lambda: glass.page == "choose", "the next visitor")
        assert glass.content["visitor"] == ""

    with_kiosk(story)


def test_an_appointment_is_checked_in():
    async def story(role, glass, roll):
        glass.choose("phone", "1234")
        await until(lambda: glass.page == "wait", "the question")
        booking = {"appointment": "a1", "service": "passport", "label": "护照", "arrival": "on_time"}
        booking.update({"starts_at_ms": 0, "ends_at_ms": 1})
        found(role, appointments=[booking])
        glass.choose("appointment", "a1", "en")
        await until(lambda: role.outlet.asked, "the request")
        asked = role.outlet.asked[0]
        assert (asked.name, asked.visitor, asked.appointment, asked.language) == ("ticket/checkin", "v-1", "a1", "en")

    with_kiosk(story)


def test_out_of_hours_it_says_when_it_opens():
    async def story(role, glass, roll):
        offers = [{"service": "passport", "label": "护照", "waiting": 2}]
        opens = [
            {"starts_at_ms": 1795136400000, "ends_at_ms": 1795147200000},
            {"starts_at_ms": 1795152600000, "ends_at_ms": 1795165200000},
        ]
        role.outlet.now_ms = 1795150000000  # at noon
        role.shown(ShowServices(epoch=1, rev=2, hall="一厅", offers=offers, has_hours=True, opens=opens), 0)
        assert (glass.page, glass.content["reason"], glass.content["opens"]) == (
            "out_of_service",
            "hours",
            "11-20 13:30",
        )
        glass.choose("passport", "zh", "none")
        await until(lambda: not glass.waiting, "the touch")
        await asyncio.sleep(0.01)
        role.outlet.now_ms = 1795152600000
        await until(lambda: glass.page == "choose", "the afternoon")
        assert role.outlet.asked == []
        role.outlet.now_ms = 1795165200000
        await until(lambda: glass.page == "out_of_service", "the evening")
        assert glass.content["opens"] == ""

    with_kiosk(story)


def test_with_a_dead_glass_it_invites_nobody():
    touch = Touch()

    async def story(role, glass, roll):
        assert glass.page == "choose"
        touch.health.set("unplugged")
        await until(lambda: glass.page == "out_of_service", "the page that sends people elsewhere")
        assert glass.content["reason"] == "touch"
        touch.health.set("")
        await until(lambda: glass.page == "choose", "the first page")

    with_kiosk(story, touch=touch)
