"""Ports on a Linux computer, against pipes, terminals and files that behave like the devices."""

import asyncio
import importlib
import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from board_profiles import load, names
from board_profiles.drivers import DRIVERS, LINUX
from drivers.faults import PartFault
from drivers.keypad import Keypad
from drivers.linux.alsa_sound import AlsaSound, aplay
from drivers.linux.frame_buffer import BAND_ROWS, FrameBuffer, Geometry
from drivers.linux.input_events import ABS_X, ABS_Y, EV_ABS, EV_KEY, EV_SYN, EVENT, InputDevice, Keys
from drivers.linux.touch import BTN_TOUCH, Touch
from drivers.speaker import Speaker
from drivers.wav import header
from firmware.parts import make_parts

# --- every driver that a profile may name


@pytest.mark.parametrize("name", [name for name, driver in DRIVERS.items() if driver.place == "part"])
def test_every_part_driver_has_its_maker(name: str) -> None:
    if DRIVERS[name].ports == (LINUX,):
        assert callable(importlib.import_module("firmware.parts." + name).make)
    else:
        assert (Path(__file__).parents[2] / "firmware" / "parts" / f"{name}.py").exists()


@pytest.mark.parametrize("kind", ["call_terminal", "evaluation_terminal", "amplifier"])
def test_what_needs_no_device_at_the_start_is_built_without(kind: str) -> None:
    profile = next(load(name) for name in names() if not load(name).is_micropython and kind in load(name).kinds)
    tree = profile.device_tree(kind)
    tree["parts"].pop("screen", None)  # the frame buffer must be there
    parts = make_parts({"kind": kind, "settings": {"services": [["tax", "税务"]]}, "profile": tree})
    assert set(parts) == set(tree["parts"])
    if kind == "call_terminal":
        assert parts["keypad"].keys[0] == "call"
        assert parts["keypad"].keys[-1] == "transfer:tax"


