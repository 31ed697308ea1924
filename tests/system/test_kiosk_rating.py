"""From the paper to the city platform: a visitor is served and rates at a kiosk, another on the phone; each once."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import zxingcpp

from drivers.code_scanner import CodeScanner, SerialCodes
from drivers.linux.serial_port import SerialPort
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.hub_process import HubProcess
from simulators.parts.scanner import SerialScanner
from simulators.parts.screen import SimulatedScreen
from simulators.parts.serial_line import PtyLine
from simulators.platform_process import PlatformProcess
from simulators.server_process import free_port, wait_for
from tests.system.small_site import small_site

pytestmark = pytest.mark.system

WINDOW = 'call_terminal = "east-call-01"'
SITE = small_site({"east-kiosk-1": "ticket_kiosk"}).replace(WINDOW, WINDOW + ', evaluation_terminal = "east-eval-01"')
REMARK = "1357924680等"  # in the visitor's own words


class Hall:
    """One kiosk with a scanner, one window with both terminals; and the hands on them."""

    def __init__(self, hub: HubProcess, folder: Path) -> None:
        self.hub = hub
        self.kiosk, self.call, self.rate = (
            TaskDevice(hub.boards / f"{id}.json", speed=8) for id in ("east-kiosk-1", "east-call-01", "east-eval-01")
        )
        self._line = PtyLine(str(folder / "scanner"), lambda data: None)
        self._port = SerialPort(self._line.path, 9600)
        self.kiosk.fittings.parts["scanner"] = CodeScanner(SerialCodes(self._port))
        self.scanner = SerialScanner(self._line.say)
        self.screen = there(self.kiosk.fittings.screen)
        self.asking = there(self.rate.fittings.screen)

    async def __aenter__(self) -> "Hall":
        for device in (self.kiosk, self.call, self.rate):
            await device.start()
        for device in (self.kiosk, self.call, self.rate):
            assert await device.changed.until(lambda device=device: device.is_online, 20), device.id
        await shows(self.screen, "choose")
        await self.press("open", "open")
        return self

    async def __aexit__(self, *_: object) -> None:
        for device in (self.kiosk, self.call, self.rate):
            await device.stop()
        self._port.close()
        self._line.pull()

    async def take(self) -> Any:
        """A ticket, from the touch to the paper."""
        printer = there(self.kiosk.fittings.printer)
        before = len(printer.tray)
        await shows(self.screen, "choose")
        await there(self.kiosk.fittings.glass).choose("east-tax")
        assert await printer.printed.until(lambda: len(printer.tray) > before, 10)
        return printer.tray[-1]

    async def press(self, key: str, state: str) -> None:
        """A clerk's key, until the clerk's screen says so."""
        seen = there(self.call.fittings.screen)

        def is_so() -> bool:
            show = seen.content["show"]
            return state in (show.state, show.ticket_state or "none")

        assert await seen.changed.until(lambda: seen.content.get("show") is not None and can_be_pressed(seen), 10)
        there(self.call.fittings.keypad).press(key)
        assert await seen.changed.until(is_so, 10), f"{state} after {key}"

    async def serve(self) -> None:
        for key, state in (("call", "called"), ("serve", "serving"), ("finish", "none")):
            await self.press(key, state)
        await shows(self.asking, "asking")

    async def push(self, *buttons: str) -> None:
        for button in buttons:
            await there(self.kiosk.fittings.glass).push(button)

    async def refused(self, code: str, why: str) -> None:
        """The scanner reads a code, and the kiosk says why that rates nothing."""
        await shows(self.screen, "choose")
        self.scanner.scan(code)
        assert await self.screen.changed.until(lambda: self.screen.content.get("code") == "screen.rate." + why, 10), why
        await shows(self.screen, "choose")


def can_be_pressed(call_terminal: SimulatedScreen) -> bool:
    return bool(call_terminal.content["is_connected"]) and not call_terminal.content["is_waiting"]


async def shows(screen: SimulatedScreen, page: str) -> None:
    assert await screen.changed.until(lambda: screen.page == page, 10), f"{page} expected, not {screen.page}"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[HubProcess, PlatformProcess]]:
    (tmp_path / "site.toml").write_text(SITE, encoding="utf-8")
    folder, port = tmp_path / "hub", free_port()
    folder.mkdir(mode=0o700)
    (folder / "hub.toml").write_text(
        f'[evaluation]\nurl = "http://127.0.0.1:{port}"\nport = {port}\n', encoding="utf-8"
    )
    platform = PlatformProcess(tmp_path / "platform")
    hub = HubProcess(
        folder,
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


def test_each_service_is_rated_once_at_the_kiosk_or_on_the_phone(
    both: tuple[HubProcess, PlatformProcess], tmp_path: Path
) -> None:
    hub, platform = both
    first, second = asyncio.run(asyncio.wait_for(a_morning(hub, tmp_path), 60))
    wait_for("the platform has everything", lambda: hub.get("/platform")["behind"] == 0, 20)
    counts = platform.get("/received")
    assert (counts["out_of_order"], counts["rejected"]) == (0, 0)
    assert [counts["tickets"][ticket].count("service.rated") for ticket in (first, second)] == [1, 1]
    received = [json.loads(line) for line in platform.store.read_text(encoding="utf-8").splitlines()]
    ratings = {one["subject"]: one["facts"] for one in records_in(received) if one["type"] == "service.rated"}
    told = {subject: (facts["source"], facts["terminal"], facts["level"]) for subject, facts in ratings.items()}
    assert told == {
        f"ticket:{first}": ("kiosk", "east-kiosk-1", 2),
        f"ticket:{second}": ("code", "code/page", 5),
    }
    assert ratings[f"ticket:{first}"]["reasons"] == [207, 214]
    for path in tmp_path.rglob("*"):
        if path.is_file() and "outbox" not in path.name:
            assert REMARK.encode() not in path.read_bytes(), path
    levels = {ticket["id"]: ticket["level"] for ticket in hub.get("/tickets")}
    assert [levels[first], levels[second]] == [2, 5]


def records_in(received: list[Any]) -> Iterator[dict[str, Any]]:
    """The records among what the platform noted, however deep they lie."""
    for one in received:
        if isinstance(one, dict) and "facts" in one:
            yield one
        elif isinstance(one, dict):
            yield from records_in(list(one.values()))
        elif isinstance(one, list):
            yield from records_in(one)


async def a_morning(hub: HubProcess, folder: Path) -> tuple[str, str]:
    async with AsyncExitStack() as stack:
        hall = await stack.enter_async_context(Hall(hub, folder))
        first, second = await hall.take(), await hall.take()
        ids = [code.rpartition("/e/")[2].partition(".")[0] for paper in (first, second) for code in paper.codes]
        assert len(ids) == 2
        await hall.refused(first.codes[0], "early")
        await hall.serve()
        await at_the_kiosk(hall, first, second)
        await shows(hall.asking, "resting")
        await hall.refused(first.codes[0], "done")
        await hall.serve()
        await on_the_phone(hall)
        await hall.refused(second.codes[0], "done")
        return ids[0], ids[1]


async def at_the_kiosk(hall: Hall, mine: Any, another: Any) -> None:
    """Somebody tries a number that was called aloud, with other letters; then its holder comes with the paper."""
    letters = next(line for line in another.lines if another.number + "-" in line).rpartition("-")[2]
    await shows(hall.screen, "choose")
    await hall.push("rate", "paper", *("key:" + letter for letter in mine.number + letters), "key:ok")
    assert await hall.screen.changed.until(lambda: hall.screen.content.get("code") == "screen.rate.unknown", 10)
    await hall.push("dismiss")
    await shows(hall.screen, "choose")
    hall.scanner.scan(mine.codes[0])
    await shows(hall.screen, "rate_asking")
    await hall.push("2", "reason:214", "reason:207", "write", *("key:" + letter for letter in REMARK[:-1] + "DENG"))
    assert await hall.screen.changed.until(lambda: hall.screen.content.get("syllable") == "deng", 10)
    await hall.push("take:" + REMARK[-1])
    assert await hall.screen.changed.until(lambda: hall.screen.content.get("text") == REMARK, 10)
    await hall.push("key:ok")
    thanks = asyncio.gather(shows(hall.screen, "rated"), shows(hall.asking, "thanks"))
    await hall.push("submit")
    await thanks


async def on_the_phone(hall: Hall) -> None:
    """The phone reads the code that stands on the terminal, as a phone does: from its picture."""
    (code,) = zxingcpp.read_barcodes(hall.asking.image())
    assert code.text == hall.asking.content["link"]
    async with httpx.AsyncClient(trust_env=False) as phone:
        assert "非常满意" in (await phone.get(code.text)).text
        thanks = asyncio.create_task(shows(hall.asking, "thanks"))
        answer = await phone.post(code.text, data={"nth": 1, "level": 5})
        assert (answer.status_code, "感谢" in answer.text) == (200, True)
        await thanks
        assert (await phone.post(code.text, data={"nth": 1, "level": 1, "reason": 115})).status_code == 409
    await shows(hall.asking, "resting")
