"""Lets a device sound again and again, to be found by ear: a speaker its tone, keypads on a line their beeps."""

import asyncio

from drivers.faults import PartFault
from drivers.ticks import since_ms, ticks_ms

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

TURN_S = 2
LEAST_MS = 500  # a turn that would be shorter is left out


async def sound(agent: "Any", part: "Any", seconds: int) -> None:
    """Until it is over or cancelled. While an announcement plays, that is heard instead: it is not cut off."""
    start_ms, left_ms, is_noted = ticks_ms(), seconds * 1000, False
    while left_ms >= LEAST_MS:
        try:
            await part.self_test()
        except PartFault as error:  # of a line of keypads the others were heard
            if not is_noted:
                agent.note("locate", error)
            is_noted = True
        left_ms = max(0, seconds * 1000 - since_ms(start_ms))
        await asyncio.sleep(min(TURN_S, left_ms / 1000))
        left_ms = seconds * 1000 - since_ms(start_ms)
