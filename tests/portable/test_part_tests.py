"""A device tests its parts when a person asks: one after another, what fails does not stop the others."""

import asyncio

from drivers import plain_tests
from drivers.button import Button
from drivers.faults import PartFault
from drivers.keypad import Keypad
from drivers.lamp import Lamp
from drivers.panel import Panel
from firmware.wire.messages.part_test import PartTested
from tests.portable.agent_stage import NOW_MS, with_agent
from tests.portable.bench import play, until


class Part:
    """Passes, fails, or waits until it is let go."""

    def __init__(self, said="", error=None, gate=None):
        self._said = said
        self._error = error
        self._gate = gate

    async def self_test(self):
        if self._gate:
            await self._gate.wait()
        if self._error:
            raise self._error
        return self._said


class Silent:
    """A part without any test."""


def ask(hub, act, part=""):
    return hub.down("part/test", {"id": act, "expires_at_ms": NOW_MS + 60000, "part": part})


def told(hub, act):
    return [(t.part, t.result, t.said, t.number, t.parts) for t in hub.sent(PartTested) if t.act == act]


def over(hub, act, count):
    return until(lambda: len(told(hub, act)) == count, "the end of " + act)


def test_parts_are_tested_one_after_another_and_what_fails_stops_nothing():
    async def story(hub, agent, role):
        agent.parts = {
            "printer": Part(error=PartFault("printer", "cannot print: paper out")),
            "screen": Part("colours were shown"),
            "broken": Part(error=ValueError("a driver's own fault")),
            "wire": Silent(),
        }
        await until(lambda: role.of("connected"), "welcome")
        await ask(hub, "all")
        await over(hub, "all", 8)
        assert told(hub, "all") == [
            ("broken", "began", "", 1, 4),
            ("broken", "failed", "a driver's own fault", 1, 4),
            ("printer", "began", "", 2, 4),
            ("printer", "failed", "cannot print: paper out", 2, 4),
            ("screen", "began", "", 3, 4),
            ("screen", "passed", "colours were shown", 3, 4),
            ("wire", "began", "", 4, 4),
            ("wire", "none", "cannot test itself", 4, 4),
        ]
        await ask(hub, "one", part="screen")
        await over(hub, "one", 2)
        assert told(hub, "one")[1] == ("screen", "passed", "colours were shown", 1, 1)
        await ask(hub, "no such", part="nose")
        await over(hub, "no such", 2)
        assert told(hub, "no such")[1] == ("nose", "none", "no such part here", 1, 1)

    with_agent(story)


def test_a_second_test_meanwhile_is_refused_and_a_late_one_left():
    async def story(hub, agent, role):
        gate = asyncio.Event()
        agent.parts = {"screen": Part("x" * 200, gate=gate)}
        await until(lambda: role.of("connected"), "welcome")
        await hub.down("part/test", {"id": "late", "expires_at_ms": NOW_MS - 1})
        await ask(hub, "first")
        await ask(hub, "second")
        await over(hub, "second", 1)
        assert told(hub, "second") == [("all", "failed", "another test is running; ask again when it is over", 1, 1)]
        gate.set()
        await over(hub, "first", 2)
        assert told(hub, "first")[1] == ("screen", "passed", "x" * 120, 1, 1)
        assert told(hub, "late") == []

    with_agent(story)


def test_a_device_without_parts_says_so():
    async def story(hub, agent, role):
        await until(lambda: role.of("connected"), "welcome")
        await ask(hub, "all")
        await over(hub, "all", 2)
        assert told(hub, "all")[1] == ("all", "none", "no such part here", 1, 1)

    with_agent(story)


class Light:
    def __init__(self):
        self.patterns = []

    def pattern(self, on_ms, off_ms):
        self.patterns.append((on_ms, off_ms))


def test_a_lamp_hurries_and_then_shows_what_it_should():
    async def story():
        port = Light()
        lamp = Lamp(port)
        lamp.set("slow")
        plain_tests.LAMP_S, before = 0.01, plain_tests.LAMP_S
        try:
            assert "blinked fast" in await plain_tests.self_test(lamp)
        finally:
            plain_tests.LAMP_S = before
        assert port.patterns[-2:] == [(80, 80), (200, 1800)]

    play(story)


class Pin:
    def __init__(self, level):
        self._level = level

    def value(self):
        return self._level


def test_a_contact_says_how_it_stands():
    async def story():
        assert await plain_tests.self_test(Button(Pin(1))) == "contact open: not pressed"
        assert await plain_tests.self_test(Button(Pin(0))) == "contact closed: pressed now"
        assert await plain_tests.self_test(Silent()) == ""

    play(story)


class Strip:
    """Its colour, each time that it is shown and the same everywhere."""

    def __init__(self, width, height):
        self._rows = [bytearray(3 * width) for _ in range(height)]
        self.seen = []

    def row(self, x, y, rgb):
        self._rows[y][3 * x : 3 * x + len(rgb)] = rgb

    def show(self):
        colour = bytes(self._rows[0][:3])
        if not [row for row in self._rows if bytes(row) != colour * (len(row) // 3)]:
            self.seen.append(colour)


def test_a_panel_shows_each_colour_everywhere_and_ends_dark():
    async def story():
        strip = Strip(100, 8)
        plain_tests.COLOUR_S, before = 0, plain_tests.COLOUR_S
        try:
            said = await plain_tests.self_test(Panel(strip, 100, 8))
        finally:
            plain_tests.COLOUR_S = before
        assert said == "100 x 8 LEDs were told red, green, blue, white"
        assert strip.seen == [b"\xff\0\0", b"\0\xff\0", b"\0\0\xff", b"\xff\xff\xff", b"\0\0\0"]

    play(story)


class Codes:
    """Keys that are pressed when the test says so."""

    def __init__(self):
        self._codes = []
        self._news = asyncio.Event()

    def press(self, code):
        self._codes.append(code)
        self._news.set()

    async def code(self):
        while not self._codes:
            self._news.clear()
            await self._news.wait()
        return self._codes.pop(0)


def test_a_key_pressed_in_a_test_does_nothing_else():
    async def story():
        codes = Codes()
        keypad = Keypad(codes, ("call", ""))
        role = asyncio.create_task(keypad.key())
        for code, said in ((0, "key 1 pressed: call"), (1, "key 2 pressed: nothing stands on it")):
            testing = asyncio.create_task(keypad.self_test())
            await asyncio.sleep(0)
            codes.press(code)
            assert await testing == said
            assert not role.done()
        codes.press(0)
        assert await role == "call"

    play(story)
