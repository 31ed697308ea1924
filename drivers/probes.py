"""Asks a part whether it can do its work, so that nobody sees or hears it. Loaded when it is asked: a small board has
it only then.
"""

import asyncio

from drivers.faults import PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

# What a program may be to blame for. The rest (paper, covers, a case that was opened) a person mends at the device.
GRAVE = ("broken", "unplugged", "no_answer", "loop_open", "loop_short")
TURN_S = 0.5  # a line of keypads has had its turn
UNITS_S = 4.0  # each unit was told something three times


async def probe(part: "Any") -> None:
    """Returns when it can; raises PartFault, or whatever its driver raises, when it cannot."""
    _check_health(part)
    if hasattr(part, "units"):
        await _bus(part)
    elif hasattr(part, "is_down"):
        part.is_down()
    elif hasattr(part, "set") and hasattr(part, "locate"):
        _lamp(part)
    elif hasattr(part, "draw") and not hasattr(part, "say"):
        part.draw(0, 1, 1, [0], b"\0")  # one dark dot: the way of every picture
    elif hasattr(part, "play"):
        await _speaker(part)


def _check_health(part: "Any") -> None:
    fault = part.health.fault if hasattr(part, "health") else ""
    if fault in GRAVE:
        raise PartFault("part", fault.replace("_", " "))


def _lamp(lamp: "Any") -> None:
    """Its pin is driven both ways, too shortly for an eye."""
    pin = getattr(lamp.port, "pin", None)
    if pin is None:
        return
    levels = []
    try:
        for on_ms in (1000, 0):
            lamp.port.pattern(on_ms, 1000 - on_ms)
            levels.append(pin.value())
    finally:
        lamp.locate(None)
    if levels[0] == levels[1]:
        raise PartFault("lamp", "its pin stays at %d; check pin and wiring" % levels[0])


async def _speaker(speaker: "Any") -> None:
    """Silence, at the pace of the ear; while something plays, that it goes on."""
    step = speaker.step
    if step is None:
        await speaker.self_test(0)
        return
    await asyncio.sleep(TURN_S)
    if speaker.step == step:
        raise PartFault("speaker", "takes no samples")


async def _bus(bus: "Any") -> None:
    """The line turns, and somebody on it answers, if its units do answer."""
    step = bus.step
    await asyncio.sleep(TURN_S)
    if bus.step == step:
        raise PartFault("bus", "its line takes no turns")
    units = list(bus.units.values())
    for _ in range(int(UNITS_S / TURN_S)):
        if not units or [unit for unit in units if unit.has_echoed]:
            return
        await asyncio.sleep(TURN_S)
    _check_health(bus)
    if not [unit for unit in units if not unit.health.fault]:
        raise PartFault("bus", "no unit answers; check power and wires of the line")
