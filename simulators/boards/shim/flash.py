"""The board's flash: a block device on an image file, whose power can go between two pages."""

# mypy: ignore-errors
import far
import layout

_ERASED = b"\xff" * layout.PAGE_BYTES


class Flash:
    """``file`` holds ``size_bytes``; the rest is what `VfsLfs2` wants."""

    def __init__(self, file, size_bytes):
        self._file = file
        self._blocks = size_bytes // layout.BLOCK_BYTES

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(block * layout.BLOCK_BYTES + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            self._erase(block)
            offset = 0
        self._file.seek(block * layout.BLOCK_BYTES + offset)
        pages = memoryview(buffer)
        for begin in range(0, len(buffer), layout.PAGE_BYTES):
            self._write(pages[begin : begin + layout.PAGE_BYTES])

    def ioctl(self, op, arg):
        if op == 4:
            return self._blocks
        if op == 5:
            return layout.BLOCK_BYTES
        if op == 6:
            self._erase(arg)
        return 0

    def is_blank(self):
        """Never written: straight from the factory, or erased."""
        page = bytearray(layout.PAGE_BYTES)
        for block in (0, 1):
            self.readblocks(block, page)
            if page != _ERASED:
                return False
        return True

    def _erase(self, block):
        self._file.seek(block * layout.BLOCK_BYTES)
        for _ in range(layout.BLOCK_BYTES // layout.PAGE_BYTES):
            self._write(_ERASED)

    def _write(self, page):
        mem = far.mem
        far.set_u32(layout.FLASH_STEPS, far.u32(layout.FLASH_STEPS) + 1)
        if mem[layout.FUSE]:
            left = far.u32(layout.FUSE_STEPS)
            if not left:
                self._file.write(page[: len(page) // 2])  # torn
                far.die(layout.POWER_LOST)
            far.set_u32(layout.FUSE_STEPS, left - 1)
        self._file.write(page)
