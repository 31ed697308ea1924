"""Tests the parts of this device one after another when a person asks. Loaded when it comes."""

import asyncio

from drivers.faults import PartFault
from firmware.wire.messages.part_test import PartTest, PartTested

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def received(agent: "Any", payload: bytes) -> None:
    """``agent`` has parts, boot, clock_ms(), report() and note(). Raises Malformed.

    What comes too late, or before the hub told its clock, is left: the person asks again.
    """
    act = PartTest.decode(payload)
    now_ms = agent.clock_ms()
    if now_ms is None or act.expires_at_ms <= now_ms:
        return
    if agent.testing and not agent.testing.done():
        _tell(agent, act.id, act.part or "all", ("failed", "another test is running; ask again when it is over"), 1, 1)
        return
    names = [part for part in sorted(agent.parts or {}) if act.part in ("", part)]
    agent.testing = asyncio.create_task(_test(agent, act.id, names or [act.part or "all"]))


async def _test(agent: "Any", act: str, names: "list[str]") -> None:
    for number, name in enumerate(names, 1):
        _tell(agent, act, name, ("began", ""), number, len(names))
        _tell(agent, act, name, await _tested(agent, name), number, len(names))


async def _tested(agent: "Any", name: str) -> "tuple[str, str]":
    """(result, what was said) of one part."""
    part = (agent.parts or {}).get(name)
    if part is None:
        return "none", "no such part here"
    try:
        if hasattr(part, "self_test"):
            return "passed", await part.self_test()
        from drivers.plain_tests import self_test

        said = await self_test(part)
        return ("passed", said) if said else ("none", "cannot test itself")
    except PartFault as fault:
        return "failed", fault.reason
    except Exception as error:  # a driver's own fault must not end the test of the others
        agent.note("test of " + name, error)
        return "failed", str(error) or type(error).__name__
    finally:
        if hasattr(part, "draw"):  # a panel: what it showed is asked for again
            agent.see_again()


def _tell(agent: "Any", act: str, part: str, found: "tuple[str, str]", number: int, parts: int) -> None:
    agent.report(
        PartTested(
            boot=agent.boot, act=act, part=part, result=found[0], said=found[1][:120], number=number, parts=parts
        )
    )
