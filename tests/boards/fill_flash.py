"""In real MicroPython: ``fill_flash.py IMAGE FOLDER``: a board's littlefs made anew with the files of a folder."""

import os
import sys

import vfs

BLOCK_BYTES = 4096


class Image:
    """A block device on a file."""

    def __init__(self, path):
        self._blocks = os.stat(path)[6] // BLOCK_BYTES
        self._file = open(path, "r+b")

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(block * BLOCK_BYTES + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=None):
        self._file.seek(block * BLOCK_BYTES + (offset or 0))
        self._file.write(buffer)

    def ioctl(self, op, arg):
        if op == 4:
            return self._blocks
        if op == 5:
            return BLOCK_BYTES
        if op == 3:
            self._file.flush()
        return 0


def copy(source, target):
    for name in os.listdir(source):
        path = source + "/" + name
        if os.stat(path)[0] & 0x4000:
            os.mkdir(target + "/" + name)
            copy(path, target + "/" + name)
        else:
            with open(path, "rb") as file, open(target + "/" + name, "wb") as made:
                made.write(file.read())


image = Image(sys.argv[1])
vfs.VfsLfs2.mkfs(image)
vfs.mount(image, "/board")
copy(sys.argv[2], "/board")
vfs.umount("/board")
image.ioctl(3, 0)
