"""Devices fit into small memories, and a day's traffic leaves nothing behind."""

import asyncio
import sys
from pathlib import Path

import pytest

from board_profiles import load
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


def test_a_help_button_works_for_a_day_in_a_plain_heap_of_64_kb(tmp_path: Path) -> None:
    """``-X heapsize=64k`` and nothing subtracted; the code in ROM as on a board, its pins cost nothing."""
    day, free, said = asyncio.run(day_from_rom(tmp_path, "64k", A_DAY))
    assert day.is_over, said
    assert day.has_log
    assert day.is_found
    assert free > 2000
    assert said == "dev-1 connected\n"


def test_a_heap_that_is_too_small_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="does not run in a heap of 40k"):
        asyncio.run(heap_in_use("help_button", "40k", tmp_path))
