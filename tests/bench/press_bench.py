"""From the call key to the strip's message, with the whole building connected; and the same hops through a bare relay.

Both go through the same broker with the same devices connected. For the relay the hub is killed (its broker lives on),
and a process with the hub's account passes a message from the terminal's topic to the strip's, doing nothing else.
"""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from firmware.agent import Agent
from firmware.wire import topics
from firmware.wire.messages.base import Answer
from firmware.wire.messages.queue import (
    ShowWindow,
    TicketCall,
    TicketFinish,
    TicketIssued,
    TicketTake,
    WindowOpen,
)
from firmware.wire.messages.screen import ShowRegion
from simulators.hub_process import HubProcess
from tests.bench.hall import Presser, board_of

WINDOW, TERMINAL, STRIP, KIOSK = "sifa-w01", "sifa-call-01", "sifa-strip-1", "sifa-kiosk-1"
ANSWER_S = 15
PACE_S = 0.12  # between two presses: slower than a screen's shortest rest, quicker than any finger


class Clerk(Presser):
    """Presses when told, and waits for the answer or the screen."""

    ACCEPTS = (ShowWindow, TicketIssued)

    def __init__(self) -> None:
        super().__init__()
        self.ticket = ""
        self._answered = asyncio.Event()
        self.changed = asyncio.Event()

    def shown(self, show: Any, slot: int) -> None:
        self.ticket = show.ticket
        self.changed.set()

    def answered(self, request_name: str, answer: Answer) -> None:
        self._answered.set()

    async def ask(self, request: Any) -> None:
        self._answered.clear()
        self.outlet.ask(request)
        await asyncio.wait_for(self._answered.wait(), ANSWER_S)

    async def has_ticket(self, is_there: bool) -> None:
        while bool(self.ticket) != is_there:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), ANSWER_S)


class Strip(Presser):
    """Notes when something for its first region arrives."""

    ACCEPTS = (ShowRegion,)

    def __init__(self) -> None:
        super().__init__()
        self.arrived = asyncio.Event()
        self.arrived_at = 0.0
        self.newest: Any = None

    def shown(self, show: Any, slot: int) -> None:
        if slot == 0:
            self.arrived_at = time.perf_counter()
            self.newest = show
            self.arrived.set()


async def measure(hub: HubProcess, samples: int) -> tuple[list[float], list[float]]:
    """Seconds from press to strip, through the hub and through the relay; ``samples`` of each."""
    clerk, strip, kiosk = Clerk(), Strip(), Clerk()
    agents = {id: Agent(board_of(hub, id), role) for id, role in ((TERMINAL, clerk), (STRIP, strip), (KIOSK, kiosk))}
    tasks = [asyncio.create_task(agent.run()) for agent in agents.values()]
    try:
        await asyncio.wait_for(asyncio.gather(*(role.welcomed.wait() for role in (clerk, strip, kiosk))), 30)
        through_hub = await _calls(clerk, strip, kiosk, samples)
        hub.kill()
        through_relay = await _relayed(hub, agents[TERMINAL], strip, samples)
        return through_hub, through_relay
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _calls(clerk: Clerk, strip: Strip, kiosk: Clerk, samples: int) -> list[float]:
    await clerk.ask(WindowOpen())
    took = []
    for _ in range(samples):
        await kiosk.ask(TicketTake(service="sifa-legal-aid"))
        strip.arrived.clear()
        pressed_at = time.perf_counter()
        clerk.outlet.ask(TicketCall())
        await asyncio.wait_for(strip.arrived.wait(), ANSWER_S)
        took.append(strip.arrived_at - pressed_at)
        await clerk.has_ticket(True)
        await clerk.ask(TicketFinish(ticket=clerk.ticket))
        await clerk.has_ticket(False)
        await asyncio.sleep(PACE_S)
    return took


async def _relayed(hub: HubProcess, terminal: Agent, strip: Strip, samples: int) -> list[float]:
    """The terminal publishes a call as before; the relay answers with the strip's newest message, numbered anew."""
    source = topics.up("doumen", TERMINAL, TicketCall.name)
    target = topics.down("doumen", STRIP, ShowRegion.name, 0)
    payload = TicketCall(boot="relay", seq=1).encode()
    template = hub.folder / "relay.json"
    template.write_bytes(strip.newest.encode())
    relay = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.bench.relay",
            str(hub.folder),
            str(hub.mqtt_port),
            source,
            target,
            str(template),
        ),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert relay.stdout is not None
        await asyncio.wait_for(relay.stdout.readline(), ANSWER_S)  # it is connected
        took = []
        for number in range(samples):
            strip.arrived.clear()
            pressed_at = time.perf_counter()
            terminal.client.deliver(("relay", number), source, payload)
            await asyncio.wait_for(strip.arrived.wait(), ANSWER_S)
            took.append(strip.arrived_at - pressed_at)
            await asyncio.sleep(PACE_S)
        return took
    finally:
        relay.terminate()
        await relay.wait()


def press_to_strip(hub: HubProcess, folder: Path, samples: int = 150) -> dict[str, float]:
    """The figures, in milliseconds and as ratios, with all other devices of the building connected."""
    boards = folder / "boards"
    shutil.copytree(hub.boards, boards)
    for played_here in (TERMINAL, STRIP, KIOSK):
        (boards / f"{played_here}.json").unlink()
    options = ["--boards", str(boards), "--out", str(folder / "out"), "--site", str(hub.folder / "site.json")]
    building = subprocess.Popen([sys.executable, "-m", "simulators.building", *options], stdout=subprocess.DEVNULL)
    try:
        _wait_until_connected(hub)
        through_hub, through_relay = asyncio.run(measure(hub, samples))
    finally:
        building.terminate()
        building.wait(30)
    hub_ms, relay_ms = ([1000 * s for s in sorted(took)] for took in (through_hub, through_relay))
    figures = {}
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        ours, theirs = hub_ms[int(share * samples)], relay_ms[int(share * samples)]
        figures[f"press_to_strip_ms_{name}"] = ours
        figures[f"relay_ms_{name}"] = theirs
        figures[f"press_to_strip_ratio_{name}"] = ours / theirs
    return figures


def _wait_until_connected(hub: HubProcess) -> None:
    deadline = time.monotonic() + 60
    while True:
        devices = hub.get("/status")["devices"]
        if devices["online"] >= devices["all"] - 3:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{devices['online']} of {devices['all']} devices are online after a minute")
        time.sleep(0.2)
