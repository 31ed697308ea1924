"""A LED wall on a Linux computer: agent, role and sender on a line, from the retained message to the LEDs."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from firmware.main import run
from firmware.parts import make
from firmware.screens import hall_display, info_screen
from firmware.screens.page_screen import Page, PageScreen
from firmware.wire.messages.screen import ShowLight
from simulators.parts.controller_cables import on_line
from simulators.parts.led_wall import BRIGHTNESS, SimulatedWall
from simulators.parts.screen import SimulatedScreen
from tests.drivers.test_novastar import row
from tests.portable.far_broker import FarBroker
from tests.system.test_strip_device import Hub, board_file, until

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("kind", "pages"),
    [("hall_display", hall_display.PAGES), ("info_screen", info_screen.PAGES)],
    ids=["hall_display", "info_screen"],
)
def test_the_wall_is_dimmed_and_blacked_by_the_hub_and_its_line_can_be_pulled(
    tmp_path: Path, kind: str, pages: dict[str, Page]
) -> None:
    async def story() -> None:
        screen = SimulatedScreen(320, 180)
        shown = PageScreen(screen, pages)
        wall = SimulatedWall(lambda: picture(shown))
        line = on_line(wall, str(tmp_path / "ttyUSB0"))
        broker = await FarBroker().open()
        hub = Hub(broker)
        parts: dict[str, Any] = {"screen": shown, "sender": make(row(device=line.path, brightness=255), {})}
        device = asyncio.create_task(run(str(board_file(broker.port, tmp_path, kind)), lambda board: parts))
        try:
            await until(lambda: hub.is_welcome, "the welcome")
            await hub.show(ShowLight(epoch=1, rev=1, percent=40))
            await until(lambda: wall.card(0, BRIGHTNESS) == 102, "40 %")
            assert brightest(wall.image()) == pytest.approx(brightest(picture(shown)) * 0.4, abs=2)
            await until(lambda: "" in [fault for fault, _ in hub.faults], "health is told")
            line.pull()
            pulled = asyncio.get_running_loop().time()
            await until(lambda: hub.faults[-1][0] == "unplugged", "the fault")
            assert hub.faults[-1][1] - pulled < 2
            await hub.show(ShowLight(epoch=1, rev=2, percent=0))
            line.plug_in()
            await until(lambda: brightest(wall.image()) == 0, "black, told meanwhile")
            await until(lambda: hub.faults[-1][0] == "", "health")
        finally:
            device.cancel()
            await asyncio.gather(device, return_exceptions=True)
            line.pull()
            await broker.close()

    asyncio.run(asyncio.wait_for(story(), 30))


def picture(shown: PageScreen) -> Image.Image:
    """What leaves the computer's HDMI plug."""
    return shown.frame.image() if shown.frame else Image.new("RGB", (320, 180))


def brightest(image: Image.Image) -> int:
    """Of the light that any LED gives."""
    return int(image.convert("L").getextrema()[1])
