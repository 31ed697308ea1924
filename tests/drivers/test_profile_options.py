"""What a profile says of a part reaches it: nothing that an installer writes is silently left out."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from board_profiles import load
from drivers.linux.frame_buffer import Geometry
from firmware import parts
from firmware.parts.page_screen import open_screen

PROFILES = ("linux_kiosk_x86_64", "linux_kiosk_arm64", "linux_terminal_arm64")
NOT_FOR_MAKE = {"driver", "self_test"}


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
        screen = getattr(part_made, "_screen", part_made)
        file = getattr(getattr(screen, "_port", None), "_file", None)
        if file is not None:
            file.close()
        return row

    row = asyncio.run(made())
    assert set(row) - row.read <= NOT_FOR_MAKE, "written in a profile, and never looked at"
