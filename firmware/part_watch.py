"""Tells the hub how the parts of this device are. Loaded when a part has health (see drivers/health.py)."""

import asyncio

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.wire.messages.part import FAULTS, PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

SETTLE_S = 3  # after the start, before a part that has said nothing is called well
LOOK_S = 0.1  # how often it is looked whether the hub has answered
REST_S, REST_MAX_S = 0.5, 60.0  # between two reports of one part; longer while it comes and goes
CALM_MS = 10000  # a change later than this is no flapping


def watch(agent: "Any", parts: "dict[str, Any]") -> None:
    """One task for each part that has health. Call before the agent runs."""
    for name, part in parts.items():
        if hasattr(part, "health"):
            agent.begin("part " + name, PartWatch(agent, name, part.health).run)


class PartWatch:
    """Reports one part: at the start, and whenever it changes.

    At most one report of a part waits in the outbox, so that a loose plug cannot crowd out what people ask; the next
    one says what is true then.
    """

    def __init__(self, agent: "Any", name: str, health: "Any", settle_s: float = SETTLE_S) -> None:
        self._agent = agent
        self._name = name
        self._health = health
        self._settle_s = settle_s

    async def run(self) -> None:
        """For ever."""
        try:
            await asyncio.wait_for(self._health.changed(""), self._settle_s)
        except asyncio.TimeoutError:
            pass
        rest_s = REST_S
        while True:
            fault, at_ms = self._health.fault, now_ms()
            report = PartFault(part=self._name, fault=fault if fault in FAULTS or not fault else "broken")
            try:
                self._agent.ask(report)
            except Full:  # what people did goes first
                await asyncio.sleep(rest_s)
                continue
            while self._agent.outbox.find(report.boot, report.seq):
                await asyncio.sleep(LOOK_S)
            await asyncio.sleep(rest_s)
            await self._health.changed(fault)
            rest_s = REST_S if now_ms() - at_ms > CALM_MS + 1000 * rest_s else min(2 * rest_s, REST_MAX_S)
