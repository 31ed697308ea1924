"""The hub is killed again and again in a busy hour: every ticket that was acknowledged is there once, everywhere.

``HALLHUB_KILLS=200`` for the long version; a few are enough to see that the test still finds what it looks for.
"""

import asyncio
import json
import os
import random
import sqlite3
from pathlib import Path

import pytest

from firmware.agent import Agent
from firmware.wire.messages.queue import TicketIssued
from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from tests.bench.hall import TakingKiosk, board_of

pytestmark = pytest.mark.system

KILLS = int(os.environ.get("HALLHUB_KILLS", "6"))
KIOSKS = {
    "hukou-kiosk-1": "hukou",
    "shebao-kiosk-1": "shebao",
    "sifa-kiosk-1": "sifa",
    "gongjijin-kiosk-1": "gongjijin",
}
PAUSE_S = 0.05  # between a visitor and the next


class CalmKiosk(TakingKiosk):
    """One visitor after another, none before the one before has a ticket."""

    def answered(self, request_name: str, answer: object) -> None:
        self.answers.append(answer)  # type: ignore[arg-type]
        if self.is_running:
            asyncio.get_running_loop().call_later(PAUSE_S, self._next)

    def _next(self) -> None:
        if self.is_running:
            self.press()


def test_whatever_moment_the_hub_dies_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    platform = PlatformProcess(tmp_path / "platform")
    platform.start()
    hub = HubProcess(tmp_path / "hub", platform=platform.url, platform_token_file=platform.token_file)
    try:
        hub.start()
        papers = asyncio.run(an_hour_with_kills(hub, random.Random(KILLS)))
        assert len(papers) > 4 * KILLS
        assert len(set(papers)) == len(papers), "two visitors with one ticket"
        asyncio.run(until_told(hub))
        told = [json.loads(line) for line in platform.store.read_text(encoding="utf-8").splitlines()]
        arrived = [record["subject"] for record in told if record["type"] == "ticket.taken"]
        assert sorted(arrived) == sorted(f"ticket:{ticket}" for ticket in papers)
    finally:
        hub.stop()
        platform.stop()
    assert journalled(tmp_path / "hub" / "journal.db") == sorted(papers)


async def an_hour_with_kills(hub: HubProcess, dice: random.Random) -> list[str]:
    """The tickets that visitors hold, by their ids; each request was answered."""
    services = hub.get("/status")  # the hub is up
    assert services
    roles = {kiosk: CalmKiosk(services_of(hub, hall)) for kiosk, hall in KIOSKS.items()}
    agents = {kiosk: Agent(board_of(hub, kiosk, False), role) for kiosk, role in roles.items()}
    for agent in agents.values():
        agent.answer_ms, agent.hello_ms = 1000, 500  # a person in a test is less patient
    tasks = [asyncio.create_task(agent.run()) for agent in agents.values()]
    try:
        for role in roles.values():
            await asyncio.wait_for(role.welcomed.wait(), 30)
            role.begin()
        for _ in range(KILLS):
            await asyncio.sleep(dice.uniform(0.0, 1.2))  # the moment is what is tried
            hub.kill()
            await asyncio.to_thread(hub.start)
        for role in roles.values():
            role.is_running = False
        async with asyncio.timeout(60):
            while any(agent.outbox.entries for agent in agents.values()):
                await asyncio.sleep(0.02)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    answers = [answer for role in roles.values() for answer in role.answers]
    assert all(isinstance(answer, TicketIssued) for answer in answers), "nobody was refused"
    return [answer.ticket for answer in answers if isinstance(answer, TicketIssued)]


def services_of(hub: HubProcess, hall: str) -> list[str]:
    """What the windows of a hall serve."""
    return sorted({service for window in hub.get(f"/windows?hall={hall}") for service in window["services"]})


async def until_told(hub: HubProcess) -> None:
    """The platform has all."""
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(hub.get, "/platform"))["behind"]:
            await asyncio.sleep(0.1)


def journalled(path: Path) -> list[str]:
    """The tickets in the journal's file, which is sound."""
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT events FROM journal ORDER BY position").fetchall()
    finally:
        database.close()
    events = [event for (text,) in rows for event in json.loads(text)]
    return sorted(event["ticket"] for event in events if event["type"] == "TicketTaken")
