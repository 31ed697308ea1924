"""Plain pins: one that is looked at, one that blinks."""

import asyncio

from drivers.blinking_pin import BlinkingPin
from drivers.faults import PartFault
from drivers.handover import Handover
from drivers.lamp import Lamp
from drivers.panel import Panel
from drivers.polled_pin import PolledPin
from tests.portable.bench import error_of, play, until


class Wire:
    """A pin as `machine.Pin` is one: ``value()`` reads, ``value(level)`` drives."""

    def __init__(self, level=1):
        self.level = level
        self.driven = []

    def value(self, level=None):
        if level is not None:
            self.level = level
            self.driven.append(level)
        return self.level


def test_polled_pin_tells_a_change_once():
    async def story():
        wire = Wire()
        pin = PolledPin(wire, every_ms=1)
        change = asyncio.create_task(pin.changed())
        await asyncio.sleep(0.01)
        assert not change.done()
        wire.level = 0
        await change
        assert pin.value() == 0
        change = asyncio.create_task(pin.changed())
        await asyncio.sleep(0.01)
        assert not change.done()
        change.cancel()

    play(story)


def test_blinking_pin_blinks_until_it_is_told_otherwise():
    async def story():
        wire = Wire(0)
        port = BlinkingPin(wire)
        port.pattern(2, 2)
        await until(lambda: len(wire.driven) > 5, "blinking")
        assert wire.driven[:5] == [1, 0, 1, 0, 1]
        port.pattern(1000, 0)
        assert wire.level == 1
        count = len(wire.driven)
        await asyncio.sleep(0.02)
        assert len(wire.driven) == count
        port.pattern(0, 1000)
        assert wire.level == 0

    play(story)


def test_lamp_on_a_pin_that_lights_when_low():
    async def story():
        wire = Wire(0)
        lamp = Lamp(BlinkingPin(wire, active_low=True))
        assert wire.level == 1
        lamp.set("steady")
        assert wire.level == 0
        error_of(KeyError, lamp.set, "disco")

    play(story)


def test_handover_keeps_order_and_says_when_it_is_full():
    async def story():
        handover = Handover(2)
        assert [handover.give(item) for item in "abc"] == [True, True, False]
        assert [await handover.take(), await handover.take(), len(handover)] == ["a", "b", 0]
        taker = asyncio.create_task(handover.take())
        await asyncio.sleep(0)
        handover.give("d")
        assert await taker == "d"

    play(story)


def test_panel_refuses_what_does_not_fit():
    panel = Panel(None, 100, 16)
    for x, width, height in ((97, 4, 16), (0, 101, 16), (0, 4, 17)):
        error = error_of(PartFault, panel.draw, x, width, height, [1, 2, 3], bytes((width + 3) // 4 * height))
        assert "does not fit" in error.reason
        error_of(PartFault, panel.clear, x, width, height)
    error_of(PartFault, panel.draw, 0, 4, 16, [1, 2, 3], bytes(15))
