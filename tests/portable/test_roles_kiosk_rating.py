"""A kiosk rates with the paper of who was served: asked, found, rated once, thanked; or told in words why not."""

import asyncio

from firmware.roles.kiosk_rating import is_of_ticket
from firmware.roles.ticket_kiosk import TicketKiosk
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.queue import ShowServices
from firmware.wire.messages.rating import RatingFound
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet
from tests.portable.test_roles_reception import Card, Source
from tests.portable.test_roles_ticket_kiosk import PAPER_OUT, PLAIN, Glass, Page, Roll, TicketPrinter

PAPER = "https://hall.example/e/20261122-HA001.abcdefghijklmnopqrstuvwxyz"
SERVICES = [{"nth": 1, "label": "护照", "window": 3}]


def with_kiosk(story, notice_ms=60000, max_entries=100, answer_ms=60000):
    async def whole():
        glass, roll, scanner, reader = Glass(), Roll(), Source(), Source()
        printer = TicketPrinter(roll, PLAIN, Page, look_every_ms=5, answer_ms=20)
        parts = {"screen": glass, "printer": printer, "scanner": scanner, "reader": reader}
        role = TicketKiosk({"notice_ms": notice_ms, "answer_ms": answer_ms}, parts)
        role.outlet = Outlet(max_entries)
        task = asyncio.create_task(role.run())
        role.connected(True)
        shows(role)
        try:
            await story(role, glass, scanner, reader, roll)
        finally:
            await stop(task)

    play(whole)


def shows(role, **more):
    offers = [{"service": "passport", "label": "护照", "waiting": 2}]
    role.shown(ShowServices(epoch=1, rev=1 + len(more), hall="一厅", offers=offers, **more), 0)


def found(role, result="found", **more):
    facts = {"number": "HA001", "code": "20261122-HA001.x", "services": SERVICES} if result == "found" else {}
    facts.update(more)
    asked = role.outlet.reported[-1]
    role.found(RatingFound(boot=asked.boot, ask=asked.ask, result=result, **facts))


async def scan(role, scanner, code=PAPER):
    before = len(role.outlet.reported)
    scanner.lay(code)
    await until(lambda: len(role.outlet.reported) > before, "the question")
    return role.outlet.reported[-1]


def test_a_paper_is_scanned_rated_and_thanked_for():
    async def story(role, glass, scanner, reader, roll):
        asked = await scan(role, scanner)
        assert (asked.name, asked.text) == ("rating/find", PAPER)
        assert (glass.page, role.outlet.asked) == ("wait", [])
        found(role)
        assert (glass.page, glass.content["number"]) == ("rate", "HA001")
        assert [(one.nth, one.label, one.window) for one in glass.content["services"]] == [(1, "护照", 3)]
        glass.choose("rated", "1", "2", "214 207", " 很慢 ")
        await until(lambda: glass.page == "rated", "thanks")
        (rating,) = role.outlet.asked
        assert (rating.name, rating.code, rating.nth, rating.level) == ("rating/paper", "20261122-HA001.x", 1, 2)
        assert (rating.reasons, rating.remark) == ([207, 214], "很慢")
        role.outlet.answer(role, Ack)
        glass.choose("dismiss")
        await until(lambda: glass.page == "choose", "the next visitor")

    with_kiosk(story)


def test_pressing_twice_rates_once():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        found(role)
        glass.choose("rated", "1", "5", "", "")
        glass.choose("rated", "1", "1", "108", "")
        await until(lambda: not glass.waiting and glass.page == "rated", "thanks")
        await asyncio.sleep(0.01)
        assert [rating.level for rating in role.outlet.asked] == [5]

    with_kiosk(story)


def test_who_has_no_code_that_can_be_scanned_types_it():
    async def story(role, glass, scanner, reader, roll):
        glass.choose("rate")
        await until(lambda: glass.page == "paper", "where the paper goes")
        glass.choose("paper", "HA0017K3MQP")
        await until(lambda: role.outlet.reported, "the question")
        assert role.outlet.reported[0].text == "HA0017K3MQP"
        found(role, "unknown")
        assert (glass.page, glass.content["code"]) == ("paper", "screen.rate.unknown")
        await scan(role, scanner, "a code of something else")  # whoever was asked for a paper shows one
        found(role, "no_code")
        assert (glass.page, glass.content["code"]) == ("paper", "screen.rate.no_code")
        glass.choose("dismiss")
        await until(lambda: glass.page == "choose", "back")

    with_kiosk(story)