def test_pages_of_each_kind_with_a_plain_screen() -> None:
    page_screen = importlib.import_module("firmware.parts.page_screen")
    for name in names():
        for kind, fit in load(name).kinds.items():
            if "screen" in fit.parts and fit.parts["screen"].driver.name == "page_screen":
                assert page_screen.pages(kind), kind


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("evaluation_terminal", "screen: .*/nowhere.*frame buffer.*group video"),
        ("", "profile missing; flash this board again"),
    ],
)
def test_a_device_that_cannot_start_says_what_to_do(kind: str, said: str, tmp_path: Path) -> None:
    profile = load("linux_terminal_arm64" if kind == "evaluation_terminal" else "linux_kiosk_arm64")
    tree = profile.device_tree(kind) if kind else None
    if tree and "screen" in tree["parts"]:
        tree["parts"]["screen"]["display"] = "/dev/nowhere"
    board: dict[str, Any] = {"site": "s", "device": "d", "kind": kind or "amplifier", "version": "1", "user": "d"}
    board |= {"password": "x", "data": str(tmp_path), "broker": {"host": "127.0.0.1", "port": 1}}
    path = tmp_path / "board.json"
    path.write_text(json.dumps({**board, "profile": tree}))
    command = [sys.executable, "-m", "firmware", str(path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


# --- screen


class Frame:
    def __init__(self, image: Image.Image) -> None:
        self._image = image
        self.drawn = 0

    def image(self, ms: int = 0) -> Image.Image:
        self.drawn += 1
        return self._image

    def moving(self) -> list[Any]:
        return []


def structs(width_px: int, height_px: int, bits: int, red: int, stride: int) -> tuple[bytes, bytes]:
    """As the kernel fills them: linux/fb.h."""
    variable = struct.pack("=8I", width_px, height_px, width_px, height_px * 2, 0, 0, bits, 0) + struct.pack("=I", red)
    return variable.ljust(160, b"\0"), bytes(48) + struct.pack("=I", stride) + bytes(28)


def test_a_frame_buffers_geometry() -> None:
    assert Geometry.read(*structs(1920, 1080, 32, 16, 7680)) == (1920, 1080, 7680, "BGRX")
    assert Geometry.read(*structs(800, 480, 32, 0, 3328)) == (800, 480, 3328, "RGBX")
    with pytest.raises(ValueError, match="16 bits a pixel and red at 11: set it to 32 bits"):
        Geometry.read(*structs(800, 480, 16, 11, 1600))


def shown(folder: Path, geometry: Geometry, frames: list[Frame], rotate: int = 0) -> bytes:
    path = folder / "fb0"
    path.write_bytes(bytes(geometry.stride * geometry.height_px))

    async def story() -> None:
        with path.open("r+b", buffering=0) as file:
            screen = FrameBuffer(file, geometry, rotate)
            for frame in frames:
                screen.invalidate(frame)
            while screen._drawing and not screen._drawing.done():
                await screen._drawing

    asyncio.run(story())
    return path.read_bytes()


def test_a_picture_reaches_the_screen_line_by_line(tmp_path: Path) -> None:
    image = Image.new("RGB", (2, 2))
    image.putpixel((1, 0), (1, 2, 3))
    image.putpixel((0, 1), (255, 128, 0))
    data = shown(tmp_path, Geometry(2, 2, 12, "BGRX"), [Frame(image)])
    assert data[4:7] == b"\x03\x02\x01"
    assert data[12:15] == b"\x00\x80\xff"
    assert data[8:12] == bytes(4), "what is between the lines is not ours"
    data = shown(tmp_path, Geometry(2, 2, 8, "RGBX"), [Frame(image)])
    assert data[4:7] == b"\x01\x02\x03"


def test_a_screen_that_hangs_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (2, 3))  # the page is upright, the panel lies
    image.putpixel((0, 0), (0, 0, 9))
    data = shown(tmp_path, Geometry(3, 2, 12, "BGRX"), [Frame(image)], rotate=90)
    assert data[8] == 9, "the page's top left is at the panel's top right"


def test_only_the_newest_of_many_frames_is_drawn(tmp_path: Path) -> None:
    frames = [Frame(Image.new("RGB", (1, 1), (0, 0, shade))) for shade in range(5)]
    data = shown(tmp_path, Geometry(1, 1, 4, "BGRX"), frames)
    assert data[0] == 4
    assert sum(frame.drawn for frame in frames) == 1


class Dot:
    """What moves: one pixel whose red is the picture's number."""

    def __init__(self, box: tuple[int, int, int, int]) -> None:
        self.box = box
        self.pictures = 0
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True

    def image_at(self, ms: int) -> Image.Image:
        self.pictures += 1
        assert not self.is_closed
        return Image.new("RGB", (self.box[2] - self.box[0], self.box[3] - self.box[1]), (self.pictures, 0, 0))


class Scene(Frame):
    def __init__(self, image: Image.Image, dot: Dot) -> None:
        super().__init__(image)
        self.dot = dot

    def moving(self) -> list[Any]:
        return [self.dot]


def test_only_rows_that_differ_are_written(tmp_path: Path) -> None:
    geometry = Geometry(4, 100, 16, "RGBX")
    path = tmp_path / "fb0"
    path.write_bytes(bytes(1600))
    image = Image.new("RGB", (4, 100), (7, 7, 7))
    with path.open("r+b", buffering=0) as file:
        screen = FrameBuffer(file, geometry)
        screen.put(Frame(image), 0)
        assert screen.written_bytes == 1600
        screen.put(Frame(image), 0)
        assert screen.written_bytes == 1600
        image.putpixel((2, 50), (1, 2, 3))
        screen.put(Frame(image), 0)
    assert screen.written_bytes == 1600 + BAND_ROWS * 16
    assert path.read_bytes()[50 * 16 + 8 :][:3] == b"\1\2\3"


@pytest.mark.parametrize(("rotate", "at"), [(0, 3 * 16 + 8), (90, 2 * 32 + 16), (180, 4 * 16 + 4), (270, 1 * 32 + 12)])
def test_what_moves_is_drawn_alone_and_where_it_belongs(rotate: int, at: int, tmp_path: Path) -> None:
    geometry = Geometry(*((8, 4) if rotate in (90, 270) else (4, 8)), 32 if rotate in (90, 270) else 16, "RGBX")
    path = tmp_path / "fb0"
    path.write_bytes(bytes(geometry.stride * geometry.height_px))
    still, dot = Image.new("RGB", (4, 8), (0, 200, 0)), Dot((2, 3, 3, 4))

    async def story() -> None:
        with path.open("r+b", buffering=0) as file:
            screen = FrameBuffer(file, geometry, rotate)
            screen.invalidate(Scene(still, dot))
            while dot.pictures < 3:
                await asyncio.sleep(0.005)
            assert 128 + 4 <= screen.written_bytes <= 128 + 4 * dot.pictures, "the page once, then only the dot"
            assert path.read_bytes()[at] > 1
            assert path.read_bytes().count(200) == 32 - 1
            screen.invalidate(Frame(still))
            while path.read_bytes().count(200) != 32 or not dot.is_closed:
                await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(story(), 5))


