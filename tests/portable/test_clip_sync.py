"""Clips come to an amplifier by hash: what is missing, what changed, what is too much, and what was torn off."""

import asyncio
import os

from drivers.speaker import Speaker
from drivers.wav import header
from firmware.clip_sync import ClipSync, Damaged, read_entry
from simulators.parts.wav_port import WavPort
from tests.portable.bench import Dice, error_of, fresh_folder, play, stop, until
from tests.portable.clips import tone
from tests.portable.shaky_disk import digest
from tests.portable.update_stage import HttpShelf

try:
    from io import BytesIO
except ImportError:
    from uio import BytesIO


def clip(value, length_ms=20):
    pcm = tone(value, length_ms)
    return header(len(pcm)) + pcm


BANK = {"cmn/a": clip(1), "cmn/b": clip(2), "common/chime": clip(3), "en/a": clip(4), "yue/a": clip(5)}


def manifest_of(bank):
    lines = ["%s %d %s\n" % (digest(bank[name]), len(bank[name]), name) for name in sorted(bank)]  # noqa: UP031
    return "".join(lines).encode()


class Outlet:
    """What the sync asks of the agent."""

    def __init__(self):
        self.notes = []
        self.task = None

    def note(self, where, error):
        self.notes.append(str(error))

    def begin(self, what, work):
        self.task = asyncio.create_task(work())


class QuickSync(ClipSync):
    retry_s = 0.02


class Stage:
    def __init__(self, shelf):
        self.shelf = shelf
        self.folder = fresh_folder() + "/clips"
        self.sync = None
        self.heard = []

    def start(self, **settings):
        self.outlet = Outlet()
        speaker = Speaker(WavPort(fresh_folder(), speed=0), self.folder)
        self.sync = QuickSync(speaker, settings, self.outlet, lambda: self.heard.append(self.names()))
        return self

    def offer(self, bank):
        manifest = manifest_of(bank)
        self.shelf.files[digest(manifest)] = manifest
        for data in bank.values():
            self.shelf.files[digest(data)] = data
        self.shelf.asked.clear()
        self.sync.take(self.shelf.url, digest(manifest))

    async def settled(self):
        await until(lambda: not self.sync.is_busy, "the sync")

    def names(self):
        found = []
        for language in sorted(os.listdir(self.folder)):
            if not language.startswith("."):
                found += [language + "/" + name[:-4] for name in sorted(os.listdir(self.folder + "/" + language))]
        return found

    def content(self, name):
        with open("%s/%s.wav" % (self.folder, name), "rb") as file:  # noqa: UP031
            return file.read()


def with_stage(story, **settings):
    async def whole():
        shelf = await HttpShelf().open()
        stage = Stage(shelf).start(**settings)
        try:
            await story(stage)
        finally:
            await stop(stage.outlet.task)
            await shelf.close()

    play(whole)


def test_all_clips_come_and_then_only_what_changed():
    async def story(stage):
        stage.offer(BANK)
        await stage.settled()
        assert {name: stage.content(name) for name in stage.names()} == BANK
        changed = dict(BANK)
        changed["cmn/b"] = clip(9)
        changed["en/b"] = clip(8)
        del changed["yue/a"]
        stage.offer(changed)
        await stage.settled()
        assert {name: stage.content(name) for name in stage.names()} == changed
        assert len(stage.shelf.asked) == 3  # the manifest and two clips
        assert stage.outlet.notes == []

    with_stage(story)


def test_after_a_start_nothing_is_fetched_again():
    async def story(stage):
        stage.offer(BANK)
        await stage.settled()
        await stop(stage.outlet.task)
        stage.start()
        stage.offer(BANK)
        await stage.settled()
        assert stage.shelf.asked == []

    with_stage(story)


def test_a_clip_that_was_damaged_on_the_flash_comes_again():
    async def story(stage):
        stage.offer(BANK)
        await stage.settled()
        with open(stage.folder + "/cmn/a.wav", "r+b") as file:
            file.seek(50)
            file.write(b"!")
        await stop(stage.outlet.task)
        stage.start()
        stage.offer(BANK)
        await stage.settled()
        assert stage.content("cmn/a") == BANK["cmn/a"]
        assert len(stage.shelf.asked) == 1

    with_stage(story)


def test_what_the_hall_speaks_comes_first_and_the_rest_as_far_as_there_is_room():
    async def story(stage):
        large = dict(BANK)
        large["en/b"] = clip(1, 500)  # 16 kB
        stage.offer(large)
        await stage.settled()
        assert stage.names() == ["cmn/a", "cmn/b", "common/chime", "en/a", "yue/a"]
        assert stage.sync.left_out == 1
        assert "no room for 1 clips" in stage.outlet.notes[0]
        assert sorted(stage.heard[2]) == ["common/chime", "en/a", "yue/a"]

    with_stage(story, languages=["yue", "en"], clips_kb=9)


def test_torn_off_it_goes_on_and_a_wrong_content_is_never_kept():
    async def story(stage):
        stage.shelf.breaks = [10000, 100]  # the manifest whole, the first clip cut short
        wrong = digest(BANK["en/a"])
        stage.offer(BANK)
        stage.shelf.files[wrong] = BANK["yue/a"]
        await until(lambda: len(stage.outlet.notes) >= 2, "both failures")
        assert "en/a" not in stage.names()
        stage.shelf.files[wrong] = BANK["en/a"]
        await stage.settled()
        assert {name: stage.content(name) for name in stage.names()} == BANK

    with_stage(story)


def test_a_newer_offer_goes_before_the_one_under_way_and_leaves_nothing_of_it():
    async def story(stage):
        first = dict(BANK)
        first["said/x"] = clip(7)
        stage.offer(first)
        await until(lambda: stage.heard, "the first clip")
        stage.offer({"cmn/z": clip(6)})
        await stage.settled()
        assert stage.names() == ["cmn/z"]

    with_stage(story)


def test_any_damage_to_a_manifest_is_damage_and_no_name_leads_elsewhere():
    dice = Dice(5)
    whole = manifest_of(BANK)
    for _ in range(300):
        lines = BytesIO(dice.spoil(whole))
        try:
            while True:
                entry = read_entry(lines)
                if entry is None:
                    break
                assert len(entry[2].split("/")) == 2
                assert "." not in entry[2]
        except Damaged:
            pass
    name = "%s 4 %s\n"
    for wrong in ("../a", "a", "a/", "/a", "/a/b", "a/b/c", "a/.b", "a/B"):
        error_of(Damaged, read_entry, BytesIO((name % ("0" * 64, wrong)).encode()))
