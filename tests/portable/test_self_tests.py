"""The self-test that decides about a new tree: each part passes while it can work, and fails when it is dead."""

import asyncio

from drivers.blinking_pin import BlinkingPin
from drivers.button import Button
from drivers.health import Health
from drivers.lamp import Lamp
from drivers.panel import Panel
from drivers.rs485.bus import KeypadBus
from drivers.speaker import Speaker
from drivers.supervised_loop import SupervisedLoop
from firmware.update import self_test
from firmware.wire.messages.update import SelfTested
from tests.portable.agent_stage import with_agent
from tests.portable.bench import fresh_folder, play, stop, until
from tests.portable.clips import tone, write_clip
from tests.portable.update_stage import with_stage


class Role:
    def __init__(self, fault=""):
        self.fault = fault


class Device:
    """An agent as far as a self-test looks."""

    def __init__(self, fault="", **parts):
        self.role = Role(fault)
        self.parts = parts
        self.seen_again = 0

    def see_again(self):
        self.seen_again += 1


def said(device, settle_s=0.01, answer_s=1, before=None):
    """What the self-test of a device says; ``before()`` gives the tasks of its parts."""
    found = []

    async def story():
        known = self_test.SETTLE_S, self_test.ANSWER_S
        self_test.SETTLE_S, self_test.ANSWER_S = settle_s, answer_s
        tasks = [asyncio.create_task(work) for work in (before() if before else ())]
        try:
            found.append(await self_test.self_test(device))
        finally:
            self_test.SETTLE_S, self_test.ANSWER_S = known
            for task in tasks:
                await stop(task)

    play(story)
    return found[0]


class Pin:
    """An output; one that is stuck keeps its level."""

    def __init__(self, stuck_at=None):
        self.levels = []
        self._stuck_at = stuck_at

    def value(self, *level):
        self.levels += level
        return self.levels[-1] if self._stuck_at is None else self._stuck_at


class Contact:
    def value(self):
        return 1


class DeadContact:
    def value(self):
        raise OSError("no such pin")


def test_a_help_button_whose_lamp_can_be_driven_and_whose_contact_reads_passes():
    pin = Pin()
    lamp = Lamp(BlinkingPin(pin))
    lamp.set("steady")
    assert said(Device(button=Button(Contact()), lamp=lamp)) == ""
    assert pin.levels[-3:] == [1, 0, 1], "both ways, then what it showed"


def test_a_lamp_that_cannot_be_driven_fails():
    for level in (0, 1):
        lamp = Lamp(BlinkingPin(Pin(level)))
        assert said(Device(button=Button(Contact()), lamp=lamp)) == (
            f"lamp: its pin stays at {level}; check pin and wiring"
        )


def test_a_contact_that_cannot_be_read_fails():
    assert said(Device(button=Button(DeadContact()), lamp=Lamp(BlinkingPin(Pin())))) == "button: no such pin"


def test_a_loop_passes_with_what_its_resistors_measure_and_fails_when_cut_or_bridged():
    for share, what in ((500, ""), (666, ""), (1000, "button: loop open"), (0, "button: loop short")):
        loop = SupervisedLoop(lambda share=share: share, debounce_ms=1)
        found = said(Device(button=loop), 0.1, before=lambda loop=loop: (loop.pressed(),))
        assert found == what, found


def test_an_opened_case_is_for_a_person_and_costs_no_tree_its_place():
    loop = SupervisedLoop(lambda: 500, lambda: 1, debounce_ms=1)
    assert said(Device(button=loop), 0.1, before=lambda: (loop.pressed(),)) == ""
    assert loop.health.fault == "tampered"


class Glow:
    """A chain of LEDs; ``error`` instead of a picture."""

    def __init__(self, error=None):
        self.shows = 0
        self._error = error

    def row(self, x, y, rgb):
        pass

    def show(self):
        if self._error:
            raise self._error
        self.shows += 1


def test_a_strip_draws_a_dot_and_then_what_it_showed():
    chain = Glow()
    device = Device(panel=Panel(chain, 64, 16))
    assert said(device) == ""
    assert (chain.shows, device.seen_again) == (1, 1)


def test_a_strip_whose_bus_takes_nothing_fails():
    assert said(Device(panel=Panel(Glow(OSError("SPI takes nothing")), 64, 16))) == "panel: SPI takes nothing"


class Silent:
    """Takes no samples, for ever."""

    def volume(self, percent):
        pass

    async def write(self, pcm):
        await asyncio.sleep(60)


class Quiet:
    """Takes them, and notes how loud."""

    def __init__(self, pace_s=0):
        self.percent = None
        self.bytes = 0
        self._pace_s = pace_s

    def volume(self, percent):
        self.percent = percent

    async def write(self, pcm):
        self.bytes += len(pcm)
        await asyncio.sleep(self._pace_s)

    async def drain(self):
        pass


