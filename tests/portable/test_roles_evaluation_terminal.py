"""Evaluation terminal: one rating per asked ticket, thanks, and back to rest."""

import asyncio

from drivers.handover import Handover
from drivers.keypad import LEVEL_KEYS, Keypad
from firmware.roles.evaluation_terminal import EvaluationTerminal
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import ShowEvaluation
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet, Pages


class Keys:
    """A key port and the finger on it."""

    def __init__(self):
        self._pressed = Handover(9)

    def press(self, level):
        self._pressed.give(level - 1)

    async def code(self):
        return await self._pressed.take()


def with_terminal(story, notice_ms=30, max_entries=100):
    async def whole():
        keys = Keys()
        parts = {"keypad": Keypad(keys, LEVEL_KEYS), "screen": Pages()}
        role = EvaluationTerminal({"notice_ms": notice_ms}, parts)
        role.outlet = Outlet(max_entries)
        task = asyncio.create_task(role.run())
        try:
            await until(lambda: parts["screen"].pages, "the first page")
            await story(role, keys, parts["screen"])
        finally:
            await stop(task)

    play(whole)


def ask(role, ticket, number=""):
    role.shown(ShowEvaluation(epoch=1, rev=1, ticket=ticket, number=number), 0)


def test_rests_until_asked_then_rates_and_says_thanks():
    async def story(role, keys, screen):
        assert screen.page == "resting"
        ask(role, "20261122-HA001", "HA001")
        assert (screen.page, screen.content["number"]) == ("asking", "HA001")
        keys.press(4)
        await until(lambda: screen.page == "thanks", "thanks")
        assert [(r.name, r.ticket, r.level) for r in role.outlet.asked] == [("evaluation/rate", "20261122-HA001", 4)]
        await until(lambda: screen.page == "resting", "rest")

    with_terminal(story)


def test_second_press_for_the_same_ticket_rates_nothing():
    async def story(role, keys, screen):
        ask(role, "20261122-HA001")
        keys.press(5)
        keys.press(1)
        await until(lambda: screen.page == "resting" and role.outlet.asked, "rest")
        assert [r.level for r in role.outlet.asked] == [5]

    with_terminal(story)


def test_key_while_nobody_is_asked_rates_nothing():
    async def story(role, keys, screen):
        keys.press(1)
        ask(role, "")
        await asyncio.sleep(0.02)
        assert role.outlet.asked == []

    with_terminal(story)


def test_thanks_stay_when_the_question_is_withdrawn_and_give_way_to_the_next():
    async def story(role, keys, screen):
        ask(role, "20261122-HA001")
        keys.press(3)
        await until(lambda: screen.page == "thanks", "thanks")
        ask(role, "")
        assert screen.page == "thanks"
        ask(role, "20261122-HA002", "HA002")
        assert (screen.page, screen.content["number"]) == ("asking", "HA002")

    with_terminal(story, notice_ms=60000)


def test_refusal_is_told_in_words_for_a_while():
    async def story(role, keys, screen):
        ask(role, "20261122-HA001")
        keys.press(3)
        await until(lambda: role.outlet.asked, "the rating")
        role.outlet.answer(role, Refused, code="evaluation.closed")
        assert (screen.page, screen.content["code"]) == ("message", "refused.evaluation.closed")
        await until(lambda: screen.page == "resting", "rest")

    with_terminal(story)


def test_full_outbox_is_told_and_the_ticket_may_be_rated_later():
    async def story(role, keys, screen):
        ask(role, "20261122-HA001")
        keys.press(3)
        await until(lambda: screen.page == "thanks", "thanks")
        ask(role, "20261122-HA002")
        keys.press(2)
        await until(lambda: screen.page == "message", "the message")
        assert role.fault == "outbox full"
        await until(lambda: screen.page == "asking", "the question again")

    with_terminal(story, notice_ms=300, max_entries=1)
