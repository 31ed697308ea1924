"""A kiosk's printer in trouble, from the roll of paper to the words at the desk: real hub, real broker, real agent."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from firmware.words import words
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.hub_process import HubProcess
from simulators.pace import Change

pytestmark = pytest.mark.system

KIOSK, HALL = "gongjijin-kiosk-1", "gongjijin"
REPRINT = "【" + words("screen.ticket.reprint") + "】"
TWO_REPORTS_S = 2.5  # a part is well, and at once is not: rests of 0.5 and 1 s before, and the way to the hub


def test_a_ticket_outlives_the_paper_and_the_power_and_the_hub_knows_why_it_waits(tmp_path: Path) -> None:
    play(tmp_path, visit)


def play(folder: Path, story: Callable[[HubProcess], Coroutine[Any, Any, None]]) -> None:
    hub = HubProcess(folder / "hub")
    hub.start()
    try:
        asyncio.run(asyncio.wait_for(story(hub), 60))
    finally:
        hub.stop()


def hub_says(hub: HubProcess) -> str:
    command = [sys.executable, "-m", "hub.cli.main", "--folder", str(hub.folder), "status"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


async def told(hub: HubProcess, parts: dict[str, str]) -> None:
    """The hub has heard how the parts of the kiosk are."""
    for _ in range(400):
        found: dict[str, Any] = await asyncio.to_thread(hub.get, f"/devices/{KIOSK}")
        if found["parts"] == parts:
            return
        await Change().until(lambda: False, 0.05)
    raise AssertionError(f"the hub says {found['parts']}, expected {parts}")


async def visit(hub: HubProcess) -> None:
    kiosk = TaskDevice(hub.boards / f"{KIOSK}.json", speed=20)
    glass, screen = there(kiosk.fittings.glass), there(kiosk.fittings.screen)
    printer = there(kiosk.fittings.printer)
    service = next(s["id"] for s in hub.get("/site")["services"] if s["hall"] == HALL)

    await kiosk.start()
    assert await screen.changed.until(lambda: screen.page == "choose", 20)
    await told(hub, {})
    printer.come_near_the_end()
    await told(hub, {"printer": "paper_low"})
    assert screen.page == "choose", "it still prints"

    printer.run_out_of_paper(after_rows=300)
    await glass.choose(service, "zh", "none")
    assert await screen.changed.until(lambda: screen.page == "out_of_service", 20)
    await told(hub, {"printer": "paper_out"})
    said = await asyncio.to_thread(hub_says, hub)
    assert f"{KIOSK}: {words('part.printer')}: {words('fault.paper_out')}" in said
    assert printer.tray == []

    await kiosk.cut_power()
    printer.put_paper_in()
    await kiosk.restore_power()
    assert await printer.printed.until(lambda: bool(printer.tray and printer.tray[-1].codes), 20)
    await told(hub, {})
    paper = printer.tray[-1]
    assert REPRINT in paper.lines
    (ticket,) = await asyncio.to_thread(hub.get, "/tickets")
    assert (paper.number, [code.partition(".")[0] for code in paper.codes]) == (ticket["number"], [ticket["id"]])
    assert [whole.number for whole in printer.tray + printer.scraps if whole.codes] == [ticket["number"]]

    assert await screen.changed.until(lambda: screen.page == "choose", 20)
    for _ in range(3):  # a visitor whose touch came with the page's change touches again
        await glass.choose(service, "zh", "none")
        if await printer.printed.until(lambda: printer.tray[-1].number != paper.number, 3):
            break
    assert printer.tray[-1].number != paper.number
    assert REPRINT not in printer.tray[-1].lines
    await kiosk.stop()


def test_a_printer_that_comes_and_goes_is_told_each_time_without_delay(tmp_path: Path) -> None:
    play(tmp_path, loose_plug)


async def loose_plug(hub: HubProcess) -> None:
    kiosk = TaskDevice(hub.boards / f"{KIOSK}.json")
    printer = there(kiosk.fittings.printer)
    printer.cut_power()
    await kiosk.start()
    ((_, fault),) = (await trouble(hub)).items()
    started = time.monotonic()
    printer.restore_power()
    await told(hub, {})
    printer.cut_power()
    await told(hub, {"printer": fault})
    took_s = time.monotonic() - started
    assert took_s < TWO_REPORTS_S
    await kiosk.stop()


async def trouble(hub: HubProcess) -> dict[str, str]:
    """What the hub first hears of the parts of the kiosk."""
    async with asyncio.timeout(20):
        while not (found := (await asyncio.to_thread(hub.get, f"/devices/{KIOSK}"))["parts"]):
            await Change().until(lambda: False, 0.05)
    return dict(found)
