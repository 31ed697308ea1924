"""What hangs on a virtual board is started again by its hardware watchdog, and what is only slow is not."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from firmware.wire.messages.device import ActDone, Heartbeat
from hub.effects.region_look import palette_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import region_pixels
from simulators.boards.pixel_chain import PixelChain
from tests.boards.update_bench import Seat, Updates, rebuilt
from tests.portable.clips import tone, write_clip

pytestmark = pytest.mark.micropython

BITES = {"watchdog_ms": 1500}
BUSY = 5  # a pin that the far side holds low
REST_S = 6.0  # several times what the watchdog waits
Story = Callable[[Seat], Awaitable[None]]


QUICK_STEP = {"firmware/watchdog.py": ("STEP_MS = 60000", "STEP_MS = 2000")}
QUICK_LINK = {"firmware/watchdog.py": ("LINK_AWAY_MS = 30 * 60000", "LINK_AWAY_MS = 3000")}


def on_bench(
    folder: Path,
    kind: str,
    story: Story,
    changes: Mapping[str, tuple[str, str]] | None = None,
    **told: Any,
) -> None:
    """A board of this kind with a watchdog that waits 1.5 s, its tree with other words in some of its sources."""

    async def whole() -> None:
        updates = Updates(folder / "hub")
        seat = Seat("dev-1", folder, updates, kind)
        try:
            tree = rebuilt(updates.tree, folder, changes) if changes else updates.tree
            await seat.set_up(a=tree, profile=BITES, heartbeat_s=1, **told)
            await story(seat)
        finally:
            await seat.clear()

    asyncio.run(whole())


def watchdog_bites(seat: Seat) -> int:
    starts: int = seat.board.starts.count("watchdog")
    return starts


def last_beat(seat: Seat) -> Heartbeat:
    beat: Heartbeat = seat.sent(Heartbeat)[-1]
    return beat


def test_a_role_that_waits_for_ever_for_a_busy_pin_is_started_again_and_says_why(tmp_path: Path) -> None:
    """No await: the event loop stands still."""
    blink = '            self._lamp.set("blink")\n'
    wait = '            while not __import__("machine").Pin(5, 0).value():\n                pass\n'
    hang = {"firmware/roles/help_button.py": (blink, wait + blink)}

    async def story(seat: Seat) -> None:
        assert (seat.hellos[-1]["reset_cause"], watchdog_bites(seat)) == ("reset", 0)
        seat.board.press("button")
        await seat.until(lambda: watchdog_bites(seat) >= 1, "a bite")
        seat.board.release("button")
        await seat.until(lambda: seat.hellos[-1]["reset_cause"] == "watchdog", "a hello after it")
        await seat.until(lambda: seat.sent(Heartbeat) and last_beat(seat).reset_cause == "watchdog", "a heartbeat")
        seat.board.drive(BUSY, 1)
        seat.board.press("button")
        await seat.until(lambda: [t for t in seat.broker.topics() if t.endswith("help/press")], "a press")

    on_bench(tmp_path, "help_button", story, hang, levels={BUSY: 0})


def test_a_line_whose_driver_never_comes_back_is_a_role_that_hangs(tmp_path: Path) -> None:
    """With await: the loop turns, the link lives, the heartbeats go on, and the role does nothing."""
    looks = "        looks = max("
    never = {"drivers/micropython/rs485_line.py": (looks, "        await asyncio.sleep(3600)\n" + looks)}

    async def story(seat: Seat) -> None:
        await seat.until(lambda: watchdog_bites(seat) >= 1, "a bite")
        assert "watchdog: the role hangs; the board starts again" in seat.board.printed
        assert [beat.fault for beat in seat.sent(Heartbeat) if "the role hangs" in beat.fault], "the hub was told"
        await seat.until(lambda: seat.hellos[-1]["reset_cause"] == "watchdog", "a hello after it")

    on_bench(tmp_path, "window_terminal", story, QUICK_STEP | never, settings={"units": [[1, 1], [2, 2]]})


def test_a_line_with_silent_units_is_a_fault_and_no_hang(tmp_path: Path) -> None:
    async def story(seat: Seat) -> None:
        await asyncio.sleep(REST_S)
        assert watchdog_bites(seat) == 0

    on_bench(tmp_path, "window_terminal", story, QUICK_STEP, settings={"units": [[1, 1], [2, 2]]})


def test_an_announcement_that_lasts_is_no_hang(tmp_path: Path) -> None:
    """Six seconds of sound, where a step may take two."""
    write_clip(str(clips(tmp_path)), "cmn/long", tone(100, 1000))

    async def story(seat: Seat) -> None:
        seat.play("call", ["cmn/long"] * 6)
        await seat.until(lambda: seat.sent(ActDone), "the end")
        assert [done.result for done in seat.sent(ActDone)] == ["done"]
        assert watchdog_bites(seat) == 0

    on_bench(tmp_path, "amplifier", story, QUICK_STEP, settings={"clips": "/clips"})


def clips(folder: Path) -> Path:
    """What `fill` copies onto the flash beside the tree."""
    place = folder / "dev-1" / "files" / "clips"
    place.mkdir(parents=True)
    return place


def test_an_amplifier_that_takes_no_samples_is_a_role_that_hangs(tmp_path: Path) -> None:
    drain = "await self._stream.drain()"
    dead = {"drivers/micropython/i2s_sound.py": (drain, "await asyncio.sleep(3600)")}
    write_clip(str(clips(tmp_path)), "cmn/long", tone(100, 1000))

    async def story(seat: Seat) -> None:
        seat.play("call", ["cmn/long"])
        await seat.until(lambda: watchdog_bites(seat) >= 1, "a bite")
        await seat.until(lambda: seat.hellos[-1]["reset_cause"] == "watchdog", "a hello after it")

    on_bench(tmp_path, "amplifier", story, QUICK_STEP | dead, settings={"clips": "/clips"})


def test_a_strip_that_draws_all_it_has_is_no_hang(tmp_path: Path) -> None:
    """8,192 LEDs, as many as a chain may have, flashing twice a second."""

    async def story(seat: Seat) -> None:
        chain = PixelChain(256, 32)
        seat.board.attach(1, chain)
        pixels = region_pixels(Look(256, 32, "3", "出入境证件办理", "A001", ("请到", "本窗口")))
        region = {"x": 0, "width": 256, "height": 32, "palette": list(palette_of("called")), "pixels": pixels}
        seat.say("show/region/0", {"epoch": 1, "rev": 1, "text": "A001", "flash_ms": 5000, **region})
        await seat.until(lambda: chain.frames > 10, "ten pictures")
        assert watchdog_bites(seat) == 0

    on_bench(tmp_path, "window_strip", story, settings={"width_px": 256, "height_px": 32})


def test_a_network_that_is_cut_costs_one_restart_and_not_one_after_the_other(tmp_path: Path) -> None:
    """A network chip may need a reset, after half an hour; a broker that is away needs none."""

    async def story(seat: Seat) -> None:
        await seat.until(lambda: len(seat.sent(Heartbeat)) > 2, "a link for some seconds")
        seat.board.cut_network()
        await seat.until(lambda: watchdog_bites(seat) == 1, "a bite")
        assert "watchdog: no link for" in seat.board.printed
        await asyncio.sleep(2 * REST_S)
        assert seat.board.starts.count("watchdog") == 1
        seat.board.restore_network()
        await seat.until(lambda: seat.hellos[-1]["reset_cause"] == "watchdog", "online again")
        assert watchdog_bites(seat) == 1

    on_bench(tmp_path, "help_button", story, QUICK_LINK)
