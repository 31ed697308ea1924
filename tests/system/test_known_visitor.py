"""Somebody whom the hub knows by name, card, phone and code: booked, called, served, not content; and named nowhere.

The whole chain at once: hub, broker and platform as processes, each device with its real program; the hub dies while
outboxes are full. Afterwards every channel is looked through for what was planted, and each may hold exactly nothing
but where the person just says it themselves.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.id_card.reader import IdCardReader
from drivers.linux.serial_port import SerialPort
from drivers.printer_models import MODELS
from drivers.ticket_printer import TicketPrinter
from firmware.screens import ticket
from hub.journal import Journal
from hub.site_file import load
from hub.speech.clip_bank import all_clips
from simulators.board_process import BoardProcess
from simulators.device import TaskDevice
from simulators.fittings import there
from simulators.hub_process import HubProcess
from simulators.parts.card_reader import CardReader
from simulators.parts.identity_cards import Card
from simulators.parts.printer_cables import MemoryCable
from simulators.parts.serial_line import PtyLine
from simulators.platform_process import PlatformProcess
from simulators.server_process import wait_for
from tests.system.commands import told
from tests.system.mqtt_ear import Ear
from tests.system.planted import CARDS, CODES, NAMES, PHONES, booking, named_in, named_in_files
from tests.system.small_site import small_site
from tests.system.test_kiosk_rating import WINDOW, Hall, shows
from tests.system.tone_bank import tone_bank

pytestmark = pytest.mark.system

SITE = small_site({"east-kiosk-1": "ticket_kiosk", "east-display-1": "hall_display"}).replace(
    WINDOW, WINDOW + ', evaluation_terminal = "east-eval-01"'
)
REMARK, NOTE = "13712345098", "15019287364"  # telephone numbers in the visitor's own words, and in those of staff
NAME, CARD, PHONE, CODE = NAMES[0], CARDS[0], PHONES[0], CODES[0]
SECRETS = (NAME, CARD, PHONE, CODE, REMARK, NOTE)
SAID_HERE = {"up/visitor/identify": (CARD, NAME, CODE, PHONE), "up/rating/paper": (REMARK,)}  # the ways in
TYPED_HERE = {"type": (PHONE,), "rate_words": (REMARK,), "rate_why": (REMARK,)}  # what one's own finger writes
HEARD = {"down/show/calls", "down/show/window", "down/speech/play", "down/visitor/found", "down/ticket/issued"}


class KeepingCable(MemoryCable):
    """All that went to the printer."""

    sent = b""

    async def write(self, data: bytes) -> None:
        self.sent += data
        await super().write(data)


class KnownHall(Hall):
    """With a card reader at the kiosk, a hall display and an amplifier; and it keeps whatever anybody could see."""

    def __init__(self, hub: HubProcess, folder: Path) -> None:
        super().__init__(hub, folder)
        self.display = TaskDevice(hub.boards / "east-display-1.json", speed=8)
        clips = tone_bank(folder / "bank")
        self.amplifier = BoardProcess(hub.boards / "east-amp-1.json", folder / "out", clips=clips, speed=4)
        self.card_reader = CardReader()
        self._card_line = PtyLine(str(folder / "reader"), self.card_reader.hear)
        self.card_reader.say = self._card_line.say
        self._card_port = SerialPort(self._card_line.path, 115200)
        parts = self.kiosk.fittings.parts
        parts["reader"] = IdCardReader(self._card_port, find_every_ms=20, status_every_ms=20)
        self.cable = KeepingCable(there(self.kiosk.fittings.printer))
        parts["printer"] = TicketPrinter(self.cable, MODELS["chinese_80"], ticket)
        self.seen: list[tuple[str, str, bytes]] = []  # device, page, what it says
        for device in (self.kiosk, self.call, self.rate, self.display):
            there(device.fittings.screen).on_seen = self._note(device.id)

    def _note(self, device: str) -> Callable[[str, dict[str, Any]], None]:
        def seen(page: str, content: dict[str, Any]) -> None:
            self.seen.append((device, page, json.dumps(content, ensure_ascii=False, default=_plain).encode()))

        return seen

    async def __aenter__(self) -> "KnownHall":
        await self.amplifier.start()
        for device in (self.kiosk, self.call, self.rate, self.display):
            await device.start()
        for device in (self.kiosk, self.call, self.rate, self.display):
            assert await device.changed.until(lambda device=device: device.is_online, 20), device.id
        assert await self.screen.changed.until(lambda: "card" in self.screen.content.get("can", ()), 10)
        assert await self.amplifier.changed.until(lambda: self.amplifier.is_online, 20)
        return self

    async def __aexit__(self, *error: object) -> None:
        await super().__aexit__(*error)
        await self.display.stop()
        await self.amplifier.stop()
        self._card_port.close()
        self.card_reader.close()
        self._card_line.pull()

    def seen_on(self, device: str) -> bytes:
        """All that its pages said so far."""
        return b"".join(said for id_, _, said in self.seen if id_ == device)

    def outboxes(self) -> dict[str, list[str]]:
        """What waits for the hub, by device."""
        agents = {device.id: there(device.agent) for device in (self.kiosk, self.call)}
        return {id_: [entry.name for entry in agent.outbox.entries] for id_, agent in agents.items()}


def _plain(value: Any) -> Any:
    return value.to_plain() if hasattr(value, "to_plain") else repr(value)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[HubProcess, PlatformProcess]]:
    site = tmp_path / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    platform = PlatformProcess(tmp_path / "platform")
    hub = HubProcess(tmp_path / "hub", site=str(site), platform=platform.url, platform_token_file=platform.token_file)
    platform.start()
    try:
        hub.start()
        yield hub, platform
    finally:
        hub.stop()
        platform.stop()


def test_somebody_who_booked_is_served_and_named_nowhere(
    stage: tuple[HubProcess, PlatformProcess], tmp_path: Path
) -> None:
    hub, platform = stage
    answers = [hub.post("/appointments", {"rows": [booking("east-tax")]})]
    ear = Ear(hub, load(tmp_path / "site.toml"))
    try:
        hall = asyncio.run(asyncio.wait_for(_visit(hub, ear, tmp_path), 60))
    finally:
        ear.close()
    answers += _aftermath(hub)
    wait_for("the platform has everything", lambda: hub.get("/platform")["behind"] == 0, 20)
    counts = platform.get("/received")
    assert (counts["out_of_order"], counts["rejected"]) == (0, 0)
    told(hub, "backup", str(tmp_path / "backup"))
    hub.stop()
    platform.stop()

    _heard_by_nobody(hall, ear)
    assert named_in(json.dumps([answers, counts], ensure_ascii=False).encode(), SECRETS) == []
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {"hub/journal.db", "hub/vault.db", "hub/words.db", "hub.log", "backup/journal.db"} <= files
    assert {path.rpartition("/")[2] for path in files} >= {"outbox.log", platform.store.name, "audit.db"}
    assert not {"backup/vault.key", "backup/words.key"} & files
    assert named_in_files(tmp_path, SECRETS) == []
    assert named_in(_snapshot(hub), SECRETS) == []


async def _visit(hub: HubProcess, ear: Ear, folder: Path) -> KnownHall:
    async with KnownHall(hub, folder) as hall:
        await _check_in_while_the_hub_is_dead(hall, ear, folder)
        await _other_ways_in(hall)
        await _served(hall)
        await _not_content(hall)
        return hall


async def _check_in_while_the_hub_is_dead(hall: KnownHall, ear: Ear, folder: Path) -> None:
    """The card tells who came; the touch on the appointment, and a clerk's key, wait until the hub lives again."""
    hall.card_reader.insert_card(Card(name=NAME, number=CARD))
    await shows(hall.screen, "visitor")
    assert hall.screen.content["found"].shown == "欧*"
    hall.hub.kill()
    await hall.push("appointment:YY1")
    there(hall.call.fittings.keypad).press("open")
    await _until(lambda: all(hall.outboxes().values()), "full outboxes")
    assert hall.outboxes() == {"east-kiosk-1": ["ticket/checkin"], "east-call-01": ["window/open"]}
    assert named_in_files(folder, SECRETS) == []
    await asyncio.to_thread(hall.hub.start)
    await asyncio.to_thread(ear.wait)
    printer = there(hall.kiosk.fittings.printer)
    assert await printer.printed.until(lambda: len(printer.tray) == 1, 20)
    hall.card_reader.withdraw_card()
    await _until(lambda: not any(hall.outboxes().values()), "the hub's answers")
    (paper,) = printer.tray
    assert [line for line in paper.lines if "预约" in line] == ["【网上预约】"]
    (row,) = await asyncio.to_thread(hall.hub.get, "/tickets")
    assert (row["number"], row["booked"], row["state"]) == (paper.number, True, "waiting")


