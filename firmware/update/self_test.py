"""The self-test that the hub asks for: can the role of this tree do its work, with the parts that it was made for?

Loaded when it is asked for, and forgotten. It says nothing of what a person mends at the device: a kiosk whose paper is
out takes an update, one whose printer does not answer to the new tree does not keep it.
"""

import asyncio

from drivers.probes import probe

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

SETTLE_S = 3  # so long a part with health may take to say how it is
ANSWER_S = 10  # a part that has not answered by then does not
SPARED = ("reader", "scanner", "touch", "keypad")  # a device works without them: they may be away at any time


async def self_test(agent: "Any") -> str:
    """The first fault; empty when all can work. ``agent`` has role, parts and see_again()."""
    parts: "dict[str, Any]" = agent.parts or {}
    if [part for part in parts.values() if hasattr(part, "health")]:
        await asyncio.sleep(SETTLE_S)
    for name, part in parts.items():
        if name not in SPARED and not name.startswith("unit-"):  # the units are the business of their bus
            fault = await _asked(part)
            if fault:
                return "%s: %s" % (name, fault)
    if [part for part in parts.values() if hasattr(part, "draw")]:
        agent.see_again()  # a dot of the picture was drawn over
    role = agent.role
    fault = role.self_test() if hasattr(role, "self_test") else role.fault
    return "" if hasattr(parts.get(fault.partition(":")[0]), "health") else fault


async def _asked(part: "Any") -> str:
    try:
        await asyncio.wait_for(probe(part), ANSWER_S)
        return ""
    except asyncio.TimeoutError:
        return "no answer in %d s" % ANSWER_S
    except Exception as error:  # also what only a broken driver raises
        return getattr(error, "reason", "") or str(error) or type(error).__name__
