"""Devices fit into small memories, and a day's traffic leaves nothing behind."""

import asyncio
import json
import sys
from pathlib import Path

import msgspec
import pytest

from board_profiles import load
from board_profiles.drivers import DRIVERS
from board_profiles.heap import needed_kb
from tests.system.device_heap import ROLES, day_from_rom, day_of_a_board, heap_in_use

pytestmark = [pytest.mark.system, pytest.mark.micropython]

# 64-bit words: half of it on a microcontroller. A help button that runs from its slot takes more than its profile has
# for one that runs from ROM.
BUDGET = {
    "help_button": "96k",
    **{kind: f"{load('virtual').kinds[kind].heap_kb}k" for kind in ("amplifier", "window_strip")},
}
REAL_START_KB = load("virtual").kinds["help_button"].heap_kb or 0  # as it is flashed, from ROM
OTHERS = "160k"
A_DAY = 10_000  # messages
NOTHING = 1500  # bytes: what happens to be on its way when it is measured


@pytest.fixture(autouse=True)
def _needs_micropython() -> None:
    if not Path(sys.executable).with_name("micropython").exists():
        pytest.skip("no micropython beside " + sys.executable)


@pytest.mark.parametrize("kind", ROLES)
def test_a_role_works_within_its_heap(kind: str, tmp_path: Path) -> None:
    assert asyncio.run(heap_in_use(kind, BUDGET.get(kind, OTHERS), tmp_path))["live"] > 20000


def test_a_line_of_26_windows_fits_its_board(tmp_path: Path) -> None:
    settings = {"units": [[unit, unit] for unit in range(1, 27)], "services": [[f"tax-{n}", "税务"] for n in range(8)]}
    assert asyncio.run(heap_in_use("window_terminal", "224k", tmp_path, **settings))["live"] > 20000


def test_a_help_button_on_a_measured_loop_fits_its_board(tmp_path: Path) -> None:
    assert asyncio.run(heap_in_use("help_button", BUDGET["help_button"], tmp_path, loop=True))["live"] > 20000


@pytest.mark.parametrize("kind", BUDGET)
def test_a_day_of_messages_takes_no_heap_for_good(kind: str, tmp_path: Path) -> None:
    used = asyncio.run(heap_in_use(kind, BUDGET[kind], tmp_path, A_DAY))
    assert used["end"] - used["settled"] < NOTHING


def test_a_help_button_as_it_is_flashed_works_for_a_day(tmp_path: Path) -> None:
    """Real boot.py and main.py, network, watchdog, LED; its log and its place are asked for, the button is pressed."""
    said, presses, is_done = asyncio.run(day_of_a_board(tmp_path, REAL_START_KB, A_DAY))
    assert said.count("connected") == 1  # of one connection, and nothing of what went wrong
    assert said.count("\n") == 1, said
    assert presses >= 1
    assert is_done


# Every way to fit a button: its row in the device tree, and what such a button reports in the course of a day.
FITTED: list[tuple[str, dict[str, int], set[str]]] = [
    ("button_pin", {"pin": 0}, set()),
    ("button_loop", {"pin": 12}, {"", "loop_open"}),
    ("button_loop", {"pin": 12, "case": 13}, {"", "loop_open", "tampered"}),
]


@pytest.mark.parametrize(("driver", "pins", "faults"), FITTED)
def test_a_help_button_works_for_a_day_in_the_plain_heap_that_profiles_promise(
    driver: str, pins: dict[str, int], faults: set[str], tmp_path: Path
) -> None:
    """``-X heapsize=64k`` at most and nothing subtracted; the code in ROM as on a board, its real start and parts."""
    heap_kb = needed_kb("help_button", [driver, "lamp_pin"])
    assert heap_kb <= REAL_START_KB == 64
    row = {"driver": driver, **msgspec.structs.asdict(DRIVERS[driver].row(**pins))}
    day = asyncio.run(day_from_rom(tmp_path, f"{heap_kb}k", A_DAY, row, faults))
    assert day.is_done, (day.faults, day.presses, day.said)
    assert min(day.free) > 1000
    assert day.said == "dev-1 connected\n"
    assert json.loads((tmp_path / "files/slots/state.json").read_text())["boots"] == 0, "a start that was good"


@pytest.mark.parametrize("driver", ["button_pin", "button_loop"])
def test_what_profiles_promise_is_no_guess_from_above(driver: str, tmp_path: Path) -> None:
    """With an eighth less than that no day is to be had."""
    row = {"driver": driver, **msgspec.structs.asdict(DRIVERS[driver].row(pin=0))}
    heap_kb = needed_kb("help_button", [driver, "lamp_pin"]) * 7 // 8
    assert not asyncio.run(day_from_rom(tmp_path, f"{heap_kb}k", A_DAY, row, set())).is_done


def test_every_button_that_a_profile_allows_is_among_them() -> None:
    allowed = {one.name for one in DRIVERS.values() if one.part == "button" and "unix" in one.ports}
    assert {driver for driver, _, _ in FITTED} == allowed


def test_a_heap_that_is_too_small_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="does not run in a heap of 40k"):
        asyncio.run(heap_in_use("help_button", "40k", tmp_path))
