"""A HUB75 panel on an RP2350, as an overlay wires it: real MicroPython asks the chip for these pins."""

import json
from pathlib import Path

import pytest

from board_profiles import load
from tests.boards.test_metal import calls, on_metal
from tests.boards.test_profiles import STRIP_OVERLAYS

pytestmark = pytest.mark.micropython

BOARD = "w5500_evb_pico2"


def test_a_panel_on_its_pins_is_dark_from_the_first_moment(tmp_path: Path) -> None:
    text = "[kinds.window_strip.parts.panel]\n" + STRIP_OVERLAYS[BOARD]
    (tmp_path / f"{BOARD}.toml").write_text(text, encoding="utf-8")
    board = {"device": "dev-1", "kind": "window_strip", "settings": {"width_px": 64, "height_px": 32}}
    path = tmp_path / "board.json"
    path.write_text(json.dumps({**board, "profile": load(BOARD, tmp_path).device_tree("window_strip")}))
    done = on_metal("build_board.py", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    asked = json.loads(done.stdout)
    assert asked["built"] == {"panel": "Hub75Panel"}
    assert calls(asked["parts"], "StateMachine") == [[[0], {"freq": 10_000_000, "out_base": 0, "sideset_base": 6}]]
    program = calls(asked["parts"], "program")[0][1]
    assert (program["autopull"], program["pull_thresh"], len(program["out_init"])) == (True, 8, 6)
    assert [[8, "out"], {"value": 1}] in calls(asked["parts"], "Pin"), "OE high: dark"
    assert [[12, "out"], {"value": 0}] in calls(asked["parts"], "Pin"), "D, the last of the address"
