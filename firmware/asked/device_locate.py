"""Shows a person in the hall which of all the devices this is.

A role names in ``found_by`` the part that does it: a screen or a lamp by ``locate(who)`` and ``locate(None)``; a panel
by its id in large letters, or, if it is told texts, by its light; a speaker or a line of
keypads by the sound of its self-test. What a panel shows is asked for again afterwards.
"""

import asyncio

from firmware.wire.messages.locate import Locate, Locating

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def received(agent: "Any", payload: bytes) -> None:
    """``agent`` has boot, clock_ms(), report(), device, kind, locator and role. Raises Malformed.

    What comes too late, or before the hub told its clock, is left: the person asks again.
    """
    act = Locate.decode(payload)
    now_ms = agent.clock_ms()
    if now_ms is not None and act.expires_at_ms > now_ms:
        agent.report(Locating(boot=agent.boot, act=act.id, is_shown=_locate(agent, act.seconds)))


def _locate(agent: "Any", seconds: int) -> bool:
    """Blink the board's own LED, and let a part of the role show it; False when there is neither."""
    part = getattr(agent.role, "found_by", None)
    if not part and not agent.locator:
        return False
    if agent.locating:
        agent.locating.cancel()
    agent.locating = asyncio.create_task(_shown(agent, part, seconds))
    return True


async def _shown(agent: "Any", part: "Any", seconds: int) -> None:
    if agent.locator:
        agent.locator.set("blink")
    try:
        if not part:
            await asyncio.sleep(seconds)
        elif hasattr(part, "locate"):
            part.locate({"device": agent.device, "kind": agent.kind})
            await asyncio.sleep(seconds)
        elif hasattr(part, "draw") or hasattr(part, "say"):
            from firmware.asked.find_panel import flash

            await flash(agent, part, seconds)
        else:
            from firmware.asked.find_sound import sound

            await sound(agent, part, seconds)
    except Exception as error:
        agent.note("locate", error)
    finally:
        if part and hasattr(part, "locate"):
            part.locate(None)
        if agent.locator:
            agent.locator.set("off")
