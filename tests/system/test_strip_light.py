"""Brightness from the site file to the LEDs: the hub's clock, the journal, a retained message, the role, the panel."""

import asyncio
from pathlib import Path

import pytest

from hub.app import Hub
from hub.config import ApiSettings, BrokerSettings, Config
from hub.engine.events import StripsLit
from hub.sites import find
from simulators.device import TaskDevice
from simulators.server_process import free_port

pytestmark = pytest.mark.system

STRIP = "hukou-strip-1"


def test_a_strip_shines_as_the_site_file_says_and_again_after_a_restart(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    text = find("doumen").read_text(encoding="utf-8")
    site.write_text(text.replace("[settings]\n", '[settings]\nstrip_light = ["00:00 40"]\n', 1), encoding="utf-8")

    async def life() -> int:
        """How often the journal says that a hall's light changed, once the strip is as bright as it shall be."""
        settings = BrokerSettings(port=free_port())
        hub = Hub(Config(site=str(site), broker=settings, api=ApiSettings(port=free_port())), tmp_path / "hub")
        stop = asyncio.Event()
        running = asyncio.create_task(hub.run(stop))
        try:
            async with asyncio.timeout(30):
                while not hub.link.is_up:
                    await asyncio.sleep(0.02)
                return await shining(hub)
        finally:
            stop.set()
            await running

    async def shining(hub: Hub) -> int:
        strip = TaskDevice(hub.folder / "boards" / f"{STRIP}.json")
        leds = strip.fittings.strip
        assert leds is not None
        await strip.start()
        try:
            while leds.percent != 40:
                await asyncio.sleep(0.02)
            assert strip.agent is not None
            assert strip.agent.errors == 0
            entries = hub.journal.entries(0, 1000)
            return sum(isinstance(event, StripsLit) for entry in entries for event in entry.events)
        finally:
            await strip.stop()

    halls = asyncio.run(life())
    assert halls > 1
    assert asyncio.run(life()) == halls  # nothing was decided again
