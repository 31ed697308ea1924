"""A reconnect storm: 400 agents connected, the broker killed in the middle of what they tell; who is back when.

Half of them tell the hub something in the moments before the broker dies, so that it is on its way and nobody knows
how far; the others while it is away.
"""

import asyncio
import csv
import json
import os
import signal
import subprocess
import sys
import time
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.agent import Agent
from firmware.kinds import KINDS
from firmware.wire.messages.base import Answer
from firmware.wire.messages.help import HelpPressed
from firmware.wire.messages.part import PartFault
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for

AGENTS = 400
CONNECT_S = 60.0
LAST_MOMENTS = 8  # before the broker's death, in each of which some tell something
MOMENT_S = 0.002

Origin = tuple[str, str, int]  # device, boot, seq


class Waiter:
    """A role that notes when it is welcome."""

    ACCEPTS: tuple[type, ...] = ()
    outlet: Any = None
    fault = ""

    def __init__(self) -> None:
        self.welcome_at = 0.0
        self.is_welcome = asyncio.Event()

    async def run(self) -> None:
        """Nothing by itself."""
        await asyncio.Event().wait()

    def connected(self, is_connected: bool) -> None:
        if is_connected:
            self.welcome_at = time.monotonic()
            self.is_welcome.set()
        else:
            self.is_welcome.clear()

    def answered(self, request_name: str, answer: Answer) -> None:
        """The outbox knows."""


class Watched(Agent):
    """An agent that notes when the broker took it in, and what it was to tell the hub."""

    def __init__(self, board: dict[str, Any]) -> None:
        super().__init__({**board, "sync": False}, Waiter())
        self.connected_at = 0.0
        self.told: list[Origin] = []

    def link_up(self) -> None:
        self.connected_at = time.monotonic()
        super().link_up()

    def tell(self) -> None:
        """What its kind may have to tell: a help button its press, the others that a part is broken."""
        is_button = self.kind == "help_button"
        request = HelpPressed() if is_button else PartFault(part=KINDS[self.kind].parts[0], fault="broken")
        self.ask(request)
        self.told.append((self.device, request.boot, request.seq))


@dataclass(frozen=True)
class Storm:
    """``connected_s``, ``back_s``: seconds from the broker's return until it took each agent in, the hub welcomed it.

    ``told``: what the agents were to tell the hub. ``in_flight``: how much of that had no answer when the broker died.
    """

    connected_s: tuple[float, ...]
    back_s: tuple[float, ...]
    told: tuple[Origin, ...]
    in_flight: int

    @property
    def all_back_s(self) -> float:
        return max(self.back_s)

    def most_connected_within(self, window_s: float) -> int:
        """How many connections the broker took in in the worst ``window_s``, wherever that begins."""
        times = sorted(self.connected_s)
        return max(bisect_left(times, at + window_s) - nth for nth, at in enumerate(times))


def storm(hub: HubProcess, folder: Path) -> Storm:
    """The hub must be running; devices are added until there are 400."""
    add_buttons(hub, folder, AGENTS - len(list(hub.boards.glob("*.json"))))
    return asyncio.run(_storm(hub))


def add_buttons(hub: HubProcess, folder: Path, count: int) -> None:
    """More help buttons than the building has, as an administrator would add them."""
    path = folder / "more.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "kind", "place", "floor"])
        rows.writerows([f"more-{number}", "help_button", f"{number} 号房", 1] for number in range(count))
    command = [sys.executable, "-m", "hub.cli.main", "--folder", str(hub.folder), "devices", "import", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    wait_for("the added devices have board files", lambda: len(list(hub.boards.glob("*.json"))) == AGENTS, 20)


async def _storm(hub: HubProcess) -> Storm:
    agents = [_agent(path) for path in sorted(hub.boards.glob("*.json"))]
    tasks = [asyncio.create_task(agent.run()) for agent in agents]
    try:
        await _all_welcome(agents)
        broker = (await asyncio.to_thread(hub.get, "/status"))["broker"]
        early, late = agents[::2], agents[1::2]
        for moment in range(LAST_MOMENTS):
            await asyncio.sleep(MOMENT_S)
            for agent in early[moment::LAST_MOMENTS]:
                agent.tell()
        os.kill(broker["pid"], signal.SIGKILL)
        in_flight = sum(len(agent.outbox.entries) for agent in agents)
        for agent in late:
            agent.tell()
        returned_at = await _return_of(hub)
        await _all_welcome(agents, since=returned_at)
        async with asyncio.timeout(CONNECT_S):
            while any(agent.outbox.entries for agent in agents):
                await asyncio.sleep(0.05)
        return Storm(
            connected_s=tuple(agent.connected_at - returned_at for agent in agents),
            back_s=tuple(agent.role.welcome_at - returned_at for agent in agents),
            told=tuple(origin for agent in agents for origin in agent.told),
            in_flight=in_flight,
        )
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _agent(path: Path) -> Watched:
    board = json.loads(path.read_text(encoding="utf-8"))
    Path(board["data"]).mkdir(parents=True, exist_ok=True)
    return Watched(board)


async def _all_welcome(agents: list[Watched], since: float = 0.0) -> None:
    async with asyncio.timeout(CONNECT_S):
        for agent in agents:
            while agent.role.welcome_at <= since or not agent.role.is_welcome.is_set():
                await asyncio.sleep(0.02)


async def _return_of(hub: HubProcess) -> float:
    """The moment from which the broker listens again."""
    async with asyncio.timeout(CONNECT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", hub.mqtt_port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return time.monotonic()
