"""200 visitors through three halls, with each broker, undisturbed and with hub or broker killed in the middle.

Real processes: hub, broker, city platform, MicroPython amplifiers. At the end hub, paper, platform and screens must
tell the same story: nothing lost, nothing doubled.
"""

import asyncio
import json
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
import pytest
from PIL import Image

from firmware.wire import topics
from firmware.wire.messages.registry import DOWN
from hub.effects.pages import all_slots, content
from hub.effects.strip_pixels import decode
from hub.engine.effects import Refresh
from hub.engine.events import Entry
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.journal import Journal
from hub.platform.contract import records
from hub.replay import replay
from hub.site_file import load
from hub.sites import find
from simulators.building import Building
from simulators.floor_plan import read_floor_plan
from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from simulators.record import Result
from simulators.scenario import Crowd, three_halls
from simulators.server_process import wait_for
from tests.system.brokers import BROKERS
from tests.system.planted import Planted

pytestmark = pytest.mark.system

HALLS = ("sifa", "gongjijin", "shuiwu")
UNDER_A_MINUTE_S = 60


class Day:
    """One run: the processes, the people, and afterwards what everyone says happened."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.plan: Plan = load(find("doumen"))
        self.platform = PlatformProcess(folder / "platform")
        self.platform.start()
        self.hub = HubProcess(
            folder / "hub", broker=broker, platform=self.platform.url, platform_token_file=self.platform.token_file
        )
        self.hub.start()
        self._out = folder / "out"
        self.result: Result | None = None
        self.left_in_trays: set[str] = set()  # printed, but the visitor had pressed again and took the other paper

    def live(self, disturb: Callable[["Day"], None] | None) -> None:
        """The day itself; ``disturb`` does its harm in a thread when a third of the tickets are taken."""
        asyncio.run(self._live(disturb))

    async def _live(self, disturb: Callable[["Day"], None] | None) -> None:
        floor_plan = read_floor_plan(self.hub.folder / "site.json")
        building = Building(self.hub.boards, self._out, floor_plan, only=HALLS, speed=120.0)
        try:
            await building.start()
            await building.all_online()
            crowd = Crowd(three_halls(HALLS), list(building.halls.values()))
            if disturb is None:
                self.result = await crowd.run()
            else:
                self.result, _ = await asyncio.gather(crowd.run(), asyncio.to_thread(disturb, self))
            trays = [kiosk.clear_tray() for hall in building.halls.values() for kiosk in hall.kiosks]
            self.left_in_trays = {paper.number for tray in trays for paper in tray}
            await building.all_online()
            await asyncio.to_thread(self._settle)
            await self.check_strips(building)
        finally:
            await building.stop()

    def tickets_taken(self) -> int:
        try:
            return sum(sum(hall["tickets"].values()) for hall in self.hub.get("/status")["halls"])
        except OSError:
            return 0

    def _settle(self) -> None:
        """Until the hub has told the platform everything and no announcement waits."""
        wait_for("the platform has everything", lambda: self.hub.get("/platform")["behind"] == 0, 20)
        wait_for("the amplifiers are done", lambda: self.hub.get("/status")["announcements"] == 0, 20)

    def stop(self) -> None:
        self.hub.stop()
        self.platform.stop()

    # What everyone says

    def site(self) -> Site:
        """The state that the journal on disk tells, read as a start would."""
        journal = self._journal()
        try:
            return replay(self.plan, journal)
        finally:
            journal.close()

    def entries(self) -> list[Entry]:
        journal = self._journal()
        try:
            assert journal.verify() == []
            return journal.entries(0, 1_000_000)
        finally:
            journal.close()

    def epoch(self) -> int:
        journal = self._journal()
        journal.close()
        return journal.epoch

    def _journal(self) -> Journal:
        journal = Journal(f"sqlite:///{self.hub.folder / 'journal.db'}", self.plan.id)
        journal.open()
        return journal

    async def check_strips(self, building: Building) -> None:
        """Every LED of the three halls' strips shows what the state says, once the last frames are through."""
        site = msgspec.convert(msgspec.to_builtins(self.site()), Site)
        for slot in all_slots(self.plan):
            if slot.message == "show/region" and self.plan.device[slot.device].hall in HALLS:
                strip = building.task_device(slot.device).fittings.strip
                assert strip is not None
                show: Any = content(self.plan, site, self.epoch(), slot)
                box = (show.x, 0, show.x + show.width, show.height)
                end = time.monotonic() + 5
                while strip.image().crop(box).tobytes() != lit(show).tobytes():
                    assert time.monotonic() < end, f"{slot.device} region {slot.slot} shows something else"
                    await asyncio.sleep(0.05)

    def check_retained(self) -> None:
        """A device that is plugged in now would show what the state says: asked as that device, by another client."""
        site, epoch = self.site(), self.epoch()
        kinds = ("show/window", "show/calls", "show/services", "show/evaluation")
        by_device: dict[str, list[Refresh]] = defaultdict(list)
        for slot in all_slots(self.plan):
            if slot.message in kinds and self.plan.device[slot.device].hall == HALLS[0]:
                by_device[slot.device].append(slot)
        assert len(by_device) > 10
        for device, slots in by_device.items():
            found = retained(json.loads((self.hub.boards / f"{device}.json").read_text()), slots)
            for slot in slots:
                expected = content(self.plan, site, epoch, slot).to_plain()
                shown = DOWN[slot.message].decode(found[topics.down(self.plan.id, device, slot.message)]).to_plain()
                assert {**shown, "rev": 0} == {**expected, "rev": 0}


