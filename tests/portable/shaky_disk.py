"""A real folder whose power is cut at any operation, and what a tree for it looks like."""

import hashlib
import json
import os
from binascii import hexlify

from firmware.update.boot import Disk


class PowerCut(BaseException):
    """Nothing runs after this; no ``except`` of a program may swallow it."""


class _File:
    """A file that notes each write with its disk; what was not synced may be lost."""

    def __init__(self, disk, path, mode):
        self._disk, self._path = disk, path
        self._file = open(path, mode)
        self._synced = self._file.tell() if mode == "ab" else 0
        disk.opened.append(self)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()

    def write(self, data):
        half = data[: len(data) // 2]
        self._disk.step(lambda: (self._file.write(half), self._file.flush()))
        return self._file.write(data)

    def flush(self):
        pass

    def reach_flash(self):
        self._disk.step(self._file.flush)
        self._file.flush()
        self._synced = self._file.tell()

    def close(self):
        if self in self._disk.opened:
            if not self._disk.is_dead:
                self._disk.step(self._file.flush)
            self._disk.opened.remove(self)
            self._file.close()

    def lose(self, keeps_torn):
        """The power is gone: what never reached the flash is half there, or not at all."""
        self._file.close()
        if not keeps_torn:
            with open(self._path, "rb") as file:
                kept = file.read(self._synced)
            with open(self._path, "wb") as file:
                file.write(kept)


class ShakyDisk(Disk):
    """Cuts the power at operation ``cut_at`` (from 1; 0: never). ``keeps_torn``: unsynced bytes stay, half written."""

    def __init__(self, cut_at=0, keeps_torn=True, free=1 << 30):
        self.cut_at = cut_at
        self.keeps_torn = keeps_torn
        self.free = free
        self.steps = 0
        self.is_dead = False
        self.opened = []

    def step(self, torn=None):
        """One operation: the last one happens in part."""
        if self.is_dead:
            raise PowerCut()
        self.steps += 1
        if self.steps == self.cut_at:
            self.is_dead = True
            if torn:
                torn()
            for file in self.opened:
                file.lose(self.keeps_torn)
            self.opened = []
            raise PowerCut()

    def open(self, path, mode):
        if "r" in mode:
            if self.is_dead:
                raise PowerCut()
            return open(path, mode)
        self.step(lambda: open(path, "ab").close())
        return _File(self, path, mode)

    def sync(self, file):
        file.reach_flash()

    def rename(self, old, new):
        self.step()
        os.rename(old, new)

    def remove(self, path):
        self.step()
        os.remove(path)

    def mkdir(self, path):
        self.step()
        os.mkdir(path)

    def rmdir(self, path):
        self.step()
        os.rmdir(path)

    def free_bytes(self, path):
        return self.free


class FullDisk(ShakyDisk):
    """Takes no file any more."""

    def open(self, path, mode):
        if "r" not in mode:
            raise OSError(28)
        return open(path, mode)


def digest(data):
    return str(hexlify(hashlib.sha256(data).digest()), "ascii")


def manifest_of(files, version="1.0.0", **more):
    """The canonical bytes of a manifest."""
    facts = {"version": version, "kinds": ["help_button"], "profile": "virtual", "mpy": ""}
    facts.update(more)
    keys = sorted(facts)
    listed = ",".join([f'"{path}":[{len(files[path])},"{digest(files[path])}"]' for path in sorted(files)])
    rest = ",".join([json.dumps(key) + ":" + json.dumps(facts[key]) for key in keys])
    return ('{"files":{' + listed + "}," + rest + "}").encode()


def lay(folder, files, manifest):
    """A whole tree into a folder."""
    for path in sorted(files) + ["manifest.json"]:  # noqa: RUF005
        whole = folder + "/" + path
        for at in range(1, len(whole)):
            if whole[at] == "/":
                try:
                    os.mkdir(whole[:at])
                except OSError:
                    pass
        with open(whole, "wb") as file:
            file.write(files.get(path, manifest))


def tree(folder):
    """Path → content of all files below the folder."""
    found = {}
    for name in os.listdir(folder):
        path = folder + "/" + name
        if os.stat(path)[0] & 0x4000:
            inner = tree(path)
            found.update({name + "/" + key: inner[key] for key in inner})
        else:
            with open(path, "rb") as file:
                found[name] = file.read()
    return found


def is_runnable(folder):
    """Whether the folder holds every file of its manifest, each right."""
    found = tree(folder)
    if "manifest.json" not in found:
        return False
    files = json.loads(found["manifest.json"])["files"]
    return all([path in found and digest(found[path]) == files[path][1] for path in files])


class Shelf:
    """A source of files by digest, as the hub is; ``breaks`` are the fetches that end early."""

    def __init__(self, *trees):
        self.blobs = {}
        self.fetched = []
        self.breaks = []
        for files in trees:
            for path in files:
                self.blobs[digest(files[path])] = files[path]

    async def fetch(self, sha256, offset, take):
        content = self.blobs[sha256][offset:]
        self.fetched.append((sha256, offset))
        if self.breaks:
            content = content[: self.breaks.pop(0)]
            for at in range(0, len(content), 64):
                take(content[at : at + 64])
            raise OSError("connection ended too early")
        for at in range(0, len(content), 64):
            take(content[at : at + 64])
