"""A hub under load for the bench: the real process, real devices' agents over real MQTT, and what they measured."""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from firmware.agent import Agent
from firmware.wire.messages.base import Answer
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import ShowWindow, TicketCall, TicketFinish, TicketIssued, TicketTake, WindowOpen
from hub.broker.process import end_orphan
from simulators.hub_process import HubProcess


@contextmanager
def running_hub(broker: str = "nats") -> Iterator[HubProcess]:
    """A hub of the Doumen site in a folder of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    hub = HubProcess(folder / "hub", broker=broker)
    try:
        hub.start()
        yield hub
    finally:
        hub.stop()
        end_orphan(hub.folder / "broker")  # a hub that was killed leaves its broker running
        shutil.rmtree(folder, ignore_errors=True)


def board_of(hub: HubProcess, device: str, sync: bool = True) -> dict[str, Any]:
    """The device's board.json, its outbox folder made; ``sync``: its outbox waits for the disk."""
    board: dict[str, Any] = json.loads((hub.boards / f"{device}.json").read_text(encoding="utf-8")) | {"sync": sync}
    Path(board["data"]).mkdir(parents=True, exist_ok=True)
    return board


class Presser:
    """A role that asks again as soon as it is answered: one person after another, without a pause."""

    ACCEPTS: tuple[type, ...] = ()
    outlet: Any = None
    fault = ""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.took_s: list[float] = []
        self.is_running = False
        self.welcomed = asyncio.Event()
        self._asked_at = 0.0

    async def run(self) -> None:
        """Nothing by itself: answers drive it."""
        await asyncio.Event().wait()

    def connected(self, is_connected: bool) -> None:
        if is_connected:
            self.welcomed.set()

    def shown(self, show: Any, slot: int) -> None:
        """Screens are not what is measured."""

    def begin(self) -> None:
        self.is_running = True
        self.press()

    def press(self) -> None:
        self._asked_at = time.perf_counter()
        self.outlet.ask(self.next_request())

    def next_request(self) -> Any:
        raise TypeError("a presser that presses nothing")

    def answered(self, request_name: str, answer: Answer) -> None:
        self.took_s.append(time.perf_counter() - self._asked_at)
        self.answers.append(answer)
        if self.is_running:
            self.press()


class TakingKiosk(Presser):
    """A kiosk at which visitors take tickets of its hall's services in turn."""

    ACCEPTS = (TicketIssued,)

    def __init__(self, services: list[str]) -> None:
        super().__init__()
        self._services = services

    def next_request(self) -> TicketTake:
        return TicketTake(service=self._services[len(self.answers) % len(self._services)])


class CallingTerminal(Presser):
    """A clerk who calls the next visitor and finishes at once."""

    ACCEPTS = (ShowWindow,)

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.ticket = ""
        self._is_open = False

    def shown(self, show: Any, slot: int) -> None:
        if show.ticket != self.ticket:
            self.ticket = show.ticket
            if self.is_running and self.ticket:
                self.press()

    def next_request(self) -> Any:
        if not self._is_open:
            return WindowOpen()
        if self.ticket:
            return TicketFinish(ticket=self.ticket)
        return TicketCall()

    def answered(self, request_name: str, answer: Answer) -> None:
        self.answers.append(answer)
        if isinstance(answer, Refused):
            self.is_running = False
        elif request_name == "window/open":
            self._is_open = True
            self.press()
        elif request_name == "ticket/call":
            self.calls += 1  # the ticket comes with the window's screen, and then the press that finishes it
        elif self.is_running:
            self.ticket = ""
            self.press()


async def press_for(hub: HubProcess, pressers: dict[str, Presser], seconds: float) -> float:
    """Connects the agents, lets them press for so long, and gives the seconds it really took.

    Each real device has a disk of its own; here all share one, so their outboxes leave it to the system when bytes
    reach it. The hub's journal does not.
    """
    tasks = [asyncio.create_task(Agent(board_of(hub, id, False), role).run()) for id, role in pressers.items()]
    try:
        await asyncio.wait_for(asyncio.gather(*(role.welcomed.wait() for role in pressers.values())), 30)
        started = time.perf_counter()
        for role in pressers.values():
            role.begin()
        await asyncio.sleep(seconds)
        took = time.perf_counter() - started
        for role in pressers.values():
            role.is_running = False
        return took
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