def test_why_nothing_can_be_rated_is_said_and_goes_away():
    async def story(role, glass, scanner, reader, roll):
        for result in ("early", "done", "over"):
            await scan(role, scanner)
            found(role, result)
            assert (glass.page, glass.content["code"]) == ("message", "screen.rate." + result)
            assert glass.content["title"] == "screen.rate.sorry"
            await until(lambda: glass.page == "choose", "the next visitor")
        assert role.outlet.asked == []

    with_kiosk(story, notice_ms=20)


def test_a_rule_s_no_is_said_to_who_stands_here():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        found(role)
        glass.choose("rated", "1", "5", "", "")
        await until(lambda: role.outlet.asked, "the rating")
        role.outlet.answer(role, Refused, code="evaluation.done")
        assert (glass.page, glass.content["code"]) == ("message", "refused.evaluation.done")
        role.answered("rating/paper", Refused(boot="an-earlier-life", seq=1, code="evaluation.closed"))
        assert glass.content["code"] == "refused.evaluation.done"

    with_kiosk(story)


def test_without_an_answer_it_says_so_and_a_late_one_is_nobody_s():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        await until(lambda: glass.page == "paper", "the apology")
        assert glass.content["code"] == "screen.rate.unanswered"
        found(role)
        assert glass.page == "paper"

    with_kiosk(story, answer_ms=30)


def test_who_left_is_not_answered():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        glass.choose("dismiss")  # nobody touched for so long
        await until(lambda: glass.page == "choose", "the next visitor")
        found(role)
        assert glass.page == "choose"
        glass.choose("rated", "1", "5", "", "")
        await until(lambda: not glass.waiting, "the touch")
        await asyncio.sleep(0.01)
        assert role.outlet.asked == []

    with_kiosk(story)


def test_while_somebody_rates_no_card_and_no_other_code_is_read():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        found(role)
        card = Card()
        reader.lay(card)
        scanner.lay("a booking")
        scanner.lay(PAPER)
        await until(lambda: card.is_forgotten, "the card")
        await asyncio.sleep(0.02)
        assert glass.page == "rate"
        assert len(role.outlet.reported) == 1

    with_kiosk(story)


def test_a_booking_s_code_is_no_paper():
    async def story(role, glass, scanner, reader, roll):
        asked = await scan(role, scanner, "YY20261122-0815")
        assert asked.name == "visitor/identify"

    with_kiosk(story)


def test_after_hours_and_without_paper_for_tickets_one_rates_all_the_same():
    async def story(role, glass, scanner, reader, roll):
        shows(role, has_hours=True)
        assert (glass.page, glass.content["reason"]) == ("out_of_service", "hours")
        roll.fault = PAPER_OUT
        await until(lambda: role.fault, "the printer's fault")
        await scan(role, scanner)
        assert glass.page == "wait"
        found(role)
        assert glass.page == "rate"
        glass.choose("rated", "1", "5", "510", "")
        await until(lambda: glass.page == "rated", "thanks")
        glass.choose("passport", "zh", "none")
        glass.choose("dismiss")
        await until(lambda: glass.page == "out_of_service", "closed as before")
        assert [request.name for request in role.outlet.asked] == ["rating/paper"]

    with_kiosk(story)


def test_a_rating_that_was_begun_is_kept_when_the_hub_goes_away():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        found(role)
        role.connected(False)
        assert glass.page == "rate"
        glass.choose("rated", "1", "4", "", "")
        await until(lambda: role.outlet.asked, "the rating in the outbox")
        assert glass.page == "rated"
        glass.choose("dismiss")
        await until(lambda: glass.page == "out_of_service", "no hub")

    with_kiosk(story)


def test_a_full_outbox_takes_no_rating_and_says_so():
    async def story(role, glass, scanner, reader, roll):
        await scan(role, scanner)
        found(role)
        glass.choose("rated", "1", "5", "", "")
        await until(lambda: glass.page == "rated", "thanks")
        await scan(role, scanner)
        found(role)
        glass.choose("rated", "1", "5", "", "")
        await until(lambda: glass.page == "message", "the apology")
        assert glass.content["code"] == "terminal.full"

    with_kiosk(story, max_entries=1)


def test_a_reprint_says_who_wants_it():
    async def story(role, glass, scanner, reader, roll):
        glass.choose("reprint", "HA001")
        await until(lambda: role.outlet.asked, "the request")
        assert role.outlet.asked[0].visitor == "", "a number that was typed is nobody's"

    with_kiosk(story)


def test_what_stands_on_tickets_is_known():
    for code in (PAPER, "20261122-HA001", "20261122-HA001.7K3MQP", PAPER + "?nth=2&level=0"):
        assert is_of_ticket(code), code
    for code in ("", "1234567890", "YY20261122-0815", "20261122", "20261122-", "20261122-1234", "https://a.cn/e/x"):
        assert not is_of_ticket(code), code
