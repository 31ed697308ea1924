"""A busy day: real agents take, call, finish and rate as fast as the hub answers; and what the journal says of it."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

from firmware.agent import Agent
from firmware.wire.messages.base import Answer
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import Evaluate, ShowWindow, TicketCall, TicketFinish, TicketIssued, WindowOpen
from simulators.hub_process import HubProcess
from tests.bench.hall import Presser, TakingKiosk, board_of

LEVELS = (5, 0, 4, 5, 0, 2, 0, 5, 3, 0)  # of ten visitors six rate, one of them poorly
TOLD = {
    "TicketTaken": "ticket.taken",
    "TicketCalled": "ticket.called",
    "TicketServed": "ticket.served",
    "TicketFinished": "ticket.finished",
    "ServiceRated": "service.rated",
}


class Rater(Presser):
    """An evaluation terminal: whoever was served presses a key, or does not."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.served = 0

    def served_one(self, ticket: str) -> None:
        level = LEVELS[self.served % len(LEVELS)]
        self.served += 1
        if level:
            self.asked += 1
            self.outlet.ask(Evaluate(ticket=ticket, level=level))

    def answered(self, request_name: str, answer: Answer) -> None:
        self.answers.append(answer)


class Clerk(Presser):
    """Calls whoever waits and finishes at once; ``calls_s``: how long each call took to be answered."""

    ACCEPTS = (ShowWindow,)

    def __init__(self, rater: Rater) -> None:
        super().__init__()
        self.waiting = 0
        self.finished = 0
        self.ticket = ""
        self._rater = rater
        self._is_open = self._is_busy = False

    def visitor(self) -> None:
        """One more took a ticket."""
        self.waiting += 1
        if not self._is_busy:
            self._is_busy = True
            self.press()

    def shown(self, show: Any, slot: int) -> None:
        if self._is_busy and show.ticket != self.ticket:
            self.ticket = show.ticket
            if self.ticket:
                self.press()

    def next_request(self) -> Any:
        if not self._is_open:
            return WindowOpen()
        return TicketFinish(ticket=self.ticket) if self.ticket else TicketCall()

    def answered(self, request_name: str, answer: Answer) -> None:
        assert not isinstance(answer, Refused), f"{request_name}: {answer}"
        if request_name == "ticket/call":
            self.took_s.append(time.perf_counter() - self._asked_at)
            self.waiting -= 1  # who came is on the screen in a moment
            return
        if request_name == "window/open":
            self._is_open = True
        else:
            self._rater.served_one(self.ticket)
            self.finished += 1
            self.ticket = ""
        self._is_busy = self.waiting > 0
        if self._is_busy:
            self.press()


class Kiosk(TakingKiosk):
    """One visitor after another, so many as are let in."""

    def __init__(self, services: list[str], clerk: Clerk) -> None:
        super().__init__(services)
        self.left = 0
        self._clerk = clerk

    def let_in(self, visitors: int) -> None:
        self.left = visitors
        if visitors:
            self.press()

    def answered(self, request_name: str, answer: Answer) -> None:
        assert isinstance(answer, TicketIssued), answer
        self.took_s.append(time.perf_counter() - self._asked_at)
        self.answers.append(answer)
        self.left -= 1
        self._clerk.visitor()
        if self.left:
            self.press()


class Building:
    """The first window of some halls, their kiosks and evaluation terminals; connected while the block lasts."""

    def __init__(self, hub: HubProcess, halls: int) -> None:
        self._hub = hub
        self._agents: list[Agent] = []
        self.kiosks: list[Kiosk] = []
        self.clerks: list[Clerk] = []
        self.raters: list[Rater] = []
        site = json.loads((hub.folder / "site.json").read_text(encoding="utf-8"))
        kiosks = {device["hall"]: device["id"] for device in site["devices"] if device["kind"] == "ticket_kiosk"}
        windows = [one for one in site["windows"] if one["number"] == 1 and one["hall"] in kiosks]
        for window in windows[:halls]:
            rater = Rater()
            clerk = Clerk(rater)
            kiosk = Kiosk(window["services"], clerk)
            self._add(window["evaluation_terminal"], rater, self.raters)
            self._add(window["call_terminal"], clerk, self.clerks)
            self._add(kiosks[window["hall"]], kiosk, self.kiosks)

    def _add(self, device: str, role: Any, roles: list[Any]) -> None:
        self._agents.append(Agent(board_of(self._hub, device, sync=False), role))
        roles.append(role)

    async def __aenter__(self) -> "Building":
        self._tasks = [asyncio.create_task(agent.run()) for agent in self._agents]
        everyone = [*self.kiosks, *self.clerks, *self.raters]
        await asyncio.wait_for(asyncio.gather(*(role.welcomed.wait() for role in everyone)), 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def visitors(self, count: int, within_s: float = 120) -> tuple[list[float], list[float]]:
        """So many come, are served and leave. Seconds that each take and each call waited for its answer."""
        before = [len(one.took_s) for one in (*self.kiosks, *self.clerks)]
        share, rest = divmod(count, len(self.kiosks))
        for at, kiosk in enumerate(self.kiosks):
            kiosk.let_in(share + (at < rest))
        await until("everybody was served and rated", self._is_quiet, within_s)
        new = [one.took_s[at:] for one, at in zip((*self.kiosks, *self.clerks), before, strict=True)]
        takes, calls = new[: len(self.kiosks)], new[len(self.kiosks) :]
        return [*chain(*takes)], [*chain(*calls)]

    def _is_quiet(self) -> bool:
        taken = sum(len(kiosk.answers) for kiosk in self.kiosks)
        return (
            not any(kiosk.left for kiosk in self.kiosks)
            and sum(clerk.finished for clerk in self.clerks) == taken
            and all(len(rater.answers) == rater.asked for rater in self.raters)
        )

    def tickets(self) -> list[str]:
        """What visitors hold."""
        return [answer.ticket for kiosk in self.kiosks for answer in kiosk.answers if isinstance(answer, TicketIssued)]


async def until(what: str, is_so: Callable[[], object], within_s: float) -> None:
    """Looks without holding up the agents. TimeoutError names ``what``."""
    deadline = time.monotonic() + within_s
    while not await asyncio.to_thread(is_so):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within_s:.0f} s in vain: {what}")
        await asyncio.sleep(0.01)


def journalled(journal: Path) -> dict[str, list[str]]:
    """Ticket → what happened to it, in order and in the platform's words, out of the file itself."""
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT events FROM journal ORDER BY position").fetchall()
    finally:
        database.close()
    found: dict[str, list[str]] = {}
    for event in (event for (text,) in rows for event in json.loads(text)):
        if event["type"] in TOLD:
            found.setdefault(event["ticket"], []).append(TOLD[event["type"]])
    return found


def stored_ids(store: Path) -> list[str]:
    """Of all that the platform accepted, as often as it did."""
    return [json.loads(line)["id"] for line in store.read_text(encoding="utf-8").splitlines()]
