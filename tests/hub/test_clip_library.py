"""The library of clips and what amplifiers are told of it: whole, by hash, and anew only when something changed."""

import asyncio
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.effects.clips import Clips
from hub.engine.plan import Plan
from hub.speech import clip_bank
from hub.speech.clip_bank import all_clips
from hub.speech.library import Library, LibraryFault
from tests.engine.small_site import MORNING_MS, small_plan
from tests.system.tone_bank import tone_bank


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tone_bank(tmp_path_factory.mktemp("bank"), 5)


@pytest.fixture
def library(bank: Path, tmp_path: Path) -> Library:
    made = Library(tmp_path / "clips", bank)
    assert made.refresh()
    return made


def listed(library: Library) -> dict[str, tuple[str, int]]:
    """Name → (SHA-256, bytes), of the list as an amplifier fetches it."""
    lines = (library.shelf / library.manifest).read_text().splitlines()
    assert [line.split()[2] for line in lines] == sorted(line.split()[2] for line in lines)
    return {name: (digest, int(size)) for digest, size, name in (line.split() for line in lines)}


def test_every_file_of_the_shelf_is_what_its_name_says(library: Library) -> None:
    for path in library.shelf.iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    assert {name for name in listed(library)} == set(all_clips())
    assert len(list(library.shelf.iterdir())) == len({digest for digest, _ in listed(library).values()}) + 1


def test_without_a_bank_there_is_nothing_and_it_says_what_to_do(tmp_path: Path) -> None:
    empty = Library(tmp_path / "clips", tmp_path / "bank")
    assert not empty.refresh()
    with pytest.raises(LibraryFault, match=r"hub\.speech\.clip_bank"):
        asyncio.run(empty.say("停电", "cmn"))


def test_what_was_said_is_forgotten_after_a_day(library: Library, bank: Path) -> None:
    said = library.shelf.parent / "said"
    for name, age_s in (("young", 3600), ("old", 90_000)):
        (said / f"{name}.wav").write_bytes(clip_bank.wav(bank, "cmn/qing").read_bytes() + name.encode())
        os.utime(said / f"{name}.wav", (time.time() - age_s,) * 2)
    before = library.manifest
    library.refresh()
    assert library.manifest != before
    assert not (library.shelf / before).exists()
    assert {name for name in listed(library) if name.startswith("said/")} == {"said/young"}
    assert not (said / "old.wav").exists()


def test_the_same_words_are_spoken_once(library: Library) -> None:
    pytest.importorskip("espeakng_loader")

    async def twice() -> tuple[str, str, str]:
        first = await library.say("三楼停电", "cmn")
        manifest = library.manifest
        assert first in library.names
        return first, await library.say("三楼停电", "cmn"), manifest

    first, again, manifest = asyncio.run(twice())
    assert first == again
    assert library.manifest == manifest
    assert listed(library)[first][1] > 16_000


def test_words_that_are_no_sound_are_told(library: Library) -> None:
    pytest.importorskip("espeakng_loader")
    with pytest.raises(LibraryFault, match="no sound in it"):
        asyncio.run(library.say("……", "cmn"))


class Told:
    """What is published, and a clock."""

    def __init__(self, plan: Plan, library: Library) -> None:
        self.now_ms = MORNING_MS
        self.said: list[tuple[str, dict[str, Any], bool]] = []
        self.clips = Clips(plan, library, self._publish, 7, lambda: self.now_ms)
        self.clips.url = "http://hub:1/updates"

    def _publish(self, topic: str, payload: bytes, qos: int, is_retained: bool) -> None:
        self.said.append((topic, json.loads(payload), is_retained))


def test_an_amplifier_is_told_once_and_again_when_the_hour_changes_its_volume(library: Library) -> None:
    plan = small_plan()
    channels = tuple(
        msgspec.structs.replace(channel, volume=100, volumes=("00:00 70", "23:00 0")) for channel in plan.channels
    )
    told = Told(msgspec.structs.replace(plan, channels=channels), library)
    told.clips.tick()
    (topic, show, is_retained), *others = told.said
    assert topic == "hall/v1/small/amplifier/down/show/clips"
    assert is_retained
    assert (show["epoch"], show["rev"], show["manifest"]) == (7, MORNING_MS, library.manifest)
    assert show["volume"] == 70
    told.now_ms += 60_000
    told.clips.tick()
    assert len(told.said) == 1 + len(others)
    told.clips.repeat()
    assert len(told.said) == 2 * (1 + len(others))
    told.now_ms += 24 * 3_600_000 - told.now_ms % (24 * 3_600_000) - 8 * 3_600_000 + 23 * 3_600_000
    told.clips.tick()
    assert told.said[-1][1]["volume"] == 0


def test_music_is_what_the_channel_names_and_the_library_has(bank: Path, tmp_path: Path) -> None:
    own = tmp_path / "bank"
    own.mkdir()
    clips = dict(clip_bank.found_in(bank))
    clips["music/morning"] = clips["cmn/qing"]
    for name in clips:
        clip_bank.wav(own, name).parent.mkdir(exist_ok=True)
        clip_bank.wav(own, name).write_bytes(clip_bank.wav(bank, "cmn/qing").read_bytes())
    (own / clip_bank.MANIFEST).write_bytes(msgspec.json.encode(clips))
    library = Library(tmp_path / "clips", own)
    library.refresh()
    plan = small_plan()
    channels = tuple(msgspec.structs.replace(channel, music=("morning", "lost")) for channel in plan.channels)
    told = Told(msgspec.structs.replace(plan, channels=channels), library)
    told.clips.tick()
    assert told.said[0][1]["music"] == ["music/morning"]


def test_as_long_as_nothing_is_served_nobody_is_told(library: Library) -> None:
    told = Told(small_plan(), library)
    told.clips.url = ""
    told.clips.repeat()
    assert told.said == []
