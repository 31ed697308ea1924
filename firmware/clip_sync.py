"""Keeps the clips of an amplifier as the hub's manifest says: fetches what is missing, by hash, and keeps to a budget.

Loaded when the hub says which clips to have. Nothing is held in memory but one line: the manifest is a file, and so is
the one before it, both sorted by name. A clip gets its name only when all of it has arrived and its hash is right, so
whatever has its name can be played, and a sync that was interrupted goes on where it was.
"""

import asyncio
import hashlib
import os
from binascii import hexlify

from firmware.update.fetch import HttpSource

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

OLD, NEW, NEXT, PART = "/.manifest", "/.manifest.new", "/.manifest.next", "/.part"
SPARE_BYTES = 65536  # of the flash, left for outbox and log
LONGEST_LINE = 64 + 1 + 10 + 1 + 32 + 1
LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789-/"


class Damaged(Exception):
    """What came is not what its hash says, or no manifest."""


class ClipSync:
    """``speaker`` has folder, path() and has(); ``outlet`` has note() and begin(); ``told()`` hears of each clip.

    Settings: ``languages``, of which the clips come first; ``clips_kb``, the most to keep, 0 or none for what the flash
    has room for.
    """

    retry_s, retry_max_s = 2, 120  # the hub could not be reached, or sent something else

    def __init__(self, speaker: "Any", settings: "dict[str, Any]", outlet: "Any", told: "Any") -> None:
        self.is_busy = False  # clips that are missing may still come
        self.left_out = 0  # clips for which there was no room
        self._speaker = speaker
        self._folder = speaker.folder
        first = ["common", "said"]
        first.extend(settings.get("languages", ()))
        self._first = tuple([name + "/" for name in first])
        self._budget = settings.get("clips_kb", 0) * 1024
        self._outlet = outlet
        self._told = told
        self._wanted = ("", "")  # url, manifest
        self._has_news = asyncio.Event()
        outlet.begin("clips", self.run)

    def take(self, url: str, manifest: str) -> None:
        """The hub says where the clips are and which."""
        if (url, manifest) != self._wanted:
            self._wanted = (url, manifest)
            self.is_busy = True
            self._has_news.set()

    async def run(self) -> None:
        """For ever: follow the newest manifest; when the hub cannot be reached, again and again."""
        wait_s = self.retry_s
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            url, manifest = self._wanted
            try:
                await self._follow(HttpSource(url), manifest)
                wait_s = self.retry_s
            except (OSError, ValueError, Damaged) as error:
                self._outlet.note("clips", error)
                try:
                    await asyncio.wait_for(self._has_news.wait(), wait_s)
                except asyncio.TimeoutError:
                    pass
                wait_s = min(2 * wait_s, self.retry_max_s)
                self._has_news.set()
                continue
            self.is_busy = self._has_news.is_set()
            self._told()

    async def _follow(self, source: HttpSource, manifest: str) -> None:
        old, new, following = self._folder + OLD, self._folder + NEW, self._folder + NEXT
        make_folder(self._folder)
        for path in (old, new, ""):
            if not path:
                await self._fetch(source, manifest, following)
            elif await file_digest(path) == manifest:
                copy(path, following)
                break
        await self._drop(old, following)
        await self._drop(new, following)  # left by a sync that was interrupted
        os.rename(following, new)
        self.left_out = 0
        kept = 0
        for is_first in (True, False):
            with open(new, "rb") as lines:
                while True:
                    entry = read_entry(lines)
                    if entry is None:
                        break
                    if entry[2].startswith(self._first) == is_first:
                        kept += await self._have(source, entry, kept)
                    await asyncio.sleep(0)
                    if self._has_news.is_set():
                        return  # there is a newer manifest
        os.rename(new, old)
        if self.left_out:
            self._outlet.note("clips", "no room for %d clips; other languages stay silent" % self.left_out)

    async def _have(self, source: HttpSource, entry: "tuple[str, int, str]", kept: int) -> int:
        """Its bytes on the flash, once it is there; 0 when there is no room for it."""
        digest, size, name = entry
        path = self._speaker.path(name)
        if size_of(path) == size and await file_digest(path) == digest:
            return size
        if not self._has_room(size, kept):
            self.left_out += 1
            remove(path)
            return 0
        make_folder(path[: path.rfind("/")])
        await self._fetch(source, digest, path)
        self._told()
        return size

    def _has_room(self, size: int, kept: int) -> bool:
        if self._budget and kept + size > self._budget:
            return False
        if not hasattr(os, "statvfs"):
            return True
        stat = os.statvfs(self._folder)
        return stat[0] * stat[3] >= size + SPARE_BYTES

    async def _fetch(self, source: HttpSource, digest: str, path: str) -> None:
        """The file by its digest, checked, under its name."""
        check = hashlib.sha256()
        part = self._folder + PART
        with open(part, "wb") as file:

            def take(chunk: bytes) -> None:
                check.update(chunk)
                file.write(chunk)

            await source.fetch(digest, 0, take)
        if str(hexlify(check.digest()), "ascii") != digest:
            raise Damaged("what came for %s has another hash; build the clips at the hub again" % digest[:12])
        os.rename(part, path)

    async def _drop(self, before: str, after: str) -> None:
        """Remove the clips of one manifest that another does not have. Both are sorted: one walk over the two."""
        try:
            old = open(before, "rb")
        except OSError:
            return
        with old, open(after, "rb") as new:
            ahead = read_entry(new)
            while True:
                entry = read_entry(old)
                if entry is None:
                    return
                while ahead and ahead[2] < entry[2]:
                    ahead = read_entry(new)
                if not ahead or ahead[2] != entry[2]:
                    remove(self._speaker.path(entry[2]))
                await asyncio.sleep(0)


def read_entry(lines: "Any") -> "tuple[str, int, str] | None":
    """The next (SHA-256, bytes, name) of a manifest; None at its end. Raises `Damaged`."""
    line = lines.readline(LONGEST_LINE + 1)
    if not line:
        return None
    parts = line.split(b" ")
    if not line.endswith(b"\n") or len(parts) != 3 or len(parts[0]) != 64 or not parts[1].isdigit():
        raise Damaged("not a manifest of clips: %r" % line[:40])
    name = parts[2][:-1]
    words = name.split(b"/")
    if parts[0].strip(b"0123456789abcdef") or len(parts[1]) > 9:
        raise Damaged("not a manifest of clips: %r" % line[:40])
    if len(words) != 2 or not words[0] or not words[1] or name.strip(LETTERS):
        raise Damaged("not the name of a clip: %r" % name[:40])
    return str(parts[0], "ascii"), int(parts[1]), str(name, "ascii")


async def file_digest(path: str) -> str:
    """SHA-256 of a file in hex; empty when there is none. Others get their turn meanwhile."""
    check = hashlib.sha256()
    piece = bytearray(512)
    try:
        with open(path, "rb") as file:
            while True:
                count = file.readinto(piece)
                if not count:
                    return str(hexlify(check.digest()), "ascii")
                check.update(memoryview(piece)[:count])
                await asyncio.sleep(0)
    except OSError:
        return ""


def size_of(path: str) -> int:
    """In bytes; -1 when there is none."""
    try:
        return int(os.stat(path)[6])
    except OSError:
        return -1


def copy(source: str, target: str) -> None:
    with open(source, "rb") as reading, open(target, "wb") as writing:
        while True:
            piece = reading.read(512)
            if not piece:
                return
            writing.write(piece)


def make_folder(path: str) -> None:
    try:
        os.mkdir(path)
    except OSError:
        pass  # it is there, or the first open says what is wrong


def remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass
