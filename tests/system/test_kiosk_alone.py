"""The hub is killed, visitors go on taking tickets, the hub comes back: all of them are called, nobody twice.

Real hub, broker, agents, roles and printers' bytes; a city platform that takes nothing out of order.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.words import words
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.hub_process import HubProcess
from simulators.pace import Change
from simulators.platform_process import PlatformProcess
from tests.system.small_site import small_site

pytestmark = pytest.mark.system

KIOSKS = ("east-kiosk-1", "east-kiosk-2")
SITE = small_site(dict.fromkeys(KIOSKS, "ticket_kiosk"), "offline_after_s = 3\noffline_numbers = 6\n")
OFFLINE = "【" + words("screen.ticket.offline") + "】"


async def until(what: str, is_so: Callable[[], object], within_s: float = 30) -> None:
    for _ in range(int(within_s / 0.05)):
        if is_so():
            return
        await Change().until(lambda: False, 0.05)
    raise AssertionError("waited in vain: " + what)


class Kiosk:
    """One kiosk, and the visitors before it."""

    def __init__(self, hub: HubProcess, id: str) -> None:
        self.device = TaskDevice(hub.boards / f"{id}.json", speed=20)
        self.screen, self._glass = there(self.device.fittings.screen), there(self.device.fittings.glass)
        self.tray = there(self.device.fittings.printer).tray

    def is_free(self, alone: bool) -> bool:
        """The broker may outlive the hub: then the first visitor finds out, by waiting."""
        return self.screen.page == "choose" and (alone or not self.screen.content.get("offline"))

    async def gives(self, alone: bool) -> str:
        """A visitor takes a ticket; its number."""
        await until(f"{self.device.id} offers tickets, alone: {alone}", lambda: self.is_free(alone))
        before = len(self.tray)
        for _ in range(3):  # whose touch came with a page's change touches again
            await self._glass.choose("east-tax", "zh", "none")
            if await there(self.device.fittings.printer).printed.until(lambda: len(self.tray) > before, 8):
                break
        paper = self.tray[-1]
        assert len(self.tray) == before + 1
        assert (OFFLINE in paper.lines) == alone
        return str(paper.number)

    def has_numbers(self) -> bool:
        """Its disk holds what it was lent."""
        path = Path(self.device._board["data"]) / "lease.json"
        return path.exists() and bool(json.loads(path.read_text(encoding="utf-8"))["leases"])


def command(hub: HubProcess, *what: str) -> str:
    line = [sys.executable, "-m", "hub.cli.main", "--folder", str(hub.folder), *what]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def test_visitors_who_came_while_the_hub_was_dead_are_all_called_once(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    platform = PlatformProcess(tmp_path / "platform")
    hub = HubProcess(tmp_path / "hub", site=str(site), platform=platform.url, platform_token_file=platform.token_file)
    try:
        platform.start()
        hub.start()
        asyncio.run(asyncio.wait_for(day(hub, platform), 120))
    finally:
        hub.stop()
        platform.stop()


async def day(hub: HubProcess, platform: PlatformProcess) -> None:
    kiosks = [Kiosk(hub, id) for id in KIOSKS]
    clerk = TaskDevice(hub.boards / "east-call-01.json", speed=20)
    is_dead = False
    for device in (clerk, *(kiosk.device for kiosk in kiosks)):
        await device.start()
    try:
        await until("both were lent numbers", lambda: all(kiosk.has_numbers() for kiosk in kiosks))
        papers = [await kiosks[0].gives(alone=False)]
        await asyncio.to_thread(hub.kill)
        is_dead = True
        for kiosk in (kiosks[0], kiosks[1], kiosks[0]):
            papers.append(await kiosk.gives(alone=True))
        await kiosks[1].device.cut_power()
        await kiosks[1].device.restore_power()
        papers.append(await kiosks[1].gives(alone=True))
        await asyncio.to_thread(hub.start)
        is_dead = False
        await until("all came", lambda: waiting(hub) == sorted(papers))
        assert sorted(papers) == ["A001", "A701", "A702", "A707", "A708"]
        papers.append(await kiosks[1].gives(alone=False))
        await all_are_called(clerk, papers)
        await compare(hub, platform, papers)
    finally:
        if is_dead:  # it takes its broker along only when it ends in order
            await asyncio.to_thread(hub.start)
        for device in (clerk, *(kiosk.device for kiosk in kiosks)):
            await device.stop()


def waiting(hub: HubProcess) -> list[str]:
    """What nobody holds, since its kiosk had not waited for the answer, is taken out of the line again."""
    return sorted(ticket["number"] for ticket in hub.get("/tickets") if ticket["state"] == "waiting")


async def all_are_called(clerk: TaskDevice, papers: list[str]) -> None:
    """In the order in which they came; of two kiosks as far as their clocks agree, which is a moment of the network."""
    keypad, screen = there(clerk.fittings.keypad), there(clerk.fittings.screen)

    def shown() -> Any:
        return screen.content.get("show")

    await until("the terminal", lambda: shown() is not None)
    keypad.press("open")
    await until("the window is open", lambda: shown().state == "open")
    called = []
    for _ in papers:
        keypad.press("call")
        await until("a call", lambda: shown().ticket_state == "called")
        called.append(shown().number)
        keypad.press("finish")
        await until("finished", lambda: not shown().number)
    assert sorted(called) == sorted(papers)
    assert (called[0], called[-1]) == (papers[0], papers[-1])
    for own in (papers[1:5:2], papers[2:5:2]):
        assert [number for number in called if number in own] == own


async def compare(hub: HubProcess, platform: PlatformProcess, papers: list[str]) -> None:
    """Paper, hub and platform know the same, each once; the report says what happened."""
    tickets = await asyncio.to_thread(hub.get, "/tickets")
    assert sorted(ticket["number"] for ticket in tickets if ticket["state"] == "finished") == sorted(papers)
    assert all(ticket["state"] == "expired" for ticket in tickets if ticket["number"] not in papers)

    def received() -> list[tuple[str, int, int]]:
        told = platform.get("/received")["tickets"]
        counts = {id[9:]: (types.count("ticket.taken"), types.count("ticket.finished")) for id, types in told.items()}
        return sorted((number, *count) for number, count in counts.items() if count != (1, 0))

    await until("the platform knows each once", lambda: received() == sorted((number, 1, 1) for number in papers))
    as_told = [json.loads(line) for line in platform.store.read_text(encoding="utf-8").splitlines()]
    taken = {one["facts"]["number"]: one for one in as_told if one["type"] == "ticket.taken"}
    assert {n for n, one in taken.items() if one["facts"]["was_offline"]} >= set(papers[1:5])
    assert all((taken[n]["facts"]["taken_at"] < taken[n]["at"]) == (n in papers[1:5]) for n in papers)
    views = await asyncio.to_thread(hub.get, "/outages")
    reports = {view["kiosk"]: view for view in views}
    assert len(views) == len(KIOSKS), "each was alone once, whatever happened to it meanwhile"
    assert {id: reports[id]["numbers"] for id in KIOSKS} == {KIOSKS[0]: papers[1:5:2], KIOSKS[1]: papers[2:5:2]}
    assert all(view["since_ms"] < view["until_ms"] and not view["turned_away"] for view in reports.values())
    said = await asyncio.to_thread(command, hub, "kiosks", "offline")
    assert "A701-A702" in said
    assert KIOSKS[1] in await asyncio.to_thread(command, hub, "status")
