"""The firmware asks each chip for what the board's profile says: real MicroPython, and a chip that writes it down."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from board_profiles import load, names

ROOT = Path(__file__).parents[2]
METAL = Path(__file__).parent / "metal"
MICROPYTHON = Path(sys.executable).with_name("micropython")
PAIRS = [(name, kind) for name in names() if load(name).is_micropython for kind in load(name).kinds]

pytestmark = pytest.mark.micropython


def on_metal(script: str, *args: str) -> subprocess.CompletedProcess[str]:
    if not MICROPYTHON.exists() and not os.environ.get("CI"):
        pytest.skip("no micropython beside " + sys.executable)
    return subprocess.run(
        [MICROPYTHON, METAL / script, *args],
        env={"MICROPYPATH": f"{METAL}:{ROOT}:.frozen", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=20,
    )


def built(folder: Path, name: str, kind: str, **more: Any) -> dict[str, Any]:
    board = {
        "device": "dev-1",
        "kind": kind,
        "settings": {"width_px": 64, "height_px": 16},
        "profile": load(name).device_tree(kind),
        **more,
    }
    path = folder / "board.json"
    path.write_text(json.dumps(board))
    done = on_metal("build_board.py", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    asked: dict[str, Any] = json.loads(done.stdout)
    return asked


def calls(asked: list[Any], what: str) -> list[Any]:
    return [[args, keys] for name, args, keys in asked if name == what]


CLASSES = {"bus": "KeypadBus", "button": "Button", "lamp": "Lamp", "speaker": "Speaker", "panel": "Panel"}


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_every_board_of_every_kind_is_built_from_its_profile(name: str, kind: str, tmp_path: Path) -> None:
    asked = built(tmp_path, name, kind)
    tree = load(name).device_tree(kind)
    assert asked["built"] == {part: CLASSES[part] for part in tree["parts"]}
    pins = {args[0] for args, _ in calls(asked["parts"], "Pin")}
    wanted = set()
    for row in tree["parts"].values():
        rows = [row, tree["buses"].get(row.get("bus"), {})]
        wanted |= {
            one[key]
            for one in rows
            for key in ("pin", "enable", "sck", "mosi", "ws", "sd", "tx", "rx", "send")
            if key in one
        }
    assert pins == wanted - {None}
    if "led" in tree:
        assert tree["led"]["pin"] in {args[0] for args, _ in calls(asked["led"], "Pin")}
    else:
        assert asked["led"] == []
    assert asked["is_up"]


def test_a_button_has_its_pull_and_a_lamp_is_dark_from_the_first_moment(tmp_path: Path) -> None:
    asked = built(tmp_path, "esp32_poe", "help_button")["parts"]
    assert [[32, "in", "up"], {}] in calls(asked, "Pin")
    assert [[33, "out"], {"value": 0}] in calls(asked, "Pin")
    assert all(level == 0 for (_, level), _ in calls(asked, "drive"))


def test_the_w5500_of_the_esp32_s3(tmp_path: Path) -> None:
    asked = built(tmp_path, "esp32_s3_eth", "help_button")
    keys = {"spi": "SPI", "phy_type": "W5500", "phy_addr": 0, "cs": 14, "int": 10, "reset": 9}
    assert calls(asked["network"], "LAN") == [[[], keys]]
    assert calls(asked["network"], "SPI") == [[[1], {"baudrate": 20_000_000, "sck": 13, "mosi": 11, "miso": 12}]]
    assert calls(asked["network"], "hostname") == [[["dev-1"], {}]]
    assert calls(asked["network"], "ipconfig")[0] == [[], {"dhcp4": True}]
    assert asked["mac"] == "02:00:00:00:00:07"


def test_the_lan8720_of_the_esp32(tmp_path: Path) -> None:
    asked = built(tmp_path, "esp32_poe", "help_button")["network"]
    keys = {"mdc": 23, "mdio": 18, "power": 12, "ref_clk": 17, "ref_clk_mode": "out", "phy_type": "LAN8720"}
    assert calls(asked, "LAN") == [[[], {**keys, "phy_addr": 0}]]


def test_the_w5500_of_the_rp2350_with_a_fixed_address(tmp_path: Path) -> None:
    fixed = {"address": "10.0.0.7/24", "gateway": "10.0.0.1", "dns": "10.0.0.2"}
    asked = built(tmp_path, "w5500_evb_pico2", "help_button", network=fixed)["network"]
    assert calls(asked, "WIZNET5K") == [[["SPI", 17, 20, 21], {}]]
    assert calls(asked, "SPI") == [[[0], {"baudrate": 20_000_000, "sck": 18, "mosi": 19, "miso": 16}]]
    assert calls(asked, "active") == [[[True], {}]]
    assert [[], {"addr4": "10.0.0.7/24", "gw4": "10.0.0.1"}] in calls(asked, "ipconfig")
    assert [["all"], {"dns": "10.0.0.2"}] in calls(asked, "ipconfig")


def test_sound_waits_for_room_and_ends_when_it_was_heard() -> None:
    done = on_metal("play_i2s.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "played\n"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda board: board.pop("profile"), "profile missing; flash this board again"),
        (lambda board: board["profile"]["parts"]["button"].update(driver="foot"), "no driver foot on this board"),
        (lambda board: board["profile"]["network"].update(driver="pigeon"), "no network driver pigeon on this board"),
        (lambda board: board["profile"]["parts"].update(panel=PANEL), "a chain on SPI takes 1 to 8192"),
        (lambda board: board["profile"]["parts"].update(panel={**PANEL, "bus": "no"}), "profile.buses.no missing"),
    ],
)
def test_a_board_that_cannot_be_built_says_what_to_do(spoil: Any, said: str, tmp_path: Path) -> None:
    board = {
        "device": "dev-1",
        "settings": {"width_px": 3200, "height_px": 128},
        "profile": load("virtual").device_tree("help_button"),
    }
    board["profile"]["buses"] = load("virtual").device_tree("window_strip")["buses"]
    spoil(board)
    path = tmp_path / "board.json"
    path.write_text(json.dumps(board))
    done = on_metal("build_board.py", str(path))
    assert done.returncode == 1
    assert said in done.stdout + done.stderr


PANEL = {"driver": "panel_spi", "bus": "pixels", "is_serpentine": True, "brightness": 8}
