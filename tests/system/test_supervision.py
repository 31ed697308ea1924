"""A person looks after devices through the hub, and the hub notices who is gone: real broker, real hub, real agents."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.wire import packets, topics
from firmware.wire.messages.device import Heartbeat
from hub.app import Hub
from hub.config import ApiSettings, BrokerSettings, Config
from simulators.board_process import BoardProcess
from simulators.device import TaskDevice
from simulators.hub_process import HubProcess
from simulators.parts.strip import SimulatedStrip
from simulators.server_process import free_port
from tests.system.brokers import BROKERS

pytestmark = pytest.mark.system

STRIP = "hukou-strip-1"
KIOSK = "hukou-kiosk-1"
BUTTON = "help-9f-desk-1"
SILENT = "help-1f-desk-1"


@pytest.mark.parametrize("broker", BROKERS)
def test_a_device_is_looked_after(broker: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", broker=broker)
    hub.start()
    try:
        asyncio.run(look_after(hub))
    finally:
        hub.stop()


def command(hub: HubProcess, *words: str) -> tuple[int, str]:
    """(exit code, what it said) of ``hallhub …``."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli.main", "--folder", str(hub.folder), "--language", "en", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def look_after(hub: HubProcess) -> None:
    strip = TaskDevice(hub.boards / f"{STRIP}.json")
    shown: set[int] = set()  # regions
    strip.on_shown = lambda show, slot: shown.add(slot)
    await strip.start()
    try:
        assert await strip.changed.until(lambda: strip.is_online, 10)
        assert strip.agent is not None
        strip.agent.note("panel", "a cable is loose")

        code, said = await asyncio.to_thread(command, hub, "devices", "logs", STRIP, "--json")
        log = json.loads(said)
        assert (code, log["is_complete"]) == (0, True)
        assert [line["text"] for line in log["lines"]] == ["connected", "panel: a cable is loose"]
        started_at_ms = hub.get("/status")["uptime_s"] * 1000
        assert all(abs(line["at_ms"] - log["lines"][0]["at_ms"]) < 60000 + started_at_ms for line in log["lines"])
        assert "a cable is loose" in (await asyncio.to_thread(command, hub, "devices", "logs", STRIP))[1]

        sign = strip.fittings.strip
        assert sign is not None
        regions = len(json.loads((hub.boards / f"{STRIP}.json").read_text(encoding="utf-8"))["settings"]["regions"])
        await until(lambda: len(shown) == regions)
        before = await settled(sign)
        blinking = asyncio.create_task(strip.changed.until(lambda: strip.led.shows == "blink", 10))
        code, said = await asyncio.to_thread(command, hub, "devices", "locate", STRIP, "--seconds", "1")
        assert (code, await blinking) == (0, True)
        assert f"{STRIP} blinks, sounds or shows its id for 1 s" in said
        await until(lambda: sign.image().tobytes() != before)  # its id
        assert await strip.changed.until(lambda: strip.led.shows == "off", 10)
        await until(lambda: sign.image().tobytes() == before)
    finally:
        await strip.stop()
    await find_those_with_a_part_of_their_own(hub)
    code, said = await asyncio.to_thread(command, hub, "devices", "logs", STRIP)
    assert (code, "does not answer" in said) == (1, True)
    assert (await asyncio.to_thread(command, hub, "devices", "locate", "nobody"))[0] == 1


async def settled(sign: SimulatedStrip) -> bytes:
    """What it shows, once frames have come and no more do."""
    shows = -1
    while shows != sign.shows or not sign.image().getbbox():
        shows = sign.shows
        await asyncio.sleep(0.2)
    return sign.image().tobytes()


async def find_those_with_a_part_of_their_own(hub: HubProcess) -> None:
    """A kiosk has a screen; a help button on MicroPython has its lamp."""
    kiosk = TaskDevice(hub.boards / f"{KIOSK}.json")
    button = BoardProcess(hub.boards / f"{BUTTON}.json", hub.folder.parent / "button")
    screen = kiosk.fittings.screen
    assert screen is not None
    await asyncio.gather(kiosk.start(), button.start())
    try:
        await until(lambda: kiosk.is_online and button.is_online and screen.page == "choose")
        asked = [asyncio.to_thread(hub.post, f"/devices/{id}/locate", {"seconds": 1}) for id in (KIOSK, BUTTON)]
        answers = asyncio.gather(*asked)
        await until(lambda: screen.page == "locate" and button.lamp == "fast")
        assert screen.content["device"] == KIOSK
        assert screen.content["where"] == "户籍服务厅 咨询导办区"
        assert [answer["is_shown"] for answer in await answers] == [True, True]
        await until(lambda: screen.page == "choose" and button.lamp == "off")
    finally:
        await asyncio.gather(kiosk.stop(), button.stop())


@pytest.mark.parametrize("broker", BROKERS)
def test_a_device_whose_last_will_is_lost_is_away_after_three_heartbeats(broker: str, tmp_path: Path) -> None:
    async def whole() -> None:
        settings = BrokerSettings(kind=broker, port=free_port())
        hub = Hub(Config(broker=settings, api=ApiSettings(port=free_port())), tmp_path)
        stop = asyncio.Event()
        running = asyncio.create_task(hub.run(stop))
        try:
            await until(lambda: hub.link.is_up or running.done())
            await vanish_without_a_will(hub)
        finally:
            stop.set()
            await running
        with pytest.raises(ConnectionRefusedError):  # a hub that has ended listens no more
            await asyncio.open_connection("127.0.0.1", hub.settings.api.port)

    asyncio.run(whole())


async def vanish_without_a_will(hub: Hub) -> None:
    """One that connects without a last will beats once and falls silent, its connection open: nothing tells of it."""
    board = json.loads((hub.folder / "boards" / f"{SILENT}.json").read_text(encoding="utf-8"))
    seen = hub.presence.seen[SILENT]
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.settings.broker.port)
    try:
        writer.write(packets.connect(SILENT, board["user"], board["password"], 600))
        assert (await asyncio.wait_for(reader.readexactly(4), 10))[3] == 0
        beat = Heartbeat(boot="lost-will", uptime_s=1, version="0.1.0", waiting=0, errors=0)
        writer.write(packets.publish(topics.up(board["site"], SILENT, Heartbeat.name), beat.encode()))
        await until(lambda: seen.is_online)
        hub.presence.clock_was_set(-(3 * 15000 - 5000))  # so long ago, and no longer
        assert hub.presence.overdue(hub.now_ms()) == []
        hub.presence.clock_was_set(-5000)
        await until(lambda: not seen.is_online)
        await until(lambda: not hub.site.online[SILENT])
    finally:
        writer.close()


async def until(is_so: Callable[[], bool], within_s: float = 20) -> None:
    """Returns when it is so; TimeoutError when it does not become so in time."""
    async with asyncio.timeout(within_s):
        while not is_so():
            await asyncio.sleep(0.02)
