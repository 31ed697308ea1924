"""The kiosk's reception: who shows a card, a code or a number is asked about once, and nothing of it stays."""

import asyncio

from drivers.faults import PartFault
from drivers.handover import Handover
from drivers.health import Health
from firmware.roles.reception import Reception
from firmware.wire.messages.visitor import VisitorFound
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet

OPEN = {"ticket": "20261122-HA001", "number": "HA001", "service": "s", "label": "业务", "state": "waiting", "ahead": 2}
BOOKING = {
    "appointment": "a1",
    "service": "s",
    "label": "业务",
    "starts_at_ms": 0,
    "ends_at_ms": 1,
    "arrival": "on_time",
}


class Card:
    """What a reader gives: to be opened once."""

    def __init__(self):
        self.is_forgotten = False

    def take(self):
        self.is_forgotten = True
        return {"number": "11010519491231002X", "name": "张三"}

    def forget(self):
        self.is_forgotten = True


class Source:
    """A reader or scanner as its role sees it, and the hand before it."""

    def __init__(self):
        self.health = Health()
        self._laid = Handover(4)

    def lay(self, what):
        self._laid.give(what)

    async def run(self):
        await asyncio.Event().wait()

    async def card(self):
        laid = await self._laid.take()
        if isinstance(laid, Exception):
            raise laid
        return laid

    code = card


def with_reception(story, answer_ms=60000):
    async def whole():
        reader, scanner, changes = Source(), Source(), []
        reception = Reception(reader, scanner, lambda: changes.append(reception.page), answer_ms)
        reception.outlet = Outlet()
        task = asyncio.create_task(reception.run())
        try:
            await story(reception, reader, scanner)
        finally:
            await stop(task)

    play(whole)


def answer(reception, ask, result="found", **more):
    facts = {"visitor": "v-1", "shown": "张*"} if result == "found" else {}
    facts.update(more)
    reception.found(VisitorFound(boot="life-1", ask=ask, result=result, **facts))


def test_a_card_may_be_laid_on_at_any_time_and_leaves_only_an_id():
    async def story(reception, reader, scanner):
        card = Card()
        reader.lay(card)
        await until(lambda: reception.outlet.reported, "the question")
        asked = reception.outlet.reported[0]
        assert (asked.kind, asked.value, asked.person) == ("card", "11010519491231002X", "张三")
        assert card.is_forgotten
        assert reception.outlet.asked == []  # a question is no request: nothing of it is written down
        assert (reception.page, reception.content()["text"]) == ("wait", "screen.kiosk.looking")
        answer(reception, asked.ask, tickets=[OPEN], appointments=[BOOKING])
        assert (reception.page, reception.visitor, reception.visit) == ("visitor", "v-1", "20261122-HA001")
        kept = [str(value) for value in reception.__dict__.values()]
        assert not [text for text in kept if "1101" in text or "张三" in text]
        reception.chosen_other()
        assert (reception.page, reception.shown) == ("", "张*")
        reception.end()
        assert (reception.visitor, reception.shown, reception.visit) == ("", "", "")

    with_reception(story)


def test_who_has_nothing_today_goes_straight_to_the_services():
    async def story(reception, reader, scanner):
        scanner.lay("HX-0001\r\n")
        await until(lambda: reception.outlet.reported, "the question")
        asked = reception.outlet.reported[0]
        assert (asked.kind, asked.value) == ("code", "HX-0001")
        answer(reception, asked.ask)
        assert (reception.page, reception.visitor) == ("", "v-1")

    with_reception(story)


def test_a_late_answer_is_nobodys():
    async def story(reception, reader, scanner):
        reception.ask("phone", "1234")
        reception.end()
        answer(reception, 1)
        assert (reception.page, reception.visitor) == ("", "")
        reception.ask("phone", "5678")
        answer(reception, 1)
        assert reception.page == "wait"

    with_reception(story)


def test_trouble_is_said_in_words_and_tried_again():
    async def story(reception, reader, scanner):
        reception.begin()
        assert (reception.page, reception.content()) == ("card", {"can": ["card", "code"], "code": ""})
        reader.lay(PartFault("reader", "the card went too early"))
        await until(lambda: reception.content()["code"], "words")
        assert reception.content()["code"] == "card.unreadable"
        reception.ask("phone", "1234")
        answer(reception, 1, "several")
        assert (reception.page, reception.content()["code"]) == ("card", "screen.kiosk.several")
        reception.ask("code", "x" * 60)  # a code that is none of ours
        assert (reception.page, reception.content()["code"]) == ("card", "screen.kiosk.unknown")

    with_reception(story)


def test_no_answer_is_an_answer_too():
    async def story(reception, reader, scanner):
        reception.ask("phone", "1234")
        await until(lambda: reception.page == "card", "the end of patience")
        assert reception.content()["code"] == "screen.kiosk.unanswered"
        answer(reception, 1)
        assert reception.visitor == ""

    with_reception(story, answer_ms=10)


def test_a_second_card_does_not_open_the_affairs_of_the_first():
    async def story(reception, reader, scanner):
        reception.ask("phone", "1234")
        answer(reception, 1, tickets=[OPEN])
        card = Card()
        reader.lay(card)
        await until(lambda: card.is_forgotten, "the card")
        assert len(reception.outlet.reported) == 1

    with_reception(story)


def test_an_unplugged_reader_is_not_offered():
    async def story(reception, reader, scanner):
        assert reception.can() == ["card", "code"]
        await asyncio.sleep(0)
        reader.health.set("unplugged")
        assert reception.can() == ["code"]
        reader.health.set("")
        assert reception.can() == ["card", "code"]

    with_reception(story)