def test_a_page_that_cannot_be_drawn_is_said_when_the_next_one_comes(tmp_path: Path) -> None:
    class Torn(Frame):
        def image(self, ms: int = 0) -> Image.Image:
            raise KeyError("no words for this page")

    async def story() -> None:
        with path.open("r+b", buffering=0) as file:
            screen = FrameBuffer(file, Geometry(1, 1, 4, "RGBX"))
            screen.invalidate(Torn(image))
            while screen._drawing and not screen._drawing.done():
                await asyncio.sleep(0.001)
            with pytest.raises(KeyError, match="no words"):
                screen.invalidate(Frame(image))
            while path.read_bytes()[0] != 9:
                await asyncio.sleep(0.001)

    path, image = tmp_path / "fb0", Image.new("RGB", (1, 1), (9, 0, 0))
    path.write_bytes(bytes(4))
    asyncio.run(asyncio.wait_for(story(), 5))


# --- keys and touch


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(0, 0, kind, code, value)


def with_input(story: Callable[[str, Callable[[bytes], Any]], Awaitable[Any]], tmp_path: Path) -> Any:
    path = str(tmp_path / "event0")
    os.mkfifo(path)
    fd = os.open(path, os.O_RDWR)
    try:
        return asyncio.run(asyncio.wait_for(story(path, lambda data: os.write(fd, data)), 5))  # type: ignore[arg-type]
    finally:
        os.close(fd)


def test_keys_count_once_however_long_they_are_held(tmp_path: Path) -> None:
    async def story(path: str, put: Callable[[bytes], Any]) -> None:
        keys = Keys(InputDevice(path), [59, 60, 61])
        put(event(EV_KEY, 60, 1) + event(EV_SYN, 0, 0) + event(EV_KEY, 60, 2) + event(EV_KEY, 60, 0))
        put(event(EV_KEY, 30, 1) + event(EV_KEY, 61, 1)[:10])
        assert await keys.code() == 1
        put(event(EV_KEY, 61, 1)[10:])
        assert await keys.code() == 2

    with_input(story, tmp_path)


def test_a_tap_in_the_pixels_of_a_screen(tmp_path: Path) -> None:
    async def story(path: str, put: Callable[[bytes], Any]) -> None:
        touch = Touch(InputDevice(path), 1920, 1080, ranges=((0, 4095), (100, 1100)))
        down = event(EV_ABS, ABS_X, 2048) + event(EV_ABS, ABS_Y, 350) + event(EV_KEY, BTN_TOUCH, 1) + event(0, 0, 0)
        moved = event(EV_ABS, ABS_X, 9) + event(0, 0, 0) + event(EV_KEY, BTN_TOUCH, 0) + event(0, 0, 0)
        put(down + moved)
        put(event(EV_ABS, ABS_X, 4095) + event(EV_ABS, ABS_Y, 5000) + event(EV_KEY, BTN_TOUCH, 1) + event(0, 0, 0))
        assert await touch.tap() == (960, 270)
        assert await touch.tap() == (1919, 1079), "dragging is no tap; beyond the edge is the edge"

    with_input(story, tmp_path)


