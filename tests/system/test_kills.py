"""The hub is killed again and again in a busy hour: each acknowledged act is done once, everywhere.

``make kills`` does it 200 times; a few are enough to see that the test still finds what it looks for.
"""

import asyncio
import json
import os
import random
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from firmware.agent import Agent
from firmware.wire.messages.base import Answer
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import (
    Evaluate,
    ShowEvaluation,
    ShowWindow,
    TicketCall,
    TicketFinish,
    TicketIssued,
    TicketRecall,
    TicketServe,
    TicketTake,
    TicketTransfer,
    WindowOpen,
)
from hub.engine.events import Entry
from hub.engine.plan import Plan, Window
from hub.journal import Journal
from hub.platform.contract import Record, records
from hub.site_file import load
from hub.sites import find
from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from tests.bench.hall import Presser, board_of

pytestmark = pytest.mark.system

KILLS = int(os.environ.get("HALLHUB_KILLS", "4"))
HALLS = ("hukou", "shebao", "sifa", "gongjijin")
PAUSE_S = 0.05  # between an act and the next
TOLD_AS = {  # what is asked for → the record by which the platform hears of it
    "ticket/take": "ticket.taken",
    "window/open": "window.opened",
    "ticket/call": "ticket.called",
    "ticket/recall": "ticket.recalled",
    "ticket/serve": "ticket.served",
    "ticket/finish": "ticket.finished",
    "ticket/transfer": "ticket.transferred",
    "evaluation/rate": "service.rated",
}


class Calm(Presser):
    """One act after another, none before the one before was acknowledged; it remembers under which number that was."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice
        self.acknowledged: list[tuple[str, Answer]] = []
        self.show: Any = None

    def begin(self) -> None:
        self.is_running = True
        self._next()

    def shown(self, show: Any, slot: int) -> None:
        self.show = show

    def answered(self, request_name: str, answer: Answer) -> None:
        self.acknowledged.append((request_name, answer))
        self._later()

    def _next(self) -> None:
        request = self.next_request() if self.is_running else None
        if request is None:
            self._later()
        else:
            self.outlet.ask(request)

    def _later(self) -> None:
        if self.is_running:
            asyncio.get_running_loop().call_later(PAUSE_S, self._next)


class CalmKiosk(Calm):
    """Visitors who take tickets of the window's services in turn."""

    ACCEPTS = (TicketIssued,)

    def __init__(self, dice: random.Random, services: tuple[str, ...]) -> None:
        super().__init__(dice)
        self._services = services

    def next_request(self) -> TicketTake:
        return TicketTake(service=self._services[len(self.acknowledged) % len(self._services)])


class CalmClerk(Calm):
    """Calls, calls again, serves, finishes, sends on: whatever the screen allows."""

    ACCEPTS = (ShowWindow,)

    def __init__(self, dice: random.Random, services: tuple[str, ...]) -> None:
        super().__init__(dice)
        self._services = services

    def next_request(self) -> Any:
        show = self.show
        if show is None:
            return None
        if show.state != "open":
            return WindowOpen()
        if not show.ticket:
            return TicketCall() if show.waiting else None
        if show.ticket_state == "called":
            return self.dice.choice((TicketServe, TicketServe, TicketRecall))(ticket=show.ticket)
        if self.dice.random() < 0.3:
            return TicketTransfer(ticket=show.ticket, service=self.dice.choice(self._services))
        return TicketFinish(ticket=show.ticket)


class CalmRater(Calm):
    """Whoever was served, at the evaluation terminal."""

    ACCEPTS = (ShowEvaluation,)
    rated = ""

    def next_request(self) -> Any:
        if self.show is None or self.show.ticket in ("", self.rated):
            return None
        self.rated = self.show.ticket
        return Evaluate(ticket=self.rated, level=self.dice.randint(3, 5))


