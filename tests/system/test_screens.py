"""Screens from the hub to the glass: real broker, hub and agents; a card on the reader, a picture on the wall."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.id_card.reader import IdCardReader
from drivers.linux.serial_port import SerialPort
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.hub_process import HubProcess
from simulators.parts.card_reader import CardReader
from simulators.parts.identity_cards import PEOPLE, Card
from simulators.parts.serial_line import PtyLine
from tests.system.brokers import BROKERS

pytestmark = pytest.mark.system

KIOSK, SERVICE = "hukou-kiosk-1", "hukou-id-card"


def test_a_card_on_the_kiosk_and_a_picture_on_the_info_screen(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", broker=BROKERS[0])
    wall = tmp_path / "hub" / "media" / "all" / "1.3600s.png"
    wall.parent.mkdir(parents=True)
    Image.new("RGB", (160, 90), "red").save(wall)
    hub.start()
    try:
        add = ["devices", "add", "info-1", "--kind", "info_screen", "--place", "电梯厅"]
        command = [sys.executable, "-m", "hub.cli.main", "--folder", str(hub.folder), *add]
        subprocess.run(command, check=True, capture_output=True)
        asyncio.run(asyncio.wait_for(_shown(hub), 15))
        asyncio.run(asyncio.wait_for(_identified(hub, tmp_path), 25))
    finally:
        hub.stop()
    person = PEOPLE["resident"]
    for path in (tmp_path / "hub").rglob("*"):
        if path.is_file() and "vault" not in str(path.relative_to(tmp_path)):
            assert person["number"].encode() not in path.read_bytes(), path
            assert person["name"].encode() not in path.read_bytes(), path


async def _shown(hub: HubProcess) -> None:
    device = TaskDevice(hub.boards / "info-1.json")
    screen = there(device.fittings.screen)
    await device.start()
    try:
        await screen.changed.until(lambda: screen.page == "picture")
        assert screen.image().getpixel((960, 540)) == (255, 0, 0)
    finally:
        await device.stop()


async def _identified(hub: HubProcess, folder: Path) -> None:
    """Twice at the kiosk with the same card: the second time the first ticket is known and printed again."""
    kiosk = TaskDevice(hub.boards / f"{KIOSK}.json", speed=20)
    fittings = kiosk.fittings
    screen, glass, printer = there(fittings.screen), there(fittings.glass), there(fittings.printer)
    far = CardReader()
    line = PtyLine(str(folder / "reader"), far.hear)
    far.say = line.say
    port = SerialPort(line.path, 115200)
    kiosk.fittings.parts["reader"] = IdCardReader(port, find_every_ms=20, status_every_ms=20)
    await kiosk.start()
    try:
        await screen.changed.until(lambda: screen.page == "choose" and "card" in screen.content["can"])
        far.insert_card(Card())
        await screen.changed.until(lambda: screen.content.get("visitor"))
        assert PEOPLE["resident"]["name"] not in str(screen.content["visitor"]), "masked"
        await glass.choose(SERVICE)
        await printer.printed.until(lambda: len(printer.tray) == 1)
        far.withdraw_card()
        await screen.changed.until(lambda: screen.page == "choose" and not screen.content["visitor"])
        await asyncio.sleep(0.1)  # until the reader has seen that the card is gone
        far.insert_card(Card())
        await screen.changed.until(lambda: screen.page == "visitor")
        (ticket,) = screen.content["found"].tickets
        await glass.push("reprint:" + ticket.number)
        await printer.printed.until(lambda: len(printer.tray) == 2)
        numbers: list[Any] = [paper.number for paper in printer.tray]
        assert numbers == [ticket.number, ticket.number]
    finally:
        await kiosk.stop()
        port.close()
        far.close()
        line.pull()
