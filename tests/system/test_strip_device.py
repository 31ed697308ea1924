"""A strip as it runs on a Linux computer: agent, role, driver and cable, from the retained message to the LEDs."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from drivers.linux.colorlight.chain import Chain
from drivers.linux.colorlight.frames import Dialect
from drivers.linux.colorlight.pixels import ColorlightPixels
from drivers.linux.colorlight.stretch import Stretch
from drivers.linux.long_panel import LongPanel
from firmware.main import run
from firmware.wire import packets, topics
from firmware.wire.messages.part import PartFault
from firmware.wire.messages.screen import ShowLight, ShowRegion
from hub.effects.region_look import palette_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import region_pixels
from simulators.parts.card_chain import SimulatedCable, SimulatedCards
from simulators.parts.strip import SimulatedStrip
from tests.portable.far_broker import FarBroker

pytestmark = pytest.mark.system

WIDTH_PX, HEIGHT_PX = 640, 48


class Hub:
    """Welcomes, acknowledges, and keeps what the device says of its parts, with the time at which it came."""

    def __init__(self, broker: FarBroker) -> None:
        self.broker = broker
        self.faults: list[tuple[str, float]] = []
        self.is_welcome = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._sent = 0
        broker.on_publish = self._published

    def _published(self, topic: str, payload: bytes) -> None:
        task = asyncio.ensure_future(self._heard(topic, json.loads(payload)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _heard(self, topic: str, plain: dict[str, Any]) -> None:
        down, name = topic.split("/up/")
        if name == "hello":
            await self._answer(down, "welcome", {"boot": plain["boot"], "at_ms": 1_795_000_000_000})
            self.is_welcome = True
        elif "seq" in plain:
            if name == PartFault.name:
                self.faults.append((plain["fault"], time.monotonic()))
            await self._answer(down, "ack", {"boot": plain["boot"], "seq": plain["seq"]})

    async def _answer(self, down: str, name: str, plain: dict[str, Any]) -> None:
        await self.broker.send(packets.publish(f"{down}/down/{name}", json.dumps(plain).encode()))

    async def show(self, message: ShowRegion | ShowLight, slot: int | None = None) -> None:
        """A retained message."""
        self._sent += 1
        topic = topics.down("s", "strip-1", message.name, slot)
        await self.broker.send(packets.publish(topic, message.encode(), self._sent))


async def until(is_so: Any, what: str, patience_s: float = 6.0) -> None:
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, "not within time: " + what
        await asyncio.sleep(0.01)


def called(slot: int, number: str, rev: int) -> ShowRegion:
    look = Look(320, HEIGHT_PX, str(slot + 1), "户籍业务", number)
    return ShowRegion(
        epoch=1,
        rev=rev,
        x=slot * 320,
        width=320,
        height=HEIGHT_PX,
        palette=palette_of("called"),
        pixels=region_pixels(look),
        text=number,
    )


def test_cable_pulled_and_plugged_in_while_calls_come(tmp_path: Path) -> None:
    """The hub hears of it within two seconds, the role goes on, and the strip heals without a restart."""

    async def story() -> None:
        leds = SimulatedStrip(WIDTH_PX, HEIGHT_PX)
        cable = SimulatedCable(SimulatedCards(leds))
        broker = await FarBroker().open()
        hub = Hub(broker)
        device = asyncio.create_task(run(str(board_file(broker.port, tmp_path)), lambda board: {"panel": panel(cable)}))

        def lit(slot: int) -> bool:
            return leds.image().crop((slot * 320, 0, slot * 320 + 320, HEIGHT_PX)).getbbox() is not None

        try:
            await until(lambda: hub.is_welcome, "the welcome")
            await hub.show(called(0, "HA001", 1), 0)
            await until(lambda: lit(0), "the first call")
            assert not lit(1)
            cable.unplug()
            pulled = time.monotonic()
            await until(lambda: "unplugged" in [fault for fault, _ in hub.faults], "the fault")
            assert hub.faults[-1][1] - pulled < 2
            await hub.show(called(1, "HA002", 2), 1)
            cable.plug_in()
            await until(lambda: lit(1), "the call that came meanwhile", 2.0)
            await until(lambda: hub.faults[-1][0] == "", "health")
            await hub.show(ShowLight(epoch=1, rev=3, percent=0))
            await until(lambda: leds.image().getbbox() is None, "black")
        finally:
            device.cancel()
            await asyncio.gather(device, return_exceptions=True)
            cable.close()
            await broker.close()

    asyncio.run(asyncio.wait_for(story(), 30))


def panel(cable: SimulatedCable) -> LongPanel:
    chain = Chain(cable.open, Stretch(0, WIDTH_PX, HEIGHT_PX, Dialect()))
    return LongPanel(ColorlightPixels([chain], HEIGHT_PX, brightness=255), WIDTH_PX, HEIGHT_PX)


def board_file(port: int, folder: Path, kind: str = "window_strip") -> Path:
    board = {"site": "s", "device": "strip-1", "kind": kind, "version": "0.1.0", "user": "strip-1"}
    board |= {"password": "x", "broker": {"host": "127.0.0.1", "port": port}, "data": str(folder), "sync": False}
    path = folder / "board.json"
    path.write_text(json.dumps(board))
    return path
