"""What a profile says of a part reaches it: nothing that an installer writes is silently left out."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from board_profiles import load
from drivers.linux.frame_buffer import Geometry
from drivers.linux.touch import Touch
from firmware import parts
from firmware.parts.page_screen import open_screen
from simulators.parts.input_device import InputFile
from simulators.parts.touch import SimulatedTouch

PROFILES = ("linux_kiosk_x86_64", "linux_kiosk_arm64", "linux_terminal_arm64")
NOT_FOR_MAKE = {"driver"}


class Row(dict[str, Any]):
    """Knows which of its keys were looked at."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(facts)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, otherwise: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, otherwise)


@pytest.fixture
def display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frame buffer of 1920×1080, as far as it is asked."""
    path = tmp_path / "fb0"
    path.write_bytes(b"")
    monkeypatch.setattr(Geometry, "ask", classmethod(lambda cls, file: Geometry(1920, 1080, 7680, "BGRX")))
    return path


@pytest.mark.parametrize(("rotate", "size"), [(0, (1920, 1080)), (90, (1080, 1920)), (180, (1920, 1080))])
def test_a_screen_that_hangs_upright_is_drawn_so(rotate: int, size: tuple[int, int], display: Path) -> None:
    screen: Any = open_screen({"display": str(display), "rotate": rotate})
    assert (screen.width_px, screen.height_px) == size
    screen._file.close()


def let_go(part: Any) -> None:
    """Of the frame buffer, if it has one open."""
    screen = getattr(part, "_screen", part)
    file = getattr(getattr(screen, "_port", None), "_file", None)
    if file is not None:
        file.close()


CORNERS = [(0, (0, 0)), (90, (0, 1919)), (180, (1919, 1079)), (270, (1079, 0))]


@pytest.mark.parametrize("kind", ["ticket_kiosk", "call_terminal"])
@pytest.mark.parametrize(("rotate", "corner"), CORNERS)
def test_a_finger_is_where_it_is_on_a_screen_that_hangs_turned(
    rotate: int, corner: tuple[int, int], kind: str, display: Path
) -> None:
    """It touches the corner of the panel that is the first one of a screen that hangs straight."""

    async def touched() -> tuple[int, int]:
        hand = SimulatedTouch(InputFile(str(display.parent / "touch")), is_multi=True)
        row = {"driver": "touch_screen", "display": str(display), "touch": hand.file.path, "rotate": rotate}
        screen: Any = parts.make(row, {"kind": kind, "device": "d", "settings": {}, "profile": {}})
        touch: Touch = screen._finger._touch
        touch._ranges = ((0, 4095), (0, 4095))  # a pipe cannot be asked
        finger = asyncio.create_task(touch.tap())
        await asyncio.sleep(0)
        hand.finger_down(1, 0, 0)
        try:
            return await asyncio.wait_for(finger, 5)
        finally:
            hand.file.pull()
            touch._device.close()
            let_go(screen)

    assert asyncio.run(touched()) == corner


def rows() -> list[tuple[str, str, str]]:
    """(profile, kind, part) of every part on a Linux device."""
    found = []
    for profile in PROFILES:
        known = load(profile)
        for kind in sorted(known.kinds):
            found += [(profile, kind, part) for part in known.device_tree(kind)["parts"]]
    return found


@pytest.mark.parametrize(("profile", "kind", "part"), rows())
def test_every_option_is_read(profile: str, kind: str, part: str, display: Path) -> None:
    async def made() -> Row:
        row = Row(load(profile).device_tree(kind)["parts"][part])
        if "display" in row:
            row["display"] = str(display)
        board = {
            "kind": kind,
            "device": "d",
            "settings": {"width_px": 640, "height_px": 64},
            "data": str(display.parent),
            "profile": {},
        }
        part_made: Any = parts.make(row, board)
        let_go(part_made)
        return row

    row = asyncio.run(made())
    assert set(row) - row.read <= NOT_FOR_MAKE, "written in a profile, and never looked at"
