"""Tells the hub how the parts of this device are. Loaded when a part has health (see drivers/health.py)."""

import asyncio

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.wire.fields import Malformed
from firmware.wire.messages.part import PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

SETTLE_LOOKS = 30  # after the start, before a part that has said nothing is called well
LOOK_S = 0.1  # how often it is looked at a part; waiting for its news would load 2 kB of asyncio on a board
REST_S, REST_MAX_S = 0.5, 60.0  # between two reports of one part; longer while it comes and goes
CALM_MS = 10000  # a change later than this is no flapping


def watch(agent: "Any", parts: "dict[str, Any]") -> None:
    """One task for each part that has health. Call before the agent runs."""
    for name, part in parts.items():
        if hasattr(part, "health"):
            agent.begin("part " + name, lambda name=name, health=part.health: tell(agent, name, health))


async def tell(agent: "Any", name: str, health: "Any") -> None:
    """For ever: reports one part at the start, and whenever it changes.

    At most one report of a part waits in the outbox, so that a loose plug cannot crowd out what people ask; the next
    one says what is true then.
    """
    for _ in range(SETTLE_LOOKS):
        if health.fault:
            break
        await asyncio.sleep(LOOK_S)
    rest_s = REST_S
    while True:
        fault, at_ms = health.fault, now_ms()
        try:
            report = PartFault(part=name, fault=fault)
        except Malformed:  # a code that nobody declared
            report = PartFault(part=name, fault="broken")
        try:
            agent.ask(report)
        except Full:  # what people did goes first
            await asyncio.sleep(rest_s)
            continue
        while agent.outbox.find(report.boot, report.seq):
            await asyncio.sleep(LOOK_S)
        await asyncio.sleep(rest_s)
        while health.fault == fault:
            await asyncio.sleep(LOOK_S)
        rest_s = REST_S if now_ms() - at_ms > CALM_MS + 1000 * rest_s else min(2 * rest_s, REST_MAX_S)