@pytest.mark.parametrize(("rotate", "place"), [(0, (10, 60)), (90, (60, 90)), (180, (90, 40)), (270, (40, 10))])
def test_the_glass_turns_with_the_screen(rotate: int, place: tuple[int, int], tmp_path: Path) -> None:
    """On a page of 100 by 100; the finger is always at the same place of the glass: 10 % across, 60 % down."""

    async def story(path: str, put: Callable[[bytes], Any]) -> tuple[int, int]:
        touch = Touch(InputDevice(path), 100, 100, rotate=rotate, ranges=((0, 1000), (0, 1000)))
        put(event(EV_ABS, ABS_X, 100) + event(EV_ABS, ABS_Y, 600) + event(EV_KEY, BTN_TOUCH, 1) + event(0, 0, 0))
        return await touch.tap()

    assert with_input(story, tmp_path) == pytest.approx(place, abs=1)


def test_a_keypad_beside_a_touch_screen_is_missed_only_once_it_was_there(tmp_path: Path) -> None:
    async def story() -> None:
        path = tmp_path / "event0"
        device = InputDevice(str(path), again_s=0.01, is_extra=True)
        keypad = Keypad(Keys(device, [59]), ("call",))
        waiting = asyncio.create_task(keypad.key())
        await asyncio.sleep(0.03)
        assert keypad.health.fault == ""
        os.mkfifo(path)
        fd = os.open(path, os.O_RDWR)
        os.write(fd, event(EV_KEY, 59, 1))
        assert await waiting == "call"
        waiting = asyncio.create_task(keypad.key())
        await asyncio.sleep(0)
        path.unlink()
        os.close(fd)
        assert await keypad.health.changed("") == "unplugged"
        waiting.cancel()

    asyncio.run(asyncio.wait_for(story(), 5))  # type: ignore[arg-type]


def test_a_keypad_may_be_plugged_in_later_and_again(tmp_path: Path) -> None:
    async def story() -> None:
        path = tmp_path / "event0"
        keys = Keys(InputDevice(str(path), again_s=0.01), [59])
        waiting = asyncio.create_task(keys.code())
        await asyncio.sleep(0.03)
        for _ in range(2):
            os.mkfifo(path)
            fd = os.open(path, os.O_RDWR)
            os.write(fd, event(EV_KEY, 59, 1))
            assert await waiting == 0
            path.unlink()
            waiting = asyncio.create_task(keys.code())
            await asyncio.sleep(0)
            os.close(fd)  # the reader sees the end, as with a cable pulled
        waiting.cancel()

    asyncio.run(asyncio.wait_for(story(), 5))  # type: ignore[arg-type]


# --- sound


def clip(folder: Path) -> tuple[Speaker, bytes, Path]:
    samples = struct.pack("<160h", *range(160))
    (folder / "clips" / "cmn").mkdir(parents=True)
    (folder / "clips" / "cmn" / "a.wav").write_bytes(header(len(samples)) + samples)
    heard = folder / "heard"
    return Speaker(AlsaSound(("sh", "-c", f"cat >{heard}")), str(folder / "clips")), samples, heard


def test_clips_reach_the_sound_card_without_a_gap(tmp_path: Path) -> None:
    speaker, samples, heard = clip(tmp_path)
    asyncio.run(speaker.play(["cmn/a", "cmn/a"]))
    assert heard.read_bytes() == samples * 2
    asyncio.run(speaker.play(["cmn/a"]))
    assert heard.read_bytes() == samples, "each announcement has a player of its own"


def test_a_sound_card_that_refuses_is_a_fault_of_the_speaker(tmp_path: Path) -> None:
    clip(tmp_path)
    speaker = Speaker(AlsaSound(("sh", "-c", "echo no such card >&2; exit 1")), str(tmp_path / "clips"))
    with pytest.raises(PartFault, match="no such card"):
        asyncio.run(speaker.play(["cmn/a"]))


def test_the_players_words() -> None:
    form = ("-t", "raw", "-f", "S16_LE", "-r", "16000", "-c", "1")
    assert aplay("hw:1") == ("aplay", "-q", "-D", "hw:1", *form, "--buffer-time=120000", "-")
