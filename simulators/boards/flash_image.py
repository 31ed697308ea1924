"""The flash chip of a virtual board, as files: the program that boots, the file system behind it, the ROM partition."""

import os
from collections.abc import Callable
from pathlib import Path

Read = Callable[[int, int], bytes]  # address, bytes

BLOCK_BYTES = 4096
PROGRAM_BYTES = 2 * 1024 * 1024  # before the file system, as in MicroPython's images for chips with 4 MB
ERASED = b"\xff"


class FlashImage:
    """``folder/flash.img`` is the littlefs image; ``folder/program.img``, when there, is what esptool wrote.

    ``rom_bytes`` of ``folder/rom.img`` are the partition that MicroPython maps into its memory (ROMFS), 0 for none.
    ``is_bootable(read)`` is how the chip's ROM looks for a program. A board that is not ``is_bare`` comes with
    MicroPython in its flash, which takes no file. Raises ValueError for a size that cannot be, or another than the
    file has.
    """

    def __init__(
        self, folder: Path, files_bytes: int, is_bootable: Callable[[Read], bool], is_bare: bool, rom_bytes: int = 0
    ) -> None:
        if files_bytes % BLOCK_BYTES or files_bytes < 8 * BLOCK_BYTES:
            raise ValueError(f"flash of {files_bytes} bytes: take a multiple of {BLOCK_BYTES}, at least 8 of them")
        self.files_bytes = files_bytes
        self.rom_bytes = rom_bytes
        self._look = is_bootable
        self._program = folder / "program.img"
        self._program_fd = -1
        self._is_bootable: bool | None = True  # None: to be looked at
        self.files_fd = _opened(folder / "flash.img", files_bytes)
        self.rom_fd = _opened(folder / "rom.img", rom_bytes)
        if is_bare or self._program.exists():
            self._is_bootable = None

    @property
    def chip_bytes(self) -> int:
        """Of the whole chip: a power of two."""
        return 1 << (PROGRAM_BYTES + self.files_bytes - 1).bit_length()

    def has_program(self) -> bool:
        """Whether there is something whole to boot."""
        if self._is_bootable is None:
            self._is_bootable = self._look(self.read)
        return self._is_bootable

    def read(self, address: int, count: int) -> bytes:
        """From anywhere in the chip."""
        data = b""
        for fd, offset, size in self._pieces(address, count):
            data += os.pread(fd, size, offset) if fd >= 0 else ERASED * size
        return data

    def write(self, address: int, data: bytes) -> None:
        """To anywhere in the chip. As in metal, writing only clears bits: who has not erased gets a mixture."""
        self._open_program()
        self._is_bootable = None
        done = 0
        for fd, offset, size in self._pieces(address, len(data)):
            if fd >= 0:
                old = int.from_bytes(os.pread(fd, size, offset), "big")
                new = old & int.from_bytes(data[done : done + size], "big")
                os.pwrite(fd, new.to_bytes(size, "big"), offset)
            done += size

    def erase(self, address: int, count: int) -> None:
        """Whole blocks."""
        self._open_program()
        self._is_bootable = None
        begin = address - address % BLOCK_BYTES
        end = -(-(address + count) // BLOCK_BYTES) * BLOCK_BYTES
        for fd, offset, size in self._pieces(begin, end - begin):
            if fd >= 0:
                os.pwrite(fd, ERASED * size, offset)

    def erase_files(self) -> None:
        """The file system and the ROM partition are blank; the program stays."""
        os.pwrite(self.files_fd, ERASED * self.files_bytes, 0)
        os.pwrite(self.rom_fd, ERASED * self.rom_bytes, 0)

    def close(self) -> None:
        """The files stay."""
        os.close(self.files_fd)
        os.close(self.rom_fd)
        if self._program_fd >= 0:
            os.close(self._program_fd)

    def _open_program(self) -> None:
        if self._program_fd < 0:
            self._program_fd = _opened(self._program, PROGRAM_BYTES)

    def _pieces(self, address: int, count: int) -> list[tuple[int, int, int]]:
        """(file, offset in it, bytes) for a stretch of the chip; file -1 beyond the file system."""
        end = PROGRAM_BYTES + self.files_bytes
        regions = ((self._program_fd, 0, PROGRAM_BYTES), (self.files_fd, PROGRAM_BYTES, end), (-1, end, 1 << 32))
        pieces = []
        for fd, begin, stop in regions:
            low, high = max(address, begin), min(address + count, stop)
            if low < high:
                pieces.append((fd, low - begin, high - low))
        return pieces


def _opened(path: Path, size_bytes: int) -> int:
    """The file, blank when it is new."""
    if not path.exists():
        path.write_bytes(ERASED * size_bytes)
    if path.stat().st_size != size_bytes:
        raise ValueError(f"{path} has {path.stat().st_size} bytes, not {size_bytes}; say the size that it has")
    return os.open(path, os.O_RDWR)
