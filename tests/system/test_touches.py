"""What is touched at a kiosk and at a window: a group, two services of one visit, who comes back, why one pauses."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from firmware.screens import call_terminal
from firmware.screens.touch import TouchPageScreen
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.hub_process import HubProcess
from simulators.parts.screen import SimulatedGlass
from simulators.platform_process import PlatformProcess
from simulators.server_process import wait_for
from tests.system.small_site import small_site

pytestmark = pytest.mark.system

SITE = (
    small_site({"east-kiosk-1": "ticket_kiosk"}, "group_max = 4\n")
    .replace('name = "办税" }]', 'name = "办税" }, { id = "east-land", prefix = "B", name = "不动产" }]')
    .replace(
        "windows = [",
        'windows = [{ id = "east-w02", number = 2, services = ["east-land"], call_terminal = "east-call-02" }, ',
    )
)


class Clerk:
    """A call terminal with a touch screen, and the finger on it."""

    def __init__(self, hub: HubProcess, id_: str) -> None:
        self.device = TaskDevice(hub.boards / f"{id_}.json", speed=8)
        self.screen = there(self.device.fittings.screen)
        self.glass = SimulatedGlass(self.screen)
        touch = TouchPageScreen(self.screen, self.glass, call_terminal.PAGES, dead_ms=0)
        self.device.fittings.parts["screen"] = touch

    async def touch(self, *buttons: str, state: str = "", number: str | None = None) -> None:
        """One button after another, the first when the page can take it; then until the page says so."""
        assert await self.screen.changed.until(self._is_ready, 10), self.screen.content
        for button in buttons:
            await self.glass.push(button)
            await asyncio.sleep(0)
        assert await self.screen.changed.until(lambda: self._says(state, number), 10), (buttons, self.screen.content)

    def _is_ready(self) -> bool:
        content = self.screen.content
        return bool(self.screen.page == "window" and content["is_connected"] and not content["is_waiting"])

    def _says(self, state: str, number: str | None) -> bool:
        if self.screen.page != "window" or self.screen.content["show"] is None:
            return False
        show = self.screen.content["show"]
        return (not state or state in (show.state, show.ticket_state)) and number in (None, show.number)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[HubProcess, PlatformProcess]]:
    (tmp_path / "site.toml").write_text(SITE, encoding="utf-8")
    platform = PlatformProcess(tmp_path / "platform")
    hub = HubProcess(
        tmp_path / "hub",
        site=str(tmp_path / "site.toml"),
        platform=platform.url,
        platform_token_file=platform.token_file,
    )
    platform.start()
    try:
        hub.start()
        yield hub, platform
    finally:
        hub.stop()
        platform.stop()


def test_what_is_touched_is_done_and_told(both: tuple[HubProcess, PlatformProcess]) -> None:
    hub, platform = both
    asyncio.run(asyncio.wait_for(a_morning(hub), 60))
    wait_for("the platform has everything", lambda: hub.get("/platform")["behind"] == 0, 20)
    received = [json.loads(line) for line in platform.store.read_text(encoding="utf-8").splitlines()]
    records = list(records_in(received))
    assert [one["facts"]["reason"] for one in records if one["type"] == "window.paused"] == ["午餐"]
    sent = [(one["facts"]["to_service"]) for one in records if one["type"] == "ticket.transferred"]
    back = [(one["facts"]["to_window"]) for one in records if one["type"] == "ticket.returned"]
    assert (sent, back) == (["east-land", "east-land"], ["east-w01"])


def records_in(received: Any) -> Iterator[dict[str, Any]]:
    """The records among what the platform noted, however deep they lie."""
    if isinstance(received, dict) and "facts" in received:
        yield received
    elif isinstance(received, dict | list):
        for one in received.values() if isinstance(received, dict) else received:
            yield from records_in(one)


async def a_morning(hub: HubProcess) -> None:
    async with AsyncExitStack() as stack:
        kiosk = TaskDevice(hub.boards / "east-kiosk-1.json", speed=8)
        tax, land = Clerk(hub, "east-call-01"), Clerk(hub, "east-call-02")
        for device in (kiosk, tax.device, land.device):
            await device.start()
            stack.push_async_callback(device.stop)
        await tax.touch("open", state="open")
        await land.touch("open", state="open")
        glass, screen = there(kiosk.fittings.glass), there(kiosk.fittings.screen)
        assert await screen.changed.until(lambda: screen.page == "choose", 20)
        for persons in (2, 3, 4):
            await glass.push("persons:1")
            assert await screen.changed.until(lambda wanted=persons: screen.content["persons"] == wanted, 10)
        assert screen.content["show"].group_max == 4
        paper = await take(kiosk, "east-tax")
        assert "同行 4 人" in " ".join(paper.lines)
        await glass.push("further")
        assert await screen.changed.until(lambda: screen.page == "choose" and screen.content["further"] == "A001", 10)
        printer = there(kiosk.fittings.printer)
        await glass.push("service:east-land")
        assert await printer.printed.until(lambda: len(printer.tray) == 2, 10)
        assert printer.tray[1].number == "B001"
        await at_one_window_at_a_time(tax, land)
        await take(kiosk, "east-tax")
        await there_and_back(tax, land)
        await later(tax, land)


async def take(kiosk: TaskDevice, service: str) -> Any:
    """A ticket, from the touch to the paper."""
    printer, screen = there(kiosk.fittings.printer), there(kiosk.fittings.screen)
    before = len(printer.tray)
    assert await screen.changed.until(lambda: screen.page == "choose", 20)
    await there(kiosk.fittings.glass).choose(service)
    assert await printer.printed.until(lambda: len(printer.tray) > before, 10)
    return printer.tray[-1]


async def at_one_window_at_a_time(tax: Clerk, land: Clerk) -> None:
    """Both papers are one visitor's: while the one is called nobody calls the other."""
    await tax.touch("call", number="A001")
    assert tax.screen.content["show"].persons == 4
    await land.touch("call")
    assert await land.screen.changed.until(lambda: str(land.screen.content["code"]).startswith("refused."), 10)
    assert land.screen.content["show"].number == ""
    await tax.touch("finish", number="")
    await land.touch("call", number="B001")
    assert land.screen.content["show"].persons == 4
    await land.touch("finish", number="")


async def there_and_back(tax: Clerk, land: Clerk) -> None:
    """The visitor is sent to the other window, and back to the first one when that is done."""
    await tax.touch("call", number="A002")
    await tax.touch("transfer", "back_here", "transfer:east-land", number="")
    await land.touch("call", number="A002")
    await land.touch("finish", number="")
    await tax.touch("call", number="A002")


async def later(tax: Clerk, land: Clerk) -> None:
    """Sent on for later nobody can call the visitor now; the window goes to lunch."""
    await tax.touch("transfer", "later:10", "transfer:east-land", number="")
    await land.touch("call")
    assert await land.screen.changed.until(lambda: str(land.screen.content["code"]).startswith("refused."), 10)
    await tax.touch("pause", "pause:午餐", state="paused")
