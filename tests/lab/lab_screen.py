"""The frame buffer of a real kernel: what is drawn is what the graphics memory holds."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image, ImageChops

from drivers.linux.connector import CARDS, is_unplugged
from drivers.linux.frame_buffer import FrameBuffer, Geometry
from tests.lab.scenes import play, pulled_and_plugged_in_again
from tools.flashing.computer import NO_TEXT_CONSOLE

SCREEN = Path("/dev/fb0")


class Frame:
    """A picture that stands still."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture

    def image(self, ms: int = 0) -> Image.Image:
        return self._picture

    def moving(self) -> list[object]:
        return []


@pytest.fixture
def screen() -> Iterator[BinaryIO]:
    """As a device finds it that systemd has started."""
    subprocess.run(["sh", "-c", NO_TEXT_CONSOLE], check=True)
    with SCREEN.open("r+b", buffering=0) as file:
        yield file


def test_what_is_drawn_is_in_the_graphics_memory(screen: BinaryIO) -> None:
    geometry = Geometry.ask(screen)
    assert geometry.width_px >= 640
    assert geometry.stride >= geometry.width_px * 4
    picture = Image.new("RGB", (geometry.width_px, geometry.height_px), (0, 64, 128))
    picture.paste((255, 0, 0), (10, 20, 30, 40))
    FrameBuffer(screen, geometry).put(Frame(picture), 0)
    Path("/dev/tty1").write_text("a message of the kernel")
    shown = os.pread(screen.fileno(), geometry.stride * geometry.height_px, 0)
    seen = Image.frombytes("RGB", picture.size, shown, "raw", geometry.raw, geometry.stride)
    assert ImageChops.difference(seen, picture).getbbox() is None, "a screen with something else on it"


def test_a_display_that_is_pulled_is_told_and_comes_back(screen: BinaryIO) -> None:
    plugs = list(CARDS.glob("card*-*/status"))
    assert plugs, "the kernel knows no plug of its graphics card"

    def say(word: str) -> None:  # off: as if nothing were plugged in; detect: look yourself
        for plug in plugs:
            plug.write_text(word)

    async def story() -> None:
        geometry = Geometry.ask(screen)
        display = FrameBuffer(screen, geometry, is_unplugged=is_unplugged)
        display.invalidate(Frame(Image.new("RGB", (geometry.width_px, geometry.height_px), (0, 64, 128))))
        await asyncio.sleep(0)
        await pulled_and_plugged_in_again(display.health, lambda: say("off"), lambda: say("detect"))

    try:
        play(story())
    finally:
        say("detect")
