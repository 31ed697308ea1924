"""A sound card that goes and comes: told within two seconds, also while nobody plays, and well again by itself."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.faults import PartFault
from drivers.linux.alsa_sound import AlsaSound
from drivers.speaker import Speaker
from drivers.tone import TONE_HZ
from firmware.roles.amplifier import Amplifier
from firmware.wire.messages.speech import CALL, Play
from tests.portable.bench import stop, until
from tests.portable.clips import tone, write_clip
from tests.portable.outlet import Outlet

WITHIN_S = 2.0
CARD = 'test -e "$0/card" || { echo no such device >&2; exit 1; }; cat >>"$0/heard"'


def card(folder: Path) -> AlsaSound:
    """aplay's part is a shell that refuses while there is no file ``card``."""
    return AlsaSound(("sh", "-c", CARD, str(folder)), folder / "cards")


def plug(folder: Path) -> None:
    (folder / "card").touch()
    (folder / "cards").write_text("0 [Device]")


def unplug(folder: Path) -> None:
    (folder / "card").unlink()
    (folder / "cards").write_text("--- no soundcards ---")


def test_unplugged_and_plugged_in_again_while_nobody_plays(tmp_path: Path) -> None:
    async def story() -> None:
        plug(tmp_path)
        sound = card(tmp_path)
        watching = asyncio.create_task(sound.watch())
        await asyncio.sleep(0)
        unplug(tmp_path)
        assert await asyncio.wait_for(sound.health.changed(""), WITHIN_S) == "unplugged"
        plug(tmp_path)
        assert await asyncio.wait_for(sound.health.changed("unplugged"), WITHIN_S) == ""
        watching.cancel()

    asyncio.run(story())


def test_a_card_that_goes_while_it_plays_is_a_fault(tmp_path: Path) -> None:
    async def story() -> None:
        write_clip(str(tmp_path), "cmn/a", tone(1, 10))
        speaker = Speaker(card(tmp_path), str(tmp_path))
        with pytest.raises(PartFault, match=r"no such device|ended in the middle"):
            await speaker.play(["cmn/a"])
        assert speaker.health.fault == "unplugged"
        plug(tmp_path)
        assert await speaker.play(["cmn/a"])
        assert speaker.health.fault == ""
        assert (tmp_path / "heard").read_bytes() == tone(1, 10)

    asyncio.run(story())


def test_a_card_that_takes_nothing_any_more_is_a_fault_in_time(tmp_path: Path) -> None:
    async def story() -> None:
        sound = AlsaSound(("sh", "-c", "exec sleep 60"), tmp_path / "cards")
        with pytest.raises(OSError, match="takes no samples"):
            await asyncio.wait_for(sound.write(bytes(1_000_000)), WITHIN_S)  # more than a pipe holds
        assert sound.health.fault == "no_answer"

    asyncio.run(story())


def test_cut_is_silence_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        sound = AlsaSound(("sh", "-c", "exec sleep 60"), tmp_path / "cards")
        await sound.write(bytes(2048))
        async with asyncio.timeout(1):
            await sound.cut()
            await sound.drain()
        assert sound.health.fault == ""

    asyncio.run(story())


def test_the_self_test_plays_a_tone_and_says_so(tmp_path: Path) -> None:
    plug(tmp_path)
    said = asyncio.run(Speaker(card(tmp_path), str(tmp_path)).self_test())
    assert said == f"tone of {TONE_HZ} Hz played for 500 ms"
    pcm = (tmp_path / "heard").read_bytes()
    values = [int.from_bytes(pcm[at : at + 2], "little", signed=True) for at in range(0, len(pcm), 2)]
    rises = sum(1 for before, after in pairwise(values) if before < 0 <= after)
    assert len(values) == 8000
    assert abs(rises - TONE_HZ / 2) <= 2


def test_volume_is_the_height_of_the_samples(tmp_path: Path) -> None:
    plug(tmp_path)
    write_clip(str(tmp_path), "cmn/a", tone(1000, 10))
    asyncio.run(Speaker(card(tmp_path), str(tmp_path)).play(["cmn/a"], 25))
    assert (tmp_path / "heard").read_bytes() == tone(250, 10)


def test_a_call_during_which_the_card_goes_is_said_when_it_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        plug(tmp_path)
        write_clip(str(tmp_path), "cmn/a", tone(1, 10))
        speaker = Speaker(card(tmp_path), str(tmp_path))
        role, outlet = Amplifier({}, {"speaker": speaker}), Outlet()
        role.outlet = outlet
        working = asyncio.create_task(role.run())
        await asyncio.sleep(0)
        unplug(tmp_path)
        role.act(Play(id="call", expires_at_ms=9999, priority=CALL, clips=["cmn/a"], text=""))
        assert await asyncio.wait_for(speaker.health.changed(""), WITHIN_S) == "unplugged"
        assert outlet.asked == []
        plug(tmp_path)
        assert await asyncio.wait_for(speaker.health.changed("unplugged"), WITHIN_S) == ""
        await until(lambda: outlet.asked, "the call")
        assert [(done.act, done.result) for done in outlet.asked] == [("call", "done")]
        assert (tmp_path / "heard").read_bytes() == tone(1, 10)
        await stop(working)
        outlet.close()

    asyncio.run(story())
