"""Lays a tree into the ROM partition of a board, from where MicroPython runs bytecode without memory for it (ROMFS).

The slots are the truth; the ROM holds a copy of the slot that runs, laid by the first start that chooses another one.
A file beside the slots says which: it goes before the ROM is erased, and comes back when all of the copy was read
again. A power cut in between costs the next start the time to lay it anew. Format: MicroPython, "ROMFS image format".
"""

import hashlib

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

CHUNK = 512  # bytes, a multiple of what any flash writes at once
NAME = "tree"  # the first file in the ROM: the digest of the manifest
_MAGIC = b"\xd2\xcd\x31"
_VERBATIM, _FOLDER, _FILE = 2, 4, 5
_SEGMENT, _PREPARE, _WRITE, _COMPLETE = 2, 3, 4, 5  # vfs.rom_ioctl


def lay(rom_ioctl: "Any", disk: "Any", folder: str, left_out: str, digest: bytes) -> None:
    """The ROM holds the tree of ``folder``, read back and compared, when this returns. Raises OSError.

    ``left_out``: a file of the folder that nobody imports. ``digest`` names the tree.
    """
    mark = _file_head(NAME, len(digest)) + digest
    sizes: "dict[str, int]" = {}
    inside = len(mark) + _measure(sizes, disk, folder, left_out)
    head = _MAGIC + _number(inside) + mark
    copy = _Copy(rom_ioctl, len(head) - len(mark) + inside)
    copy.add(head)
    _add_folder(copy, sizes, disk, folder, left_out)
    copy.finish()


class _Copy:
    """A ROM that is being written: all but its first piece, and that last, so that half a copy is no file system."""

    def __init__(self, rom_ioctl: "Any", size: int) -> None:
        self._rom_ioctl = rom_ioctl
        self._size = size
        self._piece = memoryview(bytearray(CHUNK))  # the only one: memory for new ones might be in pieces
        self._filled = 0
        self._first = b""
        self._at = 0
        self._summed = hashlib.sha256()
        room = len(rom_ioctl(_SEGMENT, 0))
        if size > room:
            raise OSError("ROM of %d bytes, %d needed" % (room, size))
        self._must(rom_ioctl(_PREPARE, 0, size))

    def add(self, data: bytes) -> None:
        while data:
            some = data[: CHUNK - self._filled]
            self._piece[self._filled : self._filled + len(some)] = some
            self._count(len(some))
            data = data[len(some) :]

    def add_file(self, file: "Any") -> None:
        while True:
            came = file.readinto(self._piece[self._filled :])
            if not came:
                return
            self._count(came)

    def finish(self) -> None:
        if self._filled:
            self._write()
        self._must(self._rom_ioctl(_WRITE, 0, 0, self._first))
        self._must(self._rom_ioctl(_COMPLETE, 0))
        written = hashlib.sha256(self._rom_ioctl(_SEGMENT, 0)[: self._size])
        if written.digest() != self._summed.digest():
            raise OSError("ROM reads back something else")

    def _count(self, more: int) -> None:
        self._summed.update(self._piece[self._filled : self._filled + more])
        self._filled += more
        if self._filled == CHUNK:
            self._write()

    def _write(self) -> None:
        if self._at:
            self._must(self._rom_ioctl(_WRITE, 0, self._at, self._piece))
        else:
            self._first = bytes(self._piece)
        self._at += CHUNK
        self._filled = 0

    def _must(self, answer: int) -> None:
        if answer < 0:
            raise OSError(-answer)


def _number(value: int) -> bytes:
    """Seven bits a byte, the highest first, all but the last marked."""
    encoded = bytes((value & 127,))
    while value > 127:
        value >>= 7
        encoded = bytes((value & 127 | 128,)) + encoded
    return encoded


def _file_head(name: str, size: int) -> bytes:
    """What stands before the content of a file."""
    head = _number(len(name)) + name.encode() + _number(_VERBATIM) + _number(size)
    return _number(_FILE) + _number(len(head) + size) + head


def _folder_head(name: str, size: int) -> bytes:
    """What stands before the content of a folder."""
    head = _number(len(name)) + name.encode()
    return _number(_FOLDER) + _number(len(head) + size) + head


def _measure(sizes: "dict[str, int]", disk: "Any", folder: str, left_out: str = "") -> int:
    """Bytes that the content of a folder takes in the ROM; ``sizes`` gets those of the folders in it."""
    total = 0
    for name, is_folder, size in disk.entries(folder):
        path = folder + "/" + name
        if is_folder:
            sizes[path] = size = _measure(sizes, disk, path)
            total += len(_folder_head(name, size)) + size
        elif name != left_out:
            total += len(_file_head(name, size)) + size
    return total


def _add_folder(copy: _Copy, sizes: "dict[str, int]", disk: "Any", folder: str, left_out: str = "") -> None:
    for name, is_folder, size in disk.entries(folder):
        path = folder + "/" + name
        if is_folder:
            copy.add(_folder_head(name, sizes[path]))
            _add_folder(copy, sizes, disk, path)
        elif name != left_out:
            copy.add(_file_head(name, size))
            with disk.open(path, "rb") as file:
                copy.add_file(file)