async def _other_ways_in(hall: KnownHall) -> None:
    """The same person by the code and by the whole telephone number; the paper is printed again."""
    printer = there(hall.kiosk.fittings.printer)
    number = printer.tray[0].number
    await shows(hall.screen, "choose")
    hall.scanner.scan(CODE)
    await shows(hall.screen, "visitor")
    await hall.push("dismiss", "identify", "phone", *("key:" + digit for digit in PHONE), "key:ok")
    await shows(hall.screen, "visitor")
    await hall.push("reprint:" + number)
    assert await printer.printed.until(lambda: len(printer.tray) == 2, 10)
    await shows(hall.screen, "choose")


async def _served(hall: KnownHall) -> None:
    """Called by screen and by voice, served, asked."""
    number = there(hall.kiosk.fittings.printer).tray[0].number
    await hall.press("call", "called")
    wall = there(hall.display.fittings.screen)
    assert await wall.changed.until(lambda: number.encode() in hall.seen_on(hall.display.id), 10)
    assert await hall.amplifier.changed.until(lambda: hall.amplifier.said, 20)
    await hall.press("serve", "serving")
    await hall.press("finish", "none")
    await shows(hall.asking, "asking")


async def _not_content(hall: KnownHall) -> None:
    """At the kiosk, in own words which tell how to be reached."""
    hall.scanner.scan(there(hall.kiosk.fittings.printer).tray[0].codes[0])
    await shows(hall.screen, "rate_asking")
    await hall.push("1", "reason:115", "write", *("key:" + digit for digit in REMARK))
    assert await hall.screen.changed.until(lambda: hall.screen.content.get("text") == REMARK, 10)
    await hall.push("key:ok", "submit")
    await shows(hall.screen, "rated")
    await _until(lambda: not any(hall.outboxes().values()), "the rating at the hub")