def test_an_amplifier_takes_samples_that_nobody_hears():
    port = Quiet()
    assert said(Device(speaker=Speaker(port, fresh_folder()))) == ""
    assert (port.percent, port.bytes) == (0, 500 * 32)


def test_an_amplifier_that_takes_no_samples_fails():
    assert said(Device(speaker=Speaker(Silent(), "")), answer_s=0.1) == "speaker: no answer in 0 s"


def test_an_amplifier_that_plays_passes_as_long_as_it_goes_on():
    folder = fresh_folder()
    write_clip(folder, "cmn/long", tone(1, 320))
    for port, what in ((Quiet(0.03), ""), (Silent(), "speaker: takes no samples")):
        speaker = Speaker(port, folder)

        def playing(speaker=speaker):
            return (speaker.play(["cmn/long"] * 10),)

        assert said(Device(speaker=speaker), before=playing) == what


class Line:
    """A line of keypads: echoes, is silent, or never comes back."""

    def __init__(self, is_echoing=True, is_stuck=False):
        self._came = []
        self._is_echoing = is_echoing
        self._is_stuck = is_stuck

    async def write(self, data):
        if self._is_echoing:
            self._came.append(data)

    async def read(self, timeout_s):
        if self._is_stuck:
            await asyncio.sleep(60)
        await asyncio.sleep(0.005)
        return self._came.pop(0) if self._came else b""


def bus_says(line, echoes):
    bus = KeypadBus(line, [1, 2], echoes=echoes)
    return said(Device(bus=bus), answer_s=9, before=lambda: (bus.run(),))


def test_a_window_terminal_asks_its_units():
    assert bus_says(Line(), True) == ""
    assert bus_says(Line(is_echoing=False), True) == "bus: no unit answers; check power and wires of the line"
    assert bus_says(Line(is_stuck=True), True) == "bus: its line takes no turns"


class Printer:
    def __init__(self, fault):
        self.health = Health()
        self.health.set(fault)


def test_a_kiosk_whose_printer_does_not_answer_fails_and_one_that_needs_paper_passes():
    for fault, what in (
        ("", ""),
        ("no_answer", "printer: no answer"),
        ("unplugged", "printer: unplugged"),
        ("paper_out", ""),
    ):
        role_says = "printer: " + fault.replace("_", " ") if fault else ""
        assert said(Device(role_says, printer=Printer(fault))) == what
    assert said(Device("outbox full", printer=Printer(""))) == "outbox full"


def test_a_display_that_is_away_fails_and_a_reader_that_is_away_does_not():
    assert said(Device(screen=Printer("unplugged"))) == "screen: unplugged"
    assert said(Device(screen=Printer(""), reader=Printer("unplugged"))) == ""


def test_the_parts_that_are_spared_are_those_that_a_kind_need_not_have():
    from firmware.kinds import KINDS

    options = {option for kind in KINDS for option in KINDS[kind].options}
    assert set(self_test.SPARED) == options - {"sender", "unit"}


def test_a_tree_whose_part_is_dead_is_not_kept_and_says_which():
    from firmware.update.boot import read_state
    from tests.portable.shaky_disk import ShakyDisk, manifest_of
    from tests.portable.update_stage import NEW, signed

    async def story(stage):
        manifest = manifest_of(NEW, "1.1.0")
        await stage.start()
        await stage.offer(manifest, await signed(manifest))
        await until(lambda: stage.reboots, "reboot")
        await stage.stop()
        await stage.start()
        stage.updater()
        stage.agent.parts = {"lamp": Lamp(BlinkingPin(Pin(0)))}
        assert "its pin stays at 0" in await stage.test()
        assert read_state(stage.root, ShakyDisk())["trying"] == "b"
        stage.agent.parts = {"lamp": Lamp(BlinkingPin(Pin()))}
        assert await stage.test("again") == ""
        assert read_state(stage.root, ShakyDisk())["active"] == "b"

    with_stage(story)


def test_who_asks_twice_at_once_is_answered_once_for_the_newest():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        agent.parts = {"printer": Printer("")}
        for id in ("first", "second"):
            await hub.down("update/test", {"id": id})
        await until(lambda: hub.sent(SelfTested), "answer")
        assert [tested.id for tested in hub.sent(SelfTested)] == ["second"]

    known, self_test.SETTLE_S = self_test.SETTLE_S, 0.1
    try:
        with_agent(story, tree={"root": fresh_folder(), "slot": "a", "start": "normal", "is_counted": False})
    finally:
        self_test.SETTLE_S = known
