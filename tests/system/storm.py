"""A reconnect storm: 400 agents connected, the broker killed, every help button pressed meanwhile; who is back when."""

import asyncio
import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.agent import Agent
from firmware.wire.messages.base import Answer
from firmware.wire.messages.help import HelpPressed
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for

AGENTS = 400
CONNECT_S = 60.0


class Waiter:
    """A role that notes when it is welcome, and presses when told."""

    ACCEPTS: tuple[type, ...] = ()
    outlet: Any = None
    fault = ""

    def __init__(self) -> None:
        self.welcome_at = 0.0
        self.is_welcome = asyncio.Event()
        self.answered_presses = 0

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
        self.answered_presses += 1


@dataclass(frozen=True)
class Storm:
    """``back_s``: seconds from the broker's return to the hub's welcome, of each agent. ``pressed``: help buttons."""

    back_s: tuple[float, ...]
    pressed: frozenset[str]

    @property
    def all_back_s(self) -> float:
        return max(self.back_s)

    def most_within(self, window_s: float) -> int:
        """How many came back in the same ``window_s`` at the worst."""
        return max(Counter(int(at / window_s) for at in self.back_s).values())


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
    agents: dict[str, Agent] = {}
    buttons = set()
    for path in sorted(hub.boards.glob("*.json")):
        board = json.loads(path.read_text(encoding="utf-8"))
        Path(board["data"]).mkdir(parents=True, exist_ok=True)
        agents[board["device"]] = Agent({**board, "sync": False}, Waiter())
        if board["kind"] == "help_button":
            buttons.add(board["device"])
    tasks = [asyncio.create_task(agent.run()) for agent in agents.values()]
    try:
        await _all_welcome(agents)
        broker = (await asyncio.to_thread(hub.get, "/status"))["broker"]
        os.kill(broker["pid"], signal.SIGKILL)
        for button in buttons:
            agents[button].ask(HelpPressed())
        returned_at = await _return_of(hub)
        await _all_welcome(agents, since=returned_at)
        back_s = tuple(agent.role.welcome_at - returned_at for agent in agents.values())
        async with asyncio.timeout(CONNECT_S):
            while not all(agents[button].role.answered_presses for button in buttons):
                await asyncio.sleep(0.05)
        return Storm(back_s, frozenset(buttons))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _all_welcome(agents: dict[str, Agent], since: float = 0.0) -> None:
    async with asyncio.timeout(CONNECT_S):
        for agent in agents.values():
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
