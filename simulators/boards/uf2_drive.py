"""The drive that an RP2350 shows in its bootloader: a folder that takes a UF2 file, and then is gone.

Format: Microsoft's "USB Flashing Format (UF2)"; families: RP2350 datasheet, UF2 targeting rules.
"""

import asyncio
import ctypes
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.boards.flash_image import FlashImage

INFO = "INFO_UF2.TXT"
INFO_TEXT = "UF2 Bootloader v1.0\nModel: Raspberry Pi RP2350\nBoard-ID: RP2350\n"
BLOCK_BYTES = 512
HEADER = struct.Struct("<8I")  # magic, magic, flags, address, size, number, count, family
MAGIC_START, MAGIC_SECOND, MAGIC_END = 0x0A324655, 0x9E5D5157, 0x0AB16F30
FAMILY_ABSOLUTE, FAMILY_ARM_SECURE = 0xE48BFF57, 0xE48BFF59
FLASH_AT = 0x10000000
_IN_CLOSE_WRITE, _IN_MOVED_TO, _IN_NONBLOCK = 0x8, 0x80, 0x800
_libc = ctypes.CDLL(None, use_errno=True)


class Uf2Drive:
    """``leave()`` is called when a whole image for this chip has been written. ``path`` exists while it is shown."""

    hides_port = True

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop, flash: FlashImage) -> None:
        self.path = path
        self.say: Callable[[bytes], Any] = lambda data: None
        self.leave: Callable[[], Any] = lambda: None
        self._loop = loop
        self._flash = flash
        self._watch = -1

    def start(self) -> None:
        """Shows itself, empty but for its description."""
        self.stop()
        self.path.mkdir()
        (self.path / INFO).write_text(INFO_TEXT)
        self._watch = _libc.inotify_init1(_IN_NONBLOCK)
        _libc.inotify_add_watch(self._watch, os.fsencode(self.path), _IN_CLOSE_WRITE | _IN_MOVED_TO)
        self._loop.add_reader(self._watch, self._changed)

    def feed(self, data: bytes) -> None:
        """There is no serial port in this bootloader."""

    def stop(self) -> None:
        """It is gone, with what was on it."""
        if self._watch >= 0:
            self._loop.remove_reader(self._watch)
            os.close(self._watch)
            self._watch = -1
        shutil.rmtree(self.path, ignore_errors=True)

    def _changed(self) -> None:
        os.read(self._watch, 65536)
        for file in self.path.glob("*.uf2"):
            if self._take(file.read_bytes()):
                self.leave()
                return

    def _take(self, data: bytes) -> bool:
        """Writes the blocks for this chip when all of them are there, and says whether."""
        blocks: dict[int, tuple[int, bytes]] = {}
        expected = 0
        for begin in range(0, len(data) - BLOCK_BYTES + 1, BLOCK_BYTES):
            block = data[begin : begin + BLOCK_BYTES]
            first, second, _flags, address, size, number, count, family = HEADER.unpack_from(block)
            if (first, second) != (MAGIC_START, MAGIC_SECOND) or int.from_bytes(block[-4:], "little") != MAGIC_END:
                continue
            offset = address - FLASH_AT
            if family != FAMILY_ARM_SECURE or size > 476 or not 0 <= offset < self._flash.chip_bytes:
                continue
            blocks[number], expected = (offset, block[HEADER.size : HEADER.size + size]), count
        if not expected or len(blocks) < expected:
            return False
        for offset, _ in blocks.values():
            self._flash.erase(offset, 1)
        for offset, piece in blocks.values():
            self._flash.write(offset, piece)
        return True


def is_bootable(read: Callable[[int, int], bytes]) -> bool:
    """Whether something was written: this drive takes whole images only."""
    return read(0, 4) != b"\xff" * 4
