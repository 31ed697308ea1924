"""Lets a device sound again and again, to be found by ear: a speaker its tone, keypads on a line their beeps."""

import asyncio

from drivers.faults import PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

TURN_S = 2


async def sound(agent: "Any", part: "Any", seconds: int) -> None:
    """Until it is over or cancelled. While an announcement plays, that is heard instead: it is not cut off."""
    for turn in range(max(1, seconds // TURN_S)):
        if turn:
            await asyncio.sleep(TURN_S)
        try:
            await part.self_test()
        except PartFault as error:  # of a line of keypads the others were heard
            if not turn:
                agent.note("locate", error)
