"""A display that is pulled, a frame buffer that goes and comes back, a touch panel that dies beside its screen."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from board_profiles import load
from drivers.faults import PartFault
from drivers.health import Health
from drivers.linux import frame_buffer
from drivers.linux.connector import is_unplugged
from drivers.linux.frame_buffer import FrameBuffer, Geometry
from drivers.linux.input_events import InputDevice
from drivers.linux.touch import Touch
from firmware.parts import make_parts
from firmware.screens.kiosk_screen import KioskScreen
from firmware.screens.page_screen import PageScreen
from firmware.screens.touch import TouchPageScreen

SIZE = Geometry(2, 2, 8, "RGBX")
DARK, RED = b"\0" * 16, Image.new("RGB", (2, 2), (255, 0, 0)).tobytes("raw", "RGBX")


class Frame:
    def __init__(self, moving: "list[Any] | None" = None) -> None:
        self._moving = moving or []

    def image(self, ms: int = 0) -> Image.Image:
        return Image.new("RGB", (2, 2), (255, 0, 0))

    def moving(self) -> "list[Any]":
        return self._moving


class Dot:
    """Moves, and must never be asked after its end."""

    box = (0, 0, 1, 1)
    is_closed = False
    pictures = 0

    def image_at(self, ms: int) -> Image.Image:
        assert not self.is_closed
        self.pictures += 1
        return Image.new("RGB", (1, 1), (0, 255, 0))

    def close(self) -> None:
        self.is_closed = True


def plug(folder: Path, **status: str) -> None:
    """``HDMI_A_1="connected"``: as the kernel names and says it."""
    for name, said in status.items():
        (folder / ("card0-" + name.replace("_", "-"))).mkdir(parents=True, exist_ok=True)
        (folder / ("card0-" + name.replace("_", "-")) / "status").write_text(said + "\n")


async def until(is_so: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.002)


def play(monkeypatch: pytest.MonkeyPatch, story: Callable[[], Awaitable[Any]]) -> None:
    monkeypatch.setattr(frame_buffer, "LOOK_S", 0.005)
    asyncio.run(asyncio.wait_for(story(), 8))  # type: ignore[arg-type]


def test_a_display_is_missed_when_every_plug_says_so(tmp_path: Path) -> None:
    assert not is_unplugged(tmp_path), "no card tells: nobody knows"
    (tmp_path / "card0").mkdir()
    assert not is_unplugged(tmp_path)
    plug(tmp_path, HDMI_A_1="disconnected", HDMI_A_2="connected")
    assert not is_unplugged(tmp_path)
    plug(tmp_path, HDMI_A_2="disconnected")
    assert is_unplugged(tmp_path)
    plug(tmp_path, Writeback_1="unknown")
    assert is_unplugged(tmp_path), "what leads into memory shows nothing"
    plug(tmp_path, DSI_1="unknown")
    assert not is_unplugged(tmp_path), "a panel that cannot be asked"


@pytest.mark.parametrize("moves", [False, True])
def test_a_pulled_display_is_told_and_all_is_drawn_anew_when_it_is_back(
    moves: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        before, dot = Dot(), Dot()  # each frame has its own, and closes it
        plug(tmp_path, HDMI_A_1="connected")
        with path.open("r+b", buffering=0) as file:
            screen = FrameBuffer(file, SIZE, is_unplugged=lambda: is_unplugged(tmp_path))
            screen.invalidate(Frame([before] if moves else []))
            await until(lambda: path.read_bytes()[8:] == RED[8:])
            assert screen.health.fault == ""
            plug(tmp_path, HDMI_A_1="disconnected")
            assert await screen.health.changed("") == "unplugged"
            screen.invalidate(Frame([dot] if moves else []))  # goes on meanwhile, and is no reason to call it well
            await until(lambda: dot.pictures if moves else screen._frame is None)
            await asyncio.sleep(0.03)
            assert screen.health.fault == "unplugged"
            assert before.is_closed == moves
            path.write_bytes(DARK)
            plug(tmp_path, HDMI_A_1="connected")
            await until(lambda: path.read_bytes()[8:] == RED[8:])
            await until(lambda: screen.health.fault == "")
            seen = dot.pictures
            await until(lambda: not moves or dot.pictures > seen)
            assert not dot.is_closed

    path = tmp_path / "fb0"
    path.write_bytes(DARK)
    play(monkeypatch, story)


def test_a_frame_buffer_that_takes_nothing_is_opened_again_and_drawn_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        is_there = False
        tries = 0

        def again() -> Any:
            nonlocal tries
            tries += 1
            if not is_there:
                raise OSError("no such device")
            return path.open("r+b", buffering=0)

        screen = FrameBuffer(path.open("r+b", buffering=0), SIZE, again=again)
        screen.invalidate(Frame())
        await until(lambda: path.read_bytes() == RED)
        with open("/dev/full", "wb", buffering=0) as full:
            os.dup2(full.fileno(), screen._file.fileno())  # the kernel takes no byte for it any more
        screen._bands.clear()
        screen.invalidate(Frame())
        assert await screen.health.changed("") == "unplugged"
        await until(lambda: tries > 2)
        assert screen.health.fault == "unplugged"
        path.write_bytes(DARK)
        is_there = True
        assert await screen.health.changed("unplugged") == ""
        assert path.read_bytes() == RED
        screen._file.close()

    path = tmp_path / "fb0"
    path.write_bytes(DARK)
    play(monkeypatch, story)


class Port:
    """A screen that tells its health and keeps nothing."""

    def __init__(self) -> None:
        self.width_px, self.height_px, self.health = 800, 480, Health()

    def invalidate(self, frame: Any) -> None:
        self.frame = frame


def test_screen_and_touch_panel_are_two_parts(tmp_path: Path) -> None:
    port = Port()
    touch = Touch(InputDevice(str(tmp_path / "event0")), 800, 480)
    assert PageScreen(port, {}).health is port.health
    for screen in (TouchPageScreen(port, touch, {}), KioskScreen(port, touch)):
        assert screen.health is port.health
        assert screen.touch is not None
        assert screen.touch.health is touch.health
    assert "there" in asyncio.run(screen.touch.self_test())
    touch.health.set("unplugged")
    with pytest.raises(PartFault, match="check its cable"):
        asyncio.run(screen.touch.self_test())


def test_a_device_with_a_touch_screen_tells_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    display = tmp_path / "fb0"
    display.write_bytes(bytes(16))
    monkeypatch.setattr(Geometry, "ask", classmethod(lambda cls, file: SIZE))
    tree = load("linux_kiosk_arm64").device_tree("ticket_kiosk")
    tree["parts"]["screen"]["display"] = str(display)
    parts = make_parts({"kind": "ticket_kiosk", "profile": tree})
    assert set(parts) == {*tree["parts"], "touch"}
    assert parts["touch"].health is not parts["screen"].health
    parts["screen"]._screen._port._file.close()
