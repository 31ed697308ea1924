"""The ROM partition of a board: flash that the processor sees as memory, and `vfs` with `rom_ioctl` for it."""

# mypy: ignore-errors
import sys

import layout
import uctypes
import vfs
from flash import Flash

_SEGMENTS, _SEGMENT, _PREPARE, _WRITE, _COMPLETE = 1, 2, 3, 4, 5
_EINVAL = -22


class Rom(Flash):
    """``address`` is where the processor sees the ``size_bytes`` of ``file``."""

    def __init__(self, file, size_bytes, address):
        super().__init__(file, size_bytes)
        self._size_bytes = size_bytes
        self._address = address

    def rom_ioctl(self, op, segment=0, *more):
        """As MicroPython's: an answer, or minus an error number. Erasing begins at the first byte of the segment."""
        if op == _SEGMENTS:
            return 1
        if segment:
            return _EINVAL
        if op == _SEGMENT:
            return memoryview(uctypes.bytearray_at(self._address, self._size_bytes))
        if op == _PREPARE and more[0] <= self._size_bytes:
            for block in range(-(-more[0] // layout.BLOCK_BYTES)):
                self._erase(block)
            return layout.PAGE_BYTES
        if op == _WRITE and not more[0] % layout.PAGE_BYTES and more[0] + len(more[1]) <= self._size_bytes:
            self._file.seek(more[0])
            pages = memoryview(more[1])
            for begin in range(0, len(pages), layout.PAGE_BYTES):
                self._write(pages[begin : begin + layout.PAGE_BYTES])
            return 0
        return 0 if op == _COMPLETE else _EINVAL


class Vfs:
    """The module vfs of an image with a ROM partition."""

    def __init__(self, rom):
        self.rom_ioctl = rom.rom_ioctl

    def __getattr__(self, name):
        return getattr(vfs, name)


def install(file, size_bytes, address):
    """As the image does before boot.py runs: what is in the ROM is at /rom, if it is a file system."""
    sys.modules["vfs"] = own = Vfs(Rom(file, size_bytes, address))
    try:
        vfs.mount(vfs.VfsRom(own.rom_ioctl(_SEGMENT)), "/rom")
    except OSError:
        return
    sys.path.extend(("/rom", "/rom/lib"))