def test_whatever_moment_the_hub_dies_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    plan = load(find("doumen"))
    platform = PlatformProcess(tmp_path / "platform")
    platform.start()
    hub = HubProcess(tmp_path / "hub", platform=platform.url, platform_token_file=platform.token_file)
    try:
        hub.start()
        roles = asyncio.run(an_hour_with_kills(hub, plan, random.Random(KILLS)))
        asyncio.run(until_told(hub))
    finally:
        hub.stop()
        platform.stop()
    acknowledged = {
        (device, answer.boot, answer.seq): (name, answer)
        for device, role in roles.items()
        for name, answer in role.acknowledged
    }
    assert len(acknowledged) == sum(len(role.acknowledged) for role in roles.values()), "one act, two answers"
    entries, epoch = journalled(tmp_path / "hub" / "journal.db")
    by_origin = Counter(
        (entry.origin.device, entry.origin.boot, entry.origin.seq) for entry in entries if entry.origin is not None
    )
    assert by_origin == Counter(acknowledged.keys()), "each acknowledged act once, and no act that nobody heard of"
    told = Counter(json.loads(line)["id"] for line in platform.store.read_text(encoding="utf-8").splitlines())
    expected = [record.id for entry in entries for record in records(plan, epoch, entry)]
    assert told == Counter(expected), "each record once"
    done = led_to(plan, epoch, entries, acknowledged)
    assert {name for name, _ in done} == set(TOLD_AS)
    assert [name for name, types in done if TOLD_AS[name] not in types] == []
    papers = [answer.ticket for _, answer in acknowledged.values() if isinstance(answer, TicketIssued)]
    assert len(papers) == sum(name == "ticket/take" for name, _ in done) > 4 * KILLS
    assert len(set(papers)) == len(papers), "two visitors with one ticket"
    refused = [answer.code for _, answer in acknowledged.values() if isinstance(answer, Refused)]
    assert len(refused) < len(acknowledged) // 10, Counter(refused)
    print(f"{KILLS} kills: {len(acknowledged)} acts acknowledged, {len(entries)} entries, {len(expected)} records")
    print(dict(Counter(name for name, _ in done)), "refused:", dict(Counter(refused)))


def led_to(
    plan: Plan, epoch: int, entries: list[Entry], acknowledged: dict[tuple[str, str, int], tuple[str, Answer]]
) -> list[tuple[str, set[str]]]:
    """Of each act that was done: what was asked for, and the types of the records that came of it."""
    done = []
    for entry in entries:
        if entry.origin is not None:
            name, answer = acknowledged[entry.origin.device, entry.origin.boot, entry.origin.seq]
            if not isinstance(answer, Refused):
                made: list[Record] = records(plan, epoch, entry)
                done.append((name, {record.type for record in made}))
    return done


async def an_hour_with_kills(hub: HubProcess, plan: Plan, dice: random.Random) -> dict[str, Calm]:
    """Who was at work, by device; each act was answered."""
    roles = people(plan, dice)
    agents = {device: Agent(board_of(hub, device, False), role) for device, role in roles.items()}
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
        await all_kinds_done(roles)
        for role in roles.values():
            role.is_running = False
        async with asyncio.timeout(60):
            while any(agent.outbox.entries for agent in agents.values()):
                await asyncio.sleep(0.02)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return roles


def people(plan: Plan, dice: random.Random) -> dict[str, Calm]:
    """At one window of each hall: a kiosk that gives its tickets, a clerk, a rater."""
    roles: dict[str, Calm] = {}
    for hall in HALLS:
        window: Window = next(one for one in plan.windows if one.hall == hall and one.evaluation_terminal)
        roles[f"{hall}-kiosk-1"] = CalmKiosk(dice, window.services)
        roles[window.call_terminal] = CalmClerk(dice, window.services)
        roles[window.evaluation_terminal] = CalmRater(dice)
    return roles


async def all_kinds_done(roles: dict[str, Calm]) -> None:
    """Until every kind of act was acknowledged: after a few kills the rarest may still be missing."""

    def acts() -> set[str]:
        done = [name for role in roles.values() for name, it in role.acknowledged if not isinstance(it, Refused)]
        return set(done)

    async with asyncio.timeout(30):
        while acts() != set(TOLD_AS):
            await asyncio.sleep(0.05)


async def until_told(hub: HubProcess) -> None:
    """The platform has all."""
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(hub.get, "/platform"))["behind"]:
            await asyncio.sleep(0.1)


def journalled(path: Path) -> tuple[list[Entry], int]:
    """All entries of the journal, whose file is sound, and its epoch."""
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        database.close()
    journal = Journal(f"sqlite:///{path}")
    journal.open()
    try:
        assert journal.verify() == []
        return journal.entries(0, 10_000_000), journal.epoch
    finally:
        journal.close()
