"""The keypad bus: published frames, keys as words, and a line on which everybody may speak at any time."""

import asyncio
from binascii import unhexlify

from drivers.faults import PartFault
from drivers.rs485 import bus as bus_module
from drivers.rs485 import frames, keys
from drivers.rs485.bus import KeypadBus
from simulators.parts.rs485_bus import SimulatedBus
from tests.portable.bench import Dice, play, stop, until


def from_hex(text):
    return unhexlify(text.replace(" ", ""))


SHOW_001 = from_hex("FF 68 08 08 68 01 02 0A 0A 0A 00 00 01 22 16")
WAITING_12 = from_hex("FF 68 08 08 68 01 02 00 01 02 0A 0A 0A 24 16")
BEEP = from_hex("FF 68 02 02 68 01 03 04 16")


def with_bus(story, addresses=(1, 2, 3), **options):
    async def whole():
        line = SimulatedBus(list(addresses))
        host = KeypadBus(line, list(addresses), **options)
        task = asyncio.create_task(host.run())
        try:
            await story(line, host)
        finally:
            await stop(task)

    play(whole)


def test_published_frames():
    assert frames.frame(1, frames.SHOW, frames.counts(None, 1)) == SHOW_001
    assert frames.frame(1, frames.SHOW, frames.counts(12, None)) == WAITING_12
    assert frames.frame(1, frames.BEEP) == BEEP
    assert frames.frame(1, frames.SHOW, b"\x05") == from_hex("FF 68 03 03 68 01 02 05 08 16"), "stars"
    assert frames.frame(1, frames.SET, b"\x0b") == from_hex("FF 68 03 03 68 01 01 0B 0D 16"), "begin"
    assert frames.counts(1000, -5) == from_hex("090909 000000")


def test_frames_are_found_however_they_are_cut_and_whatever_is_between():
    data = SHOW_001 + from_hex("68 68 02 03") + BEEP + from_hex("68 FF 00") + WAITING_12[1:]
    for size in (1, 2, 5, 100):
        reader, found = frames.FrameReader(), []
        for at in range(0, len(data), size):
            found += reader.feed(data[at : at + size])
        assert found == [(1, 2, SHOW_001[7:13]), (1, 3, b""), (1, 2, WAITING_12[7:13])], size
        assert reader.spoilt > 0


def test_a_frame_with_a_wrong_sum_is_none():
    for at in range(1, len(BEEP)):
        spoilt = bytearray(BEEP)
        spoilt[at] ^= 0x40
        assert frames.FrameReader().feed(bytes(spoilt)) == []


def test_a_frame_that_does_not_go_on_does_not_swallow_the_next():
    reader = frames.FrameReader()
    assert reader.feed(SHOW_001[:9]) == []
    reader.forget()
    assert len(reader.feed(BEEP)) == 1


def test_whatever_is_on_the_line_ends_in_frames_or_nothing():
    dice = Dice(4)
    found = 0
    for _ in range(300):
        reader = frames.FrameReader()
        found += len(reader.feed(dice.spoil(SHOW_001 + WAITING_12) + BEEP))
    assert found > 300


def test_keys_as_words():
    for data, word in (
        ("0C", "call"),
        ("0D", "recall"),
        ("0B", "finish"),
        ("12", "pause"),
        ("060F", "pass"),
        ("000F", "hold"),
        ("030F", "resume"),
        ("0213", "transfer:2"),
        ("010213", "transfer:12"),
        ("13", ""),
        ("0F", ""),
        ("070F", ""),
        ("0E", ""),
        ("11", ""),
        ("", ""),
    ):
        assert keys.word(from_hex(data)) == word, data


def test_a_press_is_acknowledged_with_its_own_frame_and_told_once():
    async def story(line, host):
        line.units[2].press("call")
        assert await host.said() == (2, "call")
        await until(lambda: not line.units[2].is_waiting, "the acknowledgement")
        line.units[3].press("confirm", 6)
        assert await host.said() == (3, "pass")
        line.units[1].rate(3)
        assert await host.said() == (1, "level:1")
        await until(lambda: not line.units[1].is_waiting, "the evaluator's answer")
        assert from_hex("FF 68 03 03 68 01 01 03 05 16") in line.written

    with_bus(story)


def test_a_press_said_again_because_the_acknowledgement_was_lost_is_one_press():
    async def story(line, host):
        line.units[1].press("call")
        line.units[1].press("call")
        assert await host.said() == (1, "call")
        line.units[1].press("recall")
        assert await host.said() == (1, "recall")

    with_bus(story)


def test_places_show_the_newest():
    async def story(line, host):
        host.units[1].show(12, None)
        host.units[1].show(12, 1)
        host.units[2].show(0, 123)
        await until(lambda: line.units[1].number == "001" and line.units[2].number == "123", "the places")
        assert (line.units[1].waiting, line.units[2].waiting) == ("012", "000")
        host.units[1].beep()
        host.units[2].ask()
        await until(lambda: line.units[1].beeps == 1 and line.units[2].asks == 1, "the beep and the question")
        assert line.units[3].beeps == 0

    with_bus(story)


def test_of_two_that_speak_at_once_both_are_heard_in_the_end():
    async def story(line, host):
        first, second = line.units[1], line.units[2]
        line.collide(lambda: first.press("call"), lambda: second.press("pause"))
        heard = [await host.said(), await host.said()]
        assert sorted(heard) == [(1, "call"), (2, "pause")]

    with_bus(story)


def test_noise_costs_nothing_but_itself():
    async def story(line, host):
        dice = Dice(3)
        for _ in range(20):
            line.noise(dice.some_bytes(12))
            await asyncio.sleep(0)
        await asyncio.sleep(bus_module.SILENT_MS / 1000 + 0.1)
        line.units[3].press("finish")
        assert await host.said() == (3, "finish")

    with_bus(story)


