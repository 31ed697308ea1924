"""A line of keypads against a real hub with a real broker: two windows, one board, hands on the keys."""

import asyncio
from pathlib import Path

import pytest

from firmware.wire.messages.queue import TicketTake
from simulators.device import TaskDevice
from simulators.hub_process import HubProcess
from tests.hub.test_window_terminal import SITE

pytestmark = pytest.mark.system


async def until(is_so, what, limit_s=10):
    for _ in range(limit_s * 50):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(what + " did not happen")


def test_a_visitor_is_called_and_rates_while_the_next_keypad_is_dead(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    hub = HubProcess(tmp_path / "hub", site=str(site))
    hub.start()
    try:
        asyncio.run(asyncio.wait_for(story(hub), 40))
    finally:
        hub.stop()


async def story(hub: HubProcess) -> None:
    terminal = TaskDevice(hub.boards / "east-line.json")
    kiosk = TaskDevice(hub.boards / "east-kiosk-1.json")
    units = terminal.fittings.line.units
    for device in (terminal, kiosk):
        await device.start()
    try:
        await until(lambda: terminal.is_online and kiosk.is_online, "both devices online")
        units[4].unplug()

        def window() -> dict:
            return next(view for view in hub.get("/windows") if view["id"] == "east-w01")

        units[3].press("pause")  # of a closed window: it opens
        await until(lambda: window()["state"] == "open", "the open window")
        kiosk.agent.ask(TicketTake(service="east-tax"))
        await until(lambda: units[3].waiting == "001", "the count on the keypad")
        units[3].press("call")
        await until(lambda: units[3].number == "001", "the number on the keypad")
        units[3].press("finish")
        await until(lambda: units[3].asks == 1, "the question on the evaluator")
        units[3].rate(1)
        await until(lambda: any(ticket["level"] == 5 for ticket in hub.get("/tickets")), "the rating")

        def faults() -> dict:
            return next(view for view in hub.get("/devices") if view["id"] == "east-line")["parts"]

        await until(lambda: faults().get("unit-4") == "no_answer", "the report of the dead keypad")
        assert faults().get("unit-3", "") == ""
        units[4].plug_in()
        await until(lambda: "unit-4" not in faults(), "its recovery")
    finally:
        for device in (terminal, kiosk):
            await device.stop()