def _aftermath(hub: HubProcess) -> list[Any]:
    """Staff call back; then everything that can be asked without reading the vault."""
    (case,) = hub.get("/cases")
    told(hub, "cases", "screen", case["id"], "valid")
    done = hub.post(f"/cases/{case['id']}/assign", {"by": "c1", "to": "c2", "words": "回电 " + NOTE})
    assert (case["words"], [step["note"] for step in done["steps"]][-1]) == (True, True)
    paths = ("/status", "/appointments", "/tickets", "/devices", "/windows", "/platform", "/vault", "/cases")
    return [done, told(hub, "audit", "list"), *(hub.get(path) for path in paths)]


def _heard_by_nobody(hall: KnownHall, ear: Ear) -> None:
    """On the broker, on glass, on paper, in the air."""
    assert ear.kinds() >= {*HEARD, *SAID_HERE}
    for topic, payload in ear.heard:
        ways_in = SAID_HERE.get(topic.split("/", 4)[4], ())
        assert [one for one in named_in(topic.encode() + payload, SECRETS) if one not in ways_in] == [], topic
    assert {device for device, _, _ in hall.seen} == {"east-kiosk-1", "east-call-01", "east-eval-01", "east-display-1"}
    assert {"visitor", "take", "rate_asking", "rated", *TYPED_HERE} <= {page for _, page, _ in hall.seen}
    for device, page, said in hall.seen:
        own = TYPED_HERE.get(page, ()) if device == hall.kiosk.id else ()
        assert [one for one in named_in(said, SECRETS) if one not in own] == [], (device, page)
    assert "网上预约".encode("gb18030") in hall.cable.sent
    assert named_in(hall.cable.sent, SECRETS) == []
    texts = all_clips()
    assert [clip for said in hall.amplifier.said for clip in said.clips if clip in texts] != []
    assert named_in("".join(texts[clip] for clips in hall.amplifier.begun for clip in clips).encode(), SECRETS) == []


def _snapshot(hub: HubProcess) -> bytes:
    journal = Journal(f"sqlite:///{hub.folder / 'journal.db'}", "small")
    journal.open()
    try:
        snapshot = journal.snapshot()
    finally:
        journal.close()
    assert snapshot is not None
    assert b"east-tax" in snapshot[1], "as it stands in the file it can be searched"
    return snapshot[1]


async def _until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.02)