def test_a_dead_unit_is_its_own_fault_and_the_others_go_on():
    async def story(line, host):
        await until(lambda: host._echoes, "the first echo")
        line.units[2].unplug()
        await until(lambda: host.units[2].health.fault == "no_answer", "the fault")
        host.units[2].show(5, 55)
        host.units[3].show(7, 77)
        await until(lambda: line.units[3].number == "077", "the other's places")
        line.units[1].press("call")
        assert await host.said() == (1, "call")
        assert [unit.health.fault for unit in host.units.values()].count("") == 2
        line.units[2].plug_in()
        await until(lambda: host.units[2].health.fault == "", "its return")
        await until(lambda: line.units[2].number == "055", "what it should show")

    with_bus(story)


def test_a_dead_unit_is_asked_seldom():
    async def story(line, host):
        await until(lambda: host._echoes, "the first echo")
        line.units[2].unplug()
        await until(lambda: host.units[2].health.fault == "no_answer", "the fault")
        line.written.clear()
        await asyncio.sleep(3)
        told = [frame for frame in line.written if frame[5] == 2]
        assert 1 <= len(told) <= 2, len(told)

    with_bus(story)


def test_two_that_lose_the_same_echo_are_asked_again_at_different_times():
    async def story():
        line = SimulatedBus([1, 2], echoes=False)
        host = KeypadBus(line, [1, 2], echoes=True)
        waits = []
        for address in (1, 2):
            await host._tell(host.units[address])
            waits.append(host.units[address].not_before[1])
        assert abs(waits[0] - waits[1]) >= 10
        assert min(waits) >= bus_module.ECHO_MS

    play(story)


def test_what_was_begun_before_the_adapter_was_pulled_swallows_nothing_after():
    async def story(line, host):
        await until(lambda: host._echoes, "the first echo")
        line.noise(from_hex("FF 68 20 20 68 01"))  # a frame of 32 bytes begins
        await until(lambda: host._reader._come, "its beginning")
        line.unplug()
        await until(lambda: host.health.fault == "unplugged", "the fault")
        assert host._reader._come == b""
        line.plug_in()
        line.units[1].press("call")
        assert await host.said() == (1, "call")

    silent, bus_module.SILENT_MS = bus_module.SILENT_MS, 5000  # so that only the pulled adapter makes it forget
    try:
        with_bus(story)
    finally:
        bus_module.SILENT_MS = silent


async def fault_of(test):
    """What a self-test fails with."""
    try:
        said = await test
    except PartFault as fault:
        return fault.reason
    raise AssertionError("passed: " + said)


def test_a_self_test_beeps_and_says_who_is_silent():
    async def story(line, host):
        assert await host.self_test() == "3 units beeped and answered"
        assert [line.units[address].beeps for address in (1, 2, 3)] == [1, 1, 1]
        assert await host.units[3].self_test() == "beeped and answered"
        line.units[2].unplug()
        assert await fault_of(host.self_test()) == "silent: 2; check their power, wires and addresses"
        assert "unit 2 does not answer" in await fault_of(host.units[2].self_test())
        assert await host.units[3].self_test() == "beeped and answered"
        line.unplug()
        await until(lambda: host.health.fault, "the fault")
        assert await fault_of(host.self_test()) == "line unplugged; check the adapter and its cable"
        assert "unit 1 does not answer" in await fault_of(host.units[1].self_test())

    test_ms, bus_module.TEST_MS = bus_module.TEST_MS, 1500
    try:
        with_bus(story)
    finally:
        bus_module.TEST_MS = test_ms


def test_a_self_test_of_units_that_do_not_echo_promises_nothing():
    async def whole():
        line = SimulatedBus([1, 2], echoes=False)
        host = KeypadBus(line, [1, 2])
        task = asyncio.create_task(host.run())
        assert await host.self_test() == "2 units told to beep; silent ones cannot be noticed"
        assert line.units[2].beeps == 1
        assert await host.units[1].self_test() == "told to beep; whether it is there cannot be noticed"
        await stop(task)

    play(whole)


def test_units_that_do_not_echo_are_told_and_not_suspected():
    async def whole():
        line = SimulatedBus([1], echoes=False)
        host = KeypadBus(line, [1])
        task = asyncio.create_task(host.run())
        host.units[1].show(3, 4)
        await until(lambda: line.units[1].number == "004", "the places")
        count = len(line.written)
        await asyncio.sleep(0.3)
        assert len(line.written) == count, "not over and over"
        assert host.units[1].health.fault == ""
        await stop(task)

    play(whole)


def test_an_adapter_may_be_pulled_and_put_back():
    async def story(line, host):
        line.unplug()
        await until(lambda: host.health.fault == "unplugged", "the fault")
        line.plug_in()
        await until(lambda: host.health.fault == "", "its return")
        line.units[1].press("call")
        assert await host.said() == (1, "call")

    with_bus(story)


def test_a_line_that_gives_back_what_is_written_does_not_talk_to_itself():
    class Loud(SimulatedBus):
        async def write(self, data):
            self.put(bytes(data))
            await SimulatedBus.write(self, data)

    for hears_itself in (True, False):

        async def whole(hears_itself=hears_itself):
            line = Loud([1], echoes=False)
            host = KeypadBus(line, [1], hears_itself=hears_itself)
            task = asyncio.create_task(host.run())
            line.units[1].press("call")
            assert await host.said() == (1, "call")
            await asyncio.sleep(0.3)
            assert len(line.written) < 10, "an endless conversation"
            await stop(task)

        play(whole)
