"""Signed updates on virtual boards: real MicroPython, a real littlefs, real power cuts."""

import asyncio
from pathlib import Path

import pytest

from tests.boards.update_bench import Seat, Updates, with_files

pytestmark = pytest.mark.micropython

NEWS = b"# what is new in this version\n" * 800
STATE = "import json; s = json.load(open('/slots/state.json')); print(s['active'], s['trying'], s['failed'][3:])"


def test_three_boards_one_is_updated_one_takes_a_bad_tree_back_one_loses_power(tmp_path: Path) -> None:
    async def story() -> None:
        updates = Updates(tmp_path / "hub")
        await updates.server.open("127.0.0.1")
        good = updates.put(with_files(updates.tree, "1.1.0", firmware__news=NEWS))
        bad = updates.put(
            with_files(
                updates.tree,
                "1.1.1",
                leave_out=("firmware/board.mpy",),
                firmware__board=b"raise RuntimeError('born broken')\n",
            )
        )
        seats = [Seat(name, tmp_path, updates) for name in ("help-1", "help-2", "help-3")]
        seats += [Seat("amp-1", tmp_path, updates, "amplifier"), Seat("strip-1", tmp_path, updates, "window_strip")]
        try:
            await asyncio.gather(*[seat.set_up() for seat in seats])
            await asyncio.gather(pressed(seats[0], good), taken_back(seats[1], bad), cut(seats[2], good))
            await asyncio.gather(*[updated(seat, good) for seat in seats[3:]])  # each in the heap of its profile
            # Only what changed has travelled.
            assert updates.server.served_bytes < 7 * len(NEWS) + 10 * len(good.manifest)
        finally:
            for seat in seats:
                await seat.clear()
            await updates.server.close()

    asyncio.run(story())


async def updated(seat: Seat, good) -> None:
    assert seat.versions == ["1.0.0"]
    seat.offer(good)
    await seat.until(lambda: "running" in seat.stages(), "the new tree kept")
    assert seat.versions == ["1.0.0", "1.1.0"]
    await seat.until(lambda: seat.tests_passed() == 1, "its self-test told")


async def pressed(seat: Seat, good) -> None:
    await updated(seat, good)
    seat.board.press("button")
    await seat.until(lambda: [topic for topic in seat.broker.topics() if topic.endswith("help/press")], "a press")
    seat.board.release("button")
    seat.board.cut_power()
    seat.board.restore_power()
    await seat.until(lambda: len(seat.versions) == 3, "online again")
    assert seat.versions[-1] == "1.1.0"


async def taken_back(seat: Seat, bad) -> None:
    seat.offer(bad)
    await seat.until(lambda: "failed" in seat.stages(), "the bad tree taken back")
    assert seat.versions == ["1.0.0", "1.0.0"]  # the bad one never said hello
    assert seat.board.printed.count("born broken") == 3
    assert [report.reason for report in seat.reports() if report.stage == "failed"] == ["update.boot"]
    assert await seat.on_flash(STATE) == "a  ['update.boot']"


async def cut(seat: Seat, good) -> None:
    steps = seat.board.flash_steps
    for after_steps in (700, 1500, 300):
        if not seat.stages():
            seat.offer(good)
        seat.board.cut_power(after_flash_steps=after_steps)
        await seat.until(lambda: not seat.board.is_powered, "the power cut")
        assert "ready" not in seat.stages()
        seat.board.restore_power()
    assert steps < 1200  # of which the first start took most, to lay the tree into ROM
    await seat.until(lambda: "running" in seat.stages(), "the new tree kept")
    assert seat.versions[-1] == "1.1.0"
    await seat.until(lambda: seat.tests_passed() == 1, "its self-test told")
