"""Fills the spare slot with a tree: what is there stays, what the running tree has is copied, the rest is fetched.

May be interrupted anywhere, any number of times: done again, it goes on where it was. Each file is read back and
compared with its digest before it counts; the manifest is written last.
"""

import asyncio
import hashlib
from binascii import hexlify

from firmware.update import manifest as manifests
from firmware.update.boot import MANIFEST, digest_of, exists
from firmware.update.manifest import UpdateRefused

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

CHUNK = 512  # bytes at a time
PART = ".part"  # ends the name of a file that is still being written
BLOCK = 4096  # bytes: the step in which a flash file system spends its space
RESERVE = 4 * BLOCK  # stays free for the state file, the outbox, the log
_FOLDER = 0x4000


async def install(slots: "Any", data: "bytes | bytearray", source: "Any", progress: "Any") -> None:
    """The spare slot holds the tree of the manifest ``data`` when this returns.

    ``source``: ``await fetch(sha256, offset, take)`` calls ``take(bytes)`` with the content from ``offset`` on, and
    raises OSError when it cannot go on; ``progress(done, total)`` in bytes. Raises OSError, `UpdateRefused`.
    """
    await Installer(slots, data, source, progress).run()


class Installer:
    def __init__(self, slots: "Any", data: "bytes | bytearray", source: "Any", progress: "Any") -> None:
        self._slots = slots
        self._disk = slots.disk
        self._data = data
        self._source = source
        self._progress = progress
        self._to = slots.path(slots.spare)
        self._from = slots.path(slots.running)
        manifests.read(data)
        self._total = self._done = 0
        for _, size, _ in manifests.entries(data):
            self._total += size

    async def run(self) -> None:
        self._slots.settle()
        if digest_of(self._disk, self._to + "/" + MANIFEST) != manifests.digest(self._data).encode():
            self._slots.spoil_spare()
        self._make_folder(self._to)
        await self._clear(self._to, "")
        is_missing = bytearray(manifests.MAX_FILES)
        need = 0
        for at, (path, size, sha256) in enumerate(manifests.entries(self._data)):
            if await self._is_right(self._to + "/" + path, size, sha256):
                self._done += size
            else:
                is_missing[at] = 1
                need += self._need(path, size)
        self._check_space(need)
        for at, (path, size, sha256) in enumerate(manifests.entries(self._data)):
            if is_missing[at]:
                self._progress(self._done, self._total)
                await self._bring(path, size, sha256)
                self._done += size
        self._slots.finish_spare(self._data)
        self._progress(self._total, self._total)

    async def _clear(self, folder: str, inside: str) -> None:
        """Remove what the new tree does not have, so that its space is free; unfinished parts of its files stay."""
        for name in self._disk.listdir(folder):
            path, inner = folder + "/" + name, inside + name
            if self._disk.stat(path)[0] & _FOLDER:
                await self._clear(path, inner + "/")
                if self._data.find(b'"%s/' % inner.encode()) < 0:
                    self._disk.rmdir(path)
            elif inner != MANIFEST and not self._is_known(inner[: -len(PART)] if inner.endswith(PART) else inner):
                self._disk.remove(path)
            await asyncio.sleep(0)

    def _is_known(self, path: str) -> bool:
        """Whether the tree has it. Looked up in the canonical manifest: all paths at once would be 3 kB."""
        return self._data.find(b'"%s":[' % path.encode()) >= 0

    def _need(self, path: str, size: int) -> int:
        """Bytes of flash that bringing this file takes, beyond what is replaced, or goes on."""
        need = size // BLOCK * BLOCK + 2 * BLOCK
        for there in (path, path + PART):
            if exists(self._disk, self._to + "/" + there):
                need -= self._disk.stat(self._to + "/" + there)[6] // BLOCK * BLOCK
        return need

    def _check_space(self, need: int) -> None:
        free = self._disk.free_bytes(self._to)
        if need and free < need + RESERVE:
            raise UpdateRefused("update.space", "%d bytes needed, %d free" % (need + RESERVE, free))

    async def _is_right(self, real: str, size: int, sha256: str) -> bool:
        """Whether the file is there with this size and digest."""
        try:
            if self._disk.stat(real)[6] != size:
                return False
            summed = hashlib.sha256()
            with self._disk.open(real, "rb") as file:
                while True:
                    chunk = file.read(CHUNK)
                    if not chunk:
                        break
                    summed.update(chunk)
                    await asyncio.sleep(0)
        except OSError:
            return False
        return sha256 == str(hexlify(summed.digest()), "ascii")

    async def _bring(self, path: str, size: int, sha256: str) -> None:
        """One file of the tree: copied or fetched, read back, named."""
        real = self._to + "/" + path
        for at in range(len(self._to) + 1, len(real)):
            if real[at] == "/":
                self._make_folder(real[:at])
        part = real + PART
        if await self._is_right(
            self._from + "/" + path, size, sha256
        ):  # two manifests at once would be too much memory
            await self._copy(self._from + "/" + path, part)
        else:
            await self._fetch(part, path, size, sha256)
        if not await self._is_right(part, size, sha256):
            # A power cut may have left anything in the part that was gone on with: once more, from its first byte.
            self._disk.remove(part)
            await self._fetch(part, path, size, sha256)
            if not await self._is_right(part, size, sha256):
                self._disk.remove(part)
                raise UpdateRefused("update.file", "%s is not what the manifest says" % path)
        self._disk.rename(part, real)

    async def _copy(self, old: str, new: str) -> None:
        with self._disk.open(old, "rb") as source, self._disk.open(new, "wb") as file:
            while True:
                chunk = source.read(CHUNK)
                if not chunk:
                    break
                file.write(chunk)
                await asyncio.sleep(0)
            self._disk.sync(file)

    async def _fetch(self, part: str, path: str, size: int, sha256: str) -> None:
        """Goes on behind what is already there. A part that grew too long is thrown away."""
        have = self._disk.stat(part)[6] if exists(self._disk, part) else 0
        if have >= size:
            if have == size and await self._is_right(part, size, sha256):
                return
            have = 0
        with self._disk.open(part, "ab" if have else "wb") as file:
            left = [size - have]

            def take(chunk: bytes) -> None:
                left[0] -= len(chunk)
                if left[0] < 0:
                    raise OSError("the hub sent more than the %d bytes of %s" % (size, path))
                file.write(chunk)
                self._progress(self._done + size - left[0], self._total)

            try:
                if size:
                    await self._source.fetch(sha256, have, take)
            finally:
                self._disk.sync(file)

    def _make_folder(self, path: str) -> None:
        if not exists(self._disk, path):
            self._disk.mkdir(path)
