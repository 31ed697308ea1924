"""The help button whose wire is measured: presses, and what people with pliers and paper clips do."""

import asyncio

from drivers import plain_tests
from drivers.faults import PartFault
from drivers.lamp import Lamp
from drivers.supervised_loop import CHATTER_MS, SAMPLE_MS, SupervisedLoop
from drivers.ticks import since_ms, ticks_ms
from firmware.roles.help_button import HelpButton
from firmware.wire.messages.device import Ack
from simulators.parts.lamp import SimulatedLamp
from simulators.parts.loop_button import SimulatedLoop
from tests.portable.bench import error_of, play, stop, until
from tests.portable.outlet import Outlet


def with_loop(story, hold_ms=0, has_case=True):
    async def whole():
        hand = SimulatedLoop()
        loop = SupervisedLoop(hand.share, hand.value if has_case else None, debounce_ms=20, hold_ms=hold_ms)
        presses = []

        async def listen():
            while True:
                presses.append(await loop.pressed())

        task = asyncio.create_task(listen())
        try:
            await story(hand, loop, presses)
        finally:
            await stop(task)

    play(whole)


def test_a_press_is_told_once_however_long_it_lasts():
    async def story(hand, loop, presses):
        for count in (1, 2):
            hand.press()
            await until(lambda count=count: len(presses) == count, "the press")
            await asyncio.sleep(0.06)
            assert len(presses) == count
            assert presses[-1] >= 20
            hand.release()
            await until(lambda: loop.state == "normal", "the release")
        assert loop.health.fault == ""

    with_loop(story)


def test_a_touch_shorter_than_the_hold_time_is_no_press():
    async def story(hand, loop, presses):
        hand.press()
        await until(lambda: loop.state == "alarm", "the touch")
        hand.release()
        await until(lambda: loop.state == "normal", "its end")
        assert presses == []
        hand.press()
        await until(lambda: presses, "the long press")
        assert presses[0] >= 320

    with_loop(story, hold_ms=300)


def test_a_cut_and_a_bridged_wire_are_faults_and_no_presses():
    async def story(hand, loop, presses):
        for act, fault in ((hand.cut_loop, "loop_open"), (hand.short_loop, "loop_short")):
            act()
            await until(lambda fault=fault: loop.health.fault == fault, fault)
            hand.mend_loop()
            await until(lambda: loop.health.fault == "", "mended")
        assert presses == []

    with_loop(story)


def test_an_opened_case_is_tampering_and_the_button_still_calls_for_help():
    async def story(hand, loop, presses):
        hand.open_case()
        await until(lambda: loop.health.fault == "tampered", "the fault")
        hand.press()
        await until(lambda: presses, "the press")
        assert loop.health.fault == "tampered"
        hand.close_case()
        await until(lambda: loop.health.fault == "", "its end")
        assert len(presses) == 1, "the finger is still down: the same press"

    with_loop(story)


class Flutter:
    """A loose contact: another value at each look, until it is quiet."""

    def __init__(self, values):
        self._values = values
        self.is_quiet = False
        self.looks = 0

    def look(self):
        self.looks += 1
        return self._values[0 if self.is_quiet else self.looks % len(self._values)]


def test_a_press_gets_through_beside_a_lid_whose_contact_is_loose():
    async def whole():
        hand, lid = SimulatedLoop(), Flutter((0, 1))
        loop = SupervisedLoop(hand.share, lid.look, debounce_ms=50, hold_ms=100)
        task = asyncio.create_task(loop.pressed())
        await until(lambda: loop.state == "normal" and lid.looks > 10, "some looks")
        hand.press()
        pressed_ms = ticks_ms()
        await until(task.done, "the press", limit_s=3)
        assert 150 <= await task <= since_ms(pressed_ms) < 1000

    play(whole)


def test_a_lid_that_chatters_counts_as_open_until_it_is_quiet_and_a_knock_does_not():
    async def whole():
        lid = Flutter((0, 1))
        loop = SupervisedLoop(lambda: 500, lid.look, debounce_ms=50)
        task = asyncio.create_task(loop.pressed())
        for _ in range(2):  # the second time counts anew
            lid.is_quiet = False
            began_ms = ticks_ms()
            await until(lambda: loop.health.fault == "tampered", "the fault")
            assert since_ms(began_ms) >= CHATTER_MS - 2 * SAMPLE_MS, "a knock on the case is no tampering"
            lid.is_quiet = True
            await until(lambda: loop.health.fault == "", "its end")
        await stop(task)

    play(whole)


def test_a_wire_that_chatters_hides_no_open_case():
    async def whole():
        hand, wire = SimulatedLoop(), Flutter((500, 1000))
        loop = SupervisedLoop(wire.look, hand.value, debounce_ms=50)
        task = asyncio.create_task(loop.pressed())
        await until(lambda: wire.looks > 10, "some looks")
        assert loop.health.fault == ""
        hand.open_case()
        opened_ms = ticks_ms()
        await until(lambda: loop.health.fault == "tampered", "the fault")
        assert since_ms(opened_ms) < CHATTER_MS, "it stood still: told after the debounce time"
        await stop(task)

    play(whole)


def test_a_button_that_is_down_at_the_start_calls_for_help():
    async def whole():
        hand = SimulatedLoop()
        hand.press()
        assert await SupervisedLoop(hand.share, debounce_ms=20).pressed() >= 20

    play(whole)


def test_a_moment_on_the_way_from_one_state_to_another_does_not_count():
    async def story(hand, loop, presses):
        await until(lambda: loop.state == "normal" and since_ms(loop._since_ms) > 20, "rest")
        for _ in range(5):  # faster than the debounce time: neither open nor short may stand
            hand.cut_loop()
            await asyncio.sleep(0.01)
            hand.mend_loop()
            await asyncio.sleep(0.01)
        assert (presses, loop.state) == ([], "normal")

    with_loop(story)


def test_the_bounds_of_the_states():
    shares = (0, 249, 250, 500, 582, 583, 667, 832, 833, 1000)
    states = [SupervisedLoop(lambda share=share: share).measured()[0] for share in shares]
    assert states == ["short"] * 2 + ["normal"] * 3 + ["alarm"] * 3 + ["open"] * 2
    for wrong in ((0, 500, 800), (600, 500, 800), (250, 583, 1000)):
        error_of(ValueError, SupervisedLoop, lambda: 0, limits=wrong)


def test_a_self_test_says_what_is_measured_and_passes_no_loop_that_is_cut_bridged_or_open():
    async def story():
        hand = SimulatedLoop()
        loop = SupervisedLoop(hand.share, hand.value)
        assert await plain_tests.self_test(loop) == "normal, 500 permille, case closed"
        hand.press()
        assert await plain_tests.self_test(SupervisedLoop(hand.share)) == "alarm, 666 permille, no case contact"
        hand.release()
        for act, undo, says in (
            (hand.cut_loop, hand.mend_loop, "loop open, 999 permille"),
            (hand.short_loop, hand.mend_loop, "loop short, 0 permille"),
            (hand.open_case, hand.close_case, "case open"),
        ):
            act()
            assert says in await fault_of(plain_tests.self_test(loop))
            undo()
        assert await plain_tests.self_test(loop) == "normal, 500 permille, case closed"

    play(story)


async def fault_of(test):
    """What a self-test fails with."""
    try:
        said = await test
    except PartFault as fault:
        return fault.reason
    raise AssertionError("passed: " + said)


def test_a_cut_shorter_than_the_debounce_time_changes_nothing():
    async def whole():
        hand = SimulatedLoop()
        loop = SupervisedLoop(hand.share, debounce_ms=200)
        task = asyncio.create_task(loop.pressed())
        looks = []
        share = loop._share
        loop._share = lambda: looks.append(share()) or looks[-1]
        await until(lambda: len(looks) > 3 and since_ms(loop._since_ms) > 200, "rest")
        for act in (hand.cut_loop, hand.press, hand.short_loop):
            act()
            looks.clear()
            await asyncio.sleep(0.06)
            assert looks[-1:] not in ([], [500]), "seen"
            assert (loop.state, loop.health.fault) == ("normal", "")
            hand.mend_loop()
            hand.release()
            looks.clear()
            await until(lambda: len(looks) > 2, "seen mended")
            assert (loop.state, loop.health.fault, task.done()) == ("normal", "", False)
        hand.cut_loop()
        await until(lambda: loop.health.fault == "loop_open", "a cut that lasts")
        await stop(task)

    play(whole)


def test_the_role_takes_it_for_a_button():
    async def whole():
        hand, lamp = SimulatedLoop(), SimulatedLamp()
        role = HelpButton({}, {"button": SupervisedLoop(hand.share, hand.value, debounce_ms=20), "lamp": Lamp(lamp)})
        role.outlet = Outlet()
        task = asyncio.create_task(role.run())
        hand.press()
        await until(lambda: role.outlet.asked, "the press")
        assert lamp.shows == "blink", "not confirmed before the hub has it"
        role.outlet.answer(role, Ack)
        assert lamp.shows == "steady"
        await stop(task)

    play(whole)
