"""An amplifier fresh from the factory: it fetches its clips from the hub, plays calls, and what a person has said."""

import asyncio
import json
import time
import wave
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware.agent import Agent
from firmware.wire.messages.queue import TicketCall, TicketFinish, TicketRecall, TicketServe, TicketTake, WindowOpen
from hub.speech import clip_bank
from hub.speech.clip_bank import all_clips
from simulators.board_process import BoardProcess
from simulators.hub_process import HubProcess
from simulators.process import find_micropython
from tests.bench.hall import board_of
from tests.bench.press_bench import Clerk
from tests.system.tone_bank import tone_bank

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not find_micropython(), reason="no MicroPython for this machine"),
]

CHANNEL, AMPLIFIER = "gongjijin", "gongjijin-amp-1"
KIOSK, TERMINAL, SERVICE = "gongjijin-kiosk-1", "gongjijin-call-02", "gongjijin-deposit"
HEAP = "160k"  # 64-bit words: half of it on a microcontroller


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tone_bank(tmp_path_factory.mktemp("bank"), long="cmn/phrase-keep-quiet", long_ms=1500)


@pytest.fixture(scope="module")
def hub(bank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path_factory.mktemp("amplifier") / "hub", clips=bank)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def with_amplifier(hub: HubProcess, tmp_path: Path) -> Callable[..., None]:
    """Runs a story with a switched-on amplifier whose flash is empty."""

    def run(story: Callable[[BoardProcess, Path], Coroutine[Any, Any, None]], **settings: Any) -> None:
        board = json.loads((hub.boards / f"{AMPLIFIER}.json").read_text())
        board["data"] = str(tmp_path / "flash")
        board["settings"] |= settings
        path = tmp_path / "board.json"
        path.write_text(json.dumps(board))

        async def live() -> None:
            amplifier = BoardProcess(path, tmp_path / "out", heap=HEAP)
            await amplifier.start()
            try:
                await story(amplifier, tmp_path / "flash" / "clips")
                # Else the hub has the next test's amplifier say it again.
                await until(lambda: hub.get("/status")["announcements"] == 0, "the last word in the journal")
            finally:
                await amplifier.stop()

        asyncio.run(live())

    return run


def of_flash(flash: Path) -> set[str]:
    return {f"{path.parent.name}/{path.stem}" for path in flash.glob("*/*.wav")}


async def until(is_true: Callable[[], bool], what: str, limit_s: float = 20) -> None:
    deadline = time.monotonic() + limit_s
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen within {limit_s} s"
        await asyncio.sleep(0.02)


def announce(hub: HubProcess, **body: Any) -> None:
    hub.post("/announcements", {"channel": CHANNEL, **body})


def test_it_fetches_all_clips_within_its_heap_and_plays_them(hub, bank, with_amplifier):
    async def story(amplifier: BoardProcess, flash: Path) -> None:
        await until(lambda: (flash / ".manifest").exists(), "the last clip")
        assert of_flash(flash) == set(all_clips())
        for name in all_clips():
            assert clip_bank.wav(flash, name).read_bytes() == clip_bank.wav(bank, name).read_bytes()
        for attempt in range(1, 4):  # a machine that stood still is given another try
            await asyncio.to_thread(announce, hub, phrase="closing-soon")
            await until(lambda n=attempt: len(amplifier.heard) == n, "the announcement")
            assert amplifier.heard_clips == ["common/chime", "cmn/phrase-closing-soon"]
            if not amplifier.gaps:
                break
        assert amplifier.gaps == []
        (said,) = amplifier.said[-1:]
        assert (said.clips, said.begins_ms) == (tuple(amplifier.heard_clips), (0, 40))
        assert (said.cut_at_ms, said.late) == (-1, ())
        assert said.longest_silence_ms < 30
        with wave.open(str(amplifier.heard[-1])) as file:
            assert file.readframes(file.getnframes()) == clip_bank.join(bank, amplifier.heard_clips)

    with_amplifier(story)


def test_an_emergency_cuts_off_a_notice_which_is_then_said_again(hub, bank, with_amplifier):
    async def story(amplifier: BoardProcess, flash: Path) -> None:
        await until(lambda: (flash / ".manifest").exists(), "the last clip")
        await asyncio.to_thread(announce, hub, phrase="keep-quiet")
        await until(lambda: amplifier.begun, "the notice")
        await asyncio.to_thread(announce, hub, phrase="closing-soon", priority="emergency")
        await until(lambda: len(amplifier.heard) == 2, "both")
        assert [clips[-1] for clips in amplifier.begun] == [
            *("cmn/phrase-keep-quiet", "cmn/phrase-closing-soon", "cmn/phrase-keep-quiet")
        ]
        assert len(amplifier.cut) == 1
        assert [said.cut_clip for said in amplifier.said] == ["cmn/phrase-keep-quiet", "", ""]
        with wave.open(str(amplifier.cut[0])) as file:
            assert amplifier.said[0].cut_at_ms == file.getnframes() // 16
        with wave.open(str(amplifier.cut[0])) as file:
            heard = file.readframes(file.getnframes())
        assert len(heard) < 32 * 1500
        assert clip_bank.join(bank, amplifier.begun[0]).startswith(heard[:1000])

    with_amplifier(story)


