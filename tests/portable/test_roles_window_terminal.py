"""Window terminal: hands on the keypads of several windows on one side, the hub's word on the other."""

import asyncio

from drivers.rs485.bus import KeypadBus
from firmware.roles.window_terminal import WindowTerminal, shown_number
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.queue import ShowUnit
from simulators.parts.rs485_bus import SimulatedBus
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet

SERVICES = [["tax", "税务"], ["law", "司法"]]


def with_terminal(story, addresses=(1, 2), outlet=None):
    async def whole():
        line = SimulatedBus(list(addresses))
        parts = {"bus": KeypadBus(line, list(addresses))}
        role = WindowTerminal({"services": SERVICES}, parts)
        role.parts = parts
        role.outlet = outlet or Outlet()
        role.connected(True)
        task = asyncio.create_task(role.run())
        try:
            await story(role, line.units)
        finally:
            await stop(task)

    play(whole)


def show(role, unit, rev=1, **fields):
    role.shown(ShowUnit(**dict({"epoch": 1, "rev": rev, "state": "open", "waiting": 0}, **fields)), unit)


async def asked(role, count=1):
    await until(lambda: len(role.outlet.asked) == count, "the request")
    return role.outlet.asked[-1]


def test_a_key_is_a_request_of_the_window_at_that_address():
    async def story(role, units):
        show(role, 1)
        show(role, 2, ticket="20261122-HA007", number="HA007", ticket_state="called")
        units[1].press("call")
        request = await asked(role)
        assert (request.name, request.unit) == ("ticket/call", 1)
        units[2].press("confirm", 6)
        request = await asked(role, 2)
        assert (request.name, request.unit, request.ticket) == ("ticket/pass", 2, "20261122-HA007")

    with_terminal(story)


def test_a_key_that_can_do_nothing_now_beeps_and_is_not_sent():
    async def story(role, units):
        show(role, 1)
        units[1].press("recall")
        await until(lambda: units[1].beeps == 1, "the beep")
        assert (role.outlet.asked, units[2].beeps) == ([], 0)

    with_terminal(story)


def test_what_a_rule_refuses_beeps_at_that_window_only():
    async def story(role, units):
        show(role, 1)
        show(role, 2)
        units[1].press("call")
        await asked(role)
        units[2].press("call")
        await asked(role, 2)
        role.outlet.answer(role, Refused, code="window.busy")
        await until(lambda: units[1].beeps == 1, "the beep")
        role.outlet.answer(role, Ack)
        assert units[2].beeps == 0
        await asyncio.sleep(0.45)  # a faster second press is the same one, said again
        units[1].press("call")
        await asked(role, 3)

    with_terminal(story)


def test_the_places_show_who_waits_and_who_is_called():
    async def story(role, units):
        show(role, 1, waiting=12)
        await until(lambda: units[1].waiting == "012", "the count")
        assert units[1].number == "   "
        show(role, 1, 2, waiting=11, ticket="20261122-HA007", number="HA007", ticket_state="called")
        await until(lambda: units[1].number == "007", "the number")
        show(role, 1, 3, state="closed", waiting=11)
        await until(lambda: units[1].waiting == "   ", "the dark places of a closed window")

    with_terminal(story)


def test_one_key_pauses_and_opens():
    async def story(role, units):
        for rev, (state, name) in enumerate(
            (("open", "window/pause"), ("paused", "window/open"), ("closed", "window/open"))
        ):
            show(role, 1, rev, state=state)
            units[1].press("pause")
            assert (await asked(role, rev + 1)).name == name
            role.outlet.answer(role, Ack)
            await asyncio.sleep(0.45)

    with_terminal(story)


def test_a_ticket_goes_to_the_service_of_that_number():
    async def story(role, units):
        show(role, 1, ticket="20261122-HA007", number="HA007", ticket_state="called")
        units[1].press("transfer", 3)
        await until(lambda: units[1].beeps == 1, "there is no third")
        units[1].press("transfer", 2)
        request = await asked(role)
        assert (request.name, request.service, request.unit) == ("ticket/transfer", "law", 1)

    with_terminal(story)


def test_the_evaluator_asks_once_and_takes_one_rating():
    async def story(role, units):
        units[1].rate(0)
        await until(lambda: not units[1].is_waiting, "the bus has it")
        assert role.outlet.asked == [], "nobody was served"
        show(role, 1, rating="20261122-HA007")
        show(role, 1, 2, rating="20261122-HA007", waiting=1)
        await until(lambda: units[1].asks == 1, "the question")
        units[1].rate(3)
        request = await asked(role)
        assert (request.name, request.ticket, request.level, request.unit) == (
            "evaluation/rate",
            "20261122-HA007",
            1,
            1,
        )
        units[1].rate(1)
        await until(lambda: not units[1].is_waiting, "the bus has it")
        assert len(role.outlet.asked) == 1
        show(role, 1, 3, rating="20261122-HA008")
        await until(lambda: units[1].asks == 2, "the next question")

    with_terminal(story)


def test_without_the_hub_no_key_calls_anybody():
    async def story(role, units):
        show(role, 1)
        role.connected(False)
        units[1].press("call")
        await until(lambda: units[1].beeps == 1, "the beep")
        assert role.outlet.asked == []

    with_terminal(story)


def test_each_unit_has_a_health_of_its_own():
    async def story(role, units):
        assert sorted(role.parts) == ["bus", "unit-1", "unit-2"]
        await until(lambda: not role.parts["bus"].units[2].due, "the first echo")
        units[2].unplug()
        await until(lambda: role.parts["unit-2"].health.fault == "no_answer", "the fault")
        assert role.parts["unit-1"].health.fault == role.parts["bus"].health.fault == ""
        show(role, 1)
        units[1].press("call")
        await asked(role)

    with_terminal(story)


def test_answers_to_an_earlier_life_and_shows_for_nobody_do_no_harm():
    async def story(role, units):
        show(role, 9)
        role.answered("ticket/call", Ack(boot="life-0", seq=1))
        show(role, 1)
        units[1].press("call")
        await asked(role)

    with_terminal(story)


def test_three_digits_of_a_number():
    assert [shown_number(n) for n in ("HA001", "A1234", "B02", "", "X")] == [1, 234, 2, None, None]