def lit(show: Any) -> Image.Image:
    """The LEDs of a ShowRegion, as RGB."""
    picture = decode(show.pixels, show.width, show.height).convert("P")
    flat: list[int] = []
    for colour in (0, *show.palette):
        flat += [colour >> 16, colour >> 8 & 255, colour & 255]
    picture.putpalette(flat)
    return picture.convert("RGB")


def retained(board: dict[str, Any], slots: list[Refresh]) -> dict[str, bytes]:
    """Topic → payload of the retained messages for these slots, as the device itself would get them."""
    found: dict[str, bytes] = {}
    complete = threading.Event()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=board["device"], clean_session=False)
    client.username_pw_set(board["user"], board["password"])

    def connected(client: paho.Client, *_: Any) -> None:
        client.subscribe([(topics.down(board["site"], board["device"], slot.message), 1) for slot in slots])

    def message(_c: paho.Client, _u: Any, m: paho.MQTTMessage) -> None:
        found[m.topic] = m.payload
        if len(found) == len(slots):
            complete.set()

    client.on_connect = connected
    client.on_message = message
    client.connect(board["broker"]["host"], board["broker"]["port"])
    client.loop_start()
    assert complete.wait(10), f"retained messages for {board['device']} are missing"
    client.disconnect()
    client.loop_stop()
    return found


def nothing_lost_nothing_doubled(day: Day) -> None:
    """What the people held, what the hub remembers and what the platform was told are one story."""
    result = day.result
    assert result is not None
    assert result.is_complete
    assert result.doubles == ()
    assert (result.unserved, result.no_ticket) == (0, 0)
    site = day.site()
    assert {ticket.state for ticket in site.tickets.values()} <= {"finished", "passed"}
    by_number = {ticket.number: ticket for ticket in site.tickets.values()}
    assert len(by_number) == len(site.tickets)
    papers = {*result.tickets, *result.strays, *day.left_in_trays}
    assert papers == set(by_number), "a paper without a ticket, or a ticket without a paper"
    assert sum(t.state == "finished" for t in site.tickets.values()) == result.finished
    assert sum(t.level > 0 for t in site.tickets.values()) >= result.rated, "a visitor was thanked for nothing"
    expected: dict[str, list[str]] = defaultdict(list)
    for entry in day.entries():
        for record in records(day.plan, day.epoch(), entry):
            if record.subject.startswith("ticket:"):
                expected[record.subject.removeprefix("ticket:")].append(record.type)
    received = day.platform.get("/received")
    assert received["tickets"] == expected
    assert (received["out_of_order"], received["rejected"]) == (0, 0)


def kill_the_hub(day: Day) -> None:
    wait_for("a third of the tickets", lambda: day.tickets_taken() > 66, 60)
    day.hub.kill()
    day.hub.start()


def kill_the_broker(day: Day) -> None:
    wait_for("a third of the tickets", lambda: day.tickets_taken() > 66, 60)
    os.kill(day.hub.get("/status")["broker"]["pid"], signal.SIGKILL)
    wait_for("the broker is back", lambda: day.hub.get("/status")["broker"]["restarts"] == 1, 20)
    wait_for("the hub is connected", lambda: day.hub.get("/status")["broker"]["connected"], 20)


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("disturb", [None, kill_the_hub, kill_the_broker])
def test_a_day_of_three_halls(broker: str, disturb: Callable[[Day], None] | None, tmp_path: Path) -> None:
    day = Day(tmp_path, broker)
    try:
        day.live(disturb)
        day.check_retained()
        nothing_lost_nothing_doubled(day)
        assert day.result is not None
        assert day.result.took_s < UNDER_A_MINUTE_S
        if disturb is None and broker == BROKERS[0]:
            nobody_is_named(day, tmp_path)
    finally:
        day.stop()


def nobody_is_named(day: Day, folder: Path) -> None:
    """Two people come whom the hub knows by name, card and phone; nothing that it leaves anywhere says who they are."""
    planted = Planted(day.hub, day.plan)
    planted.come()
    wait_for("the platform has everything", lambda: day.hub.get("/platform")["behind"] == 0, 20)
    received = day.platform.get("/received")
    day.stop()
    planted.check(folder, received)
