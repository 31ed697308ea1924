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
    mark = _number(len(NAME)) + NAME.encode() + _number(_VERBATIM) + _number(len(digest)) + digest
    mark = _number(_FILE) + _number(len(mark)) + mark
    inside, content = _look(disk, folder, left_out)
    head = _MAGIC + _number(len(mark) + inside) + mark
    copy = _Copy(rom_ioctl, len(head) + inside)
    copy.add(head)
    _add_folder(copy, disk, content)
    copy.finish()


class _Copy:
    """A ROM that is being written: all but its first piece, and that last, so that half a copy is no file system."""

    def __init__(self, rom_ioctl: "Any", size: int) -> None:
        self._rom_ioctl = rom_ioctl
        self._size = size
        self._piece = b""
        self._first = b""
        self._at = 0
        self._summed = hashlib.sha256()
        room = len(rom_ioctl(_SEGMENT, 0))
        if size > room:
            raise OSError("ROM of %d bytes, %d needed" % (room, size))
        self._must(rom_ioctl(_PREPARE, 0, size))

    def add(self, data: bytes) -> None:
        self._summed.update(data)
        self._piece += data
        while len(self._piece) >= CHUNK:
            self._write(self._piece[:CHUNK])
            self._piece = self._piece[CHUNK:]

    def finish(self) -> None:
        if self._piece:
            self._write(self._piece + bytes(CHUNK - len(self._piece)))
        self._must(self._rom_ioctl(_WRITE, 0, 0, self._first))
        self._must(self._rom_ioctl(_COMPLETE, 0))
        written = hashlib.sha256(self._rom_ioctl(_SEGMENT, 0)[: self._size])
        if written.digest() != self._summed.digest():
            raise OSError("ROM reads back something else")

    def _write(self, piece: bytes) -> None:
        if self._at:
            self._must(self._rom_ioctl(_WRITE, 0, self._at, piece))
        else:
            self._first = piece
        self._at += len(piece)

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


def _look(disk: "Any", folder: str, left_out: str) -> "tuple[int, list[Any]]":
    """(bytes that the content of a folder takes in the ROM, [path, what stands before its content, content]).

    The content of a folder is such a list again, that of a file None. Looked up once: a flash file system takes its
    time to find a name.
    """
    total = 0
    found = []
    for name, is_folder, size in disk.entries(folder):
        path = folder + "/" + name
        inside = None
        head = _number(len(name)) + name.encode()
        if name == left_out:
            continue
        if is_folder:
            size, inside = _look(disk, path, "")
            head = _number(_FOLDER) + _number(len(head) + size) + head
        else:
            head += _number(_VERBATIM) + _number(size)
            head = _number(_FILE) + _number(len(head) + size) + head
        total += len(head) + size
        found.append((path, head, inside))
    return total, found


def _add_folder(copy: _Copy, disk: "Any", content: "list[Any]") -> None:
    for path, head, inside in content:
        copy.add(head)
        if inside is None:
            _add_file(copy, disk, path)
        else:
            _add_folder(copy, disk, inside)


def _add_file(copy: _Copy, disk: "Any", path: str) -> None:
    with disk.open(path, "rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if not chunk:
                return
            copy.add(chunk)
