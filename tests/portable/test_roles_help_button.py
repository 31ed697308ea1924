"""Help button: a finger on a bouncing contact on one side, the hub's word on the other, the lamp between."""

import asyncio

from drivers.button import Button
from drivers.lamp import Lamp
from firmware.roles.help_button import HelpButton
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.help import ShowAlarm
from simulators.parts.button import SimulatedButton
from simulators.parts.lamp import SimulatedLamp
from tests.portable.bench import play, stop, until
from tests.portable.outlet import Outlet


def with_button(story, hold_ms=0, outlet=None):
    async def whole():
        finger, lamp = SimulatedButton(), SimulatedLamp()
        role = HelpButton({}, {"button": Button(finger, debounce_ms=10, hold_ms=hold_ms), "lamp": Lamp(lamp)})
        role.outlet = outlet or Outlet()
        task = asyncio.create_task(role.run())
        try:
            await story(role, finger, lamp)
        finally:
            await stop(task)

    play(whole)


async def press(role, finger, count):
    finger.press()
    await until(lambda: len(role.outlet.asked) == count, "the press")
    finger.release()
    await asyncio.sleep(0.03)


def test_lamp_blinks_until_the_hub_has_the_press_and_is_steady_then():
    async def story(role, finger, lamp):
        assert lamp.shows == "off"
        await press(role, finger, 1)
        assert role.outlet.asked[0].held_ms >= 10
        assert lamp.shows == "blink"
        role.outlet.answer(role, Ack)
        assert lamp.shows == "steady"

    with_button(story)


def test_request_goes_out_while_the_finger_is_still_down():
    async def story(role, finger, lamp):
        finger.press()
        await until(lambda: role.outlet.asked, "the press")
        assert finger.value() == 0

    with_button(story)


def test_bouncing_contact_is_one_press():
    async def story(role, finger, lamp):
        await finger.bounce(4)
        finger.press()
        await finger.bounce(4)
        await until(lambda: role.outlet.asked, "the press")
        finger.release()
        await finger.bounce(4)
        await asyncio.sleep(0.05)
        assert len(role.outlet.asked) == 1

    with_button(story)


def test_touch_shorter_than_the_hold_time_is_no_press():
    async def story(role, finger, lamp):
        finger.press()
        await asyncio.sleep(0.04)
        finger.release()
        await asyncio.sleep(0.05)
        assert role.outlet.asked == []
        finger.press()
        await until(lambda: role.outlet.asked, "the long press")
        assert role.outlet.asked[0].held_ms >= 80

    with_button(story, hold_ms=80)


def test_button_that_is_down_when_the_board_starts_calls_for_help_once():
    async def whole():
        finger = SimulatedButton()
        finger.press()
        button = Button(finger, debounce_ms=10)
        assert await button.pressed() >= 10
        again = asyncio.create_task(button.pressed())
        await asyncio.sleep(0.03)
        assert not again.done()
        finger.release()
        await asyncio.sleep(0.03)
        finger.press()
        assert await again >= 10

    play(whole)


def test_lamp_follows_the_alarm_until_it_is_closed():
    async def story(role, finger, lamp):
        seen = []
        for state in ("raised", "acknowledged", "closed"):
            role.shown(ShowAlarm(epoch=1, rev=1, state=state), 0)
            seen.append(lamp.shows)
        assert seen == ["steady", "slow", "off"]

    with_button(story)


def test_alarm_shown_while_a_press_waits_does_not_stop_the_blinking():
    async def story(role, finger, lamp):
        await press(role, finger, 1)
        role.shown(ShowAlarm(epoch=1, rev=1, state="acknowledged"), 0)
        assert lamp.shows == "blink"
        role.outlet.answer(role, Ack)
        assert lamp.shows == "slow"

    with_button(story)


def test_of_two_presses_the_lamp_waits_for_both_answers():
    async def story(role, finger, lamp):
        await press(role, finger, 1)
        await press(role, finger, 2)
        role.outlet.answer(role, Ack)
        assert lamp.shows == "blink"
        role.outlet.answer(role, Ack)
        assert lamp.shows == "steady"

    with_button(story)


def test_press_of_an_earlier_life_is_confirmed_too():
    async def story(role, finger, lamp):
        role.answered("help/press", Ack(boot="life-0", seq=7))
        assert lamp.shows == "steady"

    with_button(story)


def test_refused_press_leaves_the_lamp_as_the_alarm_is():
    async def story(role, finger, lamp):
        await press(role, finger, 1)
        role.outlet.answer(role, Refused, code="device.unknown")
        assert lamp.shows == "off"

    with_button(story)


def test_press_that_the_outbox_cannot_take_is_a_fault_and_the_lamp_does_not_lie():
    async def story(role, finger, lamp):
        await press(role, finger, 1)
        finger.press()
        await until(lambda: role.fault == "outbox full", "the fault")
        assert lamp.shows == "blink"
        role.outlet.answer(role, Ack)
        assert (lamp.shows, role.fault) == ("steady", "")

    with_button(story, outlet=Outlet(max_entries=1))
