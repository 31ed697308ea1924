"""A new tree that cannot work with the parts of its board does not stay: its self-test fails, the old tree runs on."""

import asyncio
from pathlib import Path

import pytest

from firmware.wire.messages.device import ActDone
from firmware.wire.messages.update import SelfTested
from tests.boards.update_bench import Seat, Updates, rebuilt, with_files

pytestmark = pytest.mark.micropython

# What the driver of a new tree gets wrong, and what the self-test says of it.
WRONG = {
    "help_button": (
        {
            "firmware/parts/lamp_pin.py": (
                'output_pin(row["pin"], 1 if active_low else 0)',
                '__import__("machine").Pin(row["pin"], 0)',
            )
        },
        "lamp: its pin stays at 0; check pin and wiring",
    ),
    "window_strip": (
        {
            "drivers/micropython/spi_pixels.py": (
                "        self._spi.write(self._frame)",
                '        raise OSError("no SPI")',
            )
        },
        "panel: no SPI",
    ),
    "amplifier": (
        {"drivers/micropython/i2s_sound.py": ("await self._stream.drain()", "await asyncio.sleep(3600)")},
        "speaker: no answer in 10 s",
    ),
    "window_terminal": (
        {
            "drivers/micropython/rs485_line.py": (
                "        looks = max(",
                "        await asyncio.sleep(3600)\n        looks = max(",
            )
        },
        "bus: its line takes no turns",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_tree_whose_driver_is_wrong_is_taken_back_and_says_which_part(kind: str, tmp_path: Path) -> None:
    changes, said = WRONG[kind]

    async def story() -> None:
        updates = Updates(tmp_path / "hub")
        await updates.server.open("127.0.0.1")
        seat = Seat("dev-1", tmp_path, updates, kind)
        try:
            bad = updates.put(with_files(rebuilt(updates.tree, tmp_path, changes), "1.1.0"))
            good = updates.put(with_files(updates.tree, "1.2.0"))
            units = {"units": [[1, 1]]} if kind == "window_terminal" else {"width_px": 64, "height_px": 16}
            await seat.set_up(update={"trial_s": 14}, settings={"clips": "/clips", **units})
            seat.offer(bad)
            await seat.until(lambda: "failed" in seat.stages(), "the bad tree taken back")
            assert seat.versions == ["1.0.0", "1.1.0", "1.0.0"]
            assert {tested.fault for tested in seat.sent(SelfTested)} == {said}
            assert seat.reports()[-1].reason == "update.self-test"
            seat.offer(good, rev=2)
            await seat.until(lambda: "running" in seat.stages(), "a good one kept")
            assert seat.versions[-1] == "1.2.0"
            assert seat.sent(SelfTested)[-1].fault == ""
        finally:
            await seat.clear()
            await updates.server.close()

    asyncio.run(story())


def test_a_fault_of_a_part_is_known_to_the_role_although_the_makers_of_parts_are_forgotten(tmp_path: Path) -> None:
    """What a driver raises and what a role catches is one class, whenever each of them was loaded."""

    async def story() -> None:
        seat = Seat("dev-1", tmp_path, Updates(tmp_path / "hub"), "amplifier")
        try:
            await seat.set_up(settings={"clips": "/clips"})
            seat.play("call", ["cmn/not-there"])
            await seat.until(lambda: seat.sent(ActDone), "the end")
            assert [done.result for done in seat.sent(ActDone)] == ["failed"]
            assert "role" not in seat.board.printed
        finally:
            await seat.clear()

    asyncio.run(story())