def test_with_little_flash_it_has_what_its_hall_speaks(hub, with_amplifier):
    async def story(amplifier: BoardProcess, flash: Path) -> None:
        await until(lambda: (flash / ".manifest").exists(), "the end of the sync")
        kept = of_flash(flash)
        assert {name for name in all_clips() if name.startswith(("common/", "cmn/"))} <= kept
        assert sum(path.stat().st_size for path in flash.glob("*/*.wav")) <= 130 * 1024
        assert len(kept) < len(all_clips())

    with_amplifier(story, languages=["cmn"], clips_kb=130)


def test_a_persons_own_words_are_spoken_by_the_hub_fetched_and_heard(hub, with_amplifier):
    pytest.importorskip("espeakng_loader")

    async def story(amplifier: BoardProcess, flash: Path) -> None:
        await asyncio.to_thread(announce, hub, text="三楼停电", priority="page")
        await until(lambda: amplifier.heard, "the words", 40)
        chime, own = amplifier.heard_clips
        assert chime == "common/chime"
        assert own in of_flash(flash)
        assert own.startswith("said/")

    with_amplifier(story)


def test_what_is_no_longer_true_is_not_said(hub, with_amplifier):
    """Two are called while a page is spoken. The first comes by himself, the second is called twice; then another is
    called and served while the amplifier is without power."""

    async def story(amplifier: BoardProcess, flash: Path) -> None:
        await until(lambda: (flash / ".manifest").exists(), "the last clip")
        async with clerk_of(hub, tickets=3) as clerk:
            for _ in range(2):  # long enough for all that follows
                await asyncio.to_thread(announce, hub, phrase="keep-quiet", priority="page")
            await until(lambda: amplifier.begun, "the page")
            first = await called(clerk)
            await clerk.ask(TicketServe(ticket=first))
            await until(lambda: became(hub)[0] == ("withdrawn", "serve"), "the amplifier's word on the first")
            await clerk.ask(TicketFinish(ticket=first))
            await clerk.has_ticket(False)
            second = await called(clerk)
            await clerk.ask(TicketRecall(ticket=second))
            await until(lambda: became(hub)[1] == ("withdrawn", "recall"), "and on the second's first call")
            assert len(amplifier.begun) <= 2, "the pages were too short to see anything"
            await until(lambda: len(amplifier.heard) == 3, "the recall")
            assert [said[-1] for said in amplifier.begun[:2]] == ["cmn/phrase-keep-quiet"] * 2
            assert [f"cmn/digit-{digit}" for digit in second[-3:]] == [
                clip for clip in amplifier.begun[2] if clip.startswith("cmn/digit-")
            ][:3]
            await until(lambda: became(hub)[0] == ("done", ""), "the recall in the journal")
            await amplifier.cut_power()
            await clerk.ask(TicketFinish(ticket=second))
            await clerk.has_ticket(False)
            third = await called(clerk)
            await clerk.ask(TicketServe(ticket=third))
            await amplifier.restore_power()
            await until(lambda: became(hub)[0] == ("withdrawn", "serve"), "the word of the one that was away")
            assert len(amplifier.begun) == 3
            await clerk.ask(TicketFinish(ticket=third))

    with_amplifier(story)


@asynccontextmanager
async def clerk_of(hub: HubProcess, tickets: int) -> AsyncIterator[Clerk]:
    """At an open window for which so many wait."""
    clerk, kiosk = Clerk(), Clerk()
    agents = [Agent(board_of(hub, id), role) for id, role in ((TERMINAL, clerk), (KIOSK, kiosk))]
    tasks = [asyncio.create_task(agent.run()) for agent in agents]
    try:
        await asyncio.wait_for(asyncio.gather(clerk.welcomed.wait(), kiosk.welcomed.wait()), 20)
        await clerk.ask(WindowOpen())
        for _ in range(tickets):
            await kiosk.ask(TicketTake(service=SERVICE))
        yield clerk
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def called(clerk: Clerk) -> str:
    """The id of the next ticket."""
    await clerk.ask(TicketCall())
    await clerk.has_ticket(True)
    return clerk.ticket


def became(hub: HubProcess) -> list[tuple[str, str]]:
    """Of the announcements, newest first."""
    return [(one["became"], one["because"]) for one in hub.get("/announcements")]
