"""Becomes a plain MicroPython with a bounded heap, its code in a ROM: ``rom_launch.py SITE_PACKAGES HEAP IMAGE``.

The image is mapped where the program can name it, as a processor sees its flash.
The board's other files are in the working folder. Started with ``python -I -S``.
"""

import ctypes
import mmap
import os
import sys

AT = 0x10000000
MAP_PRIVATE_FIXED = 0x12
PROGRAM = """
import sys, uctypes, vfs
vfs.mount(vfs.VfsRom(uctypes.bytearray_at({at}, {length})), "/rom")
sys.path[:] = ["/rom", ".frozen"]
from firmware.board import main
main("board.json", {{"root": ".", "slot": "a", "start": "normal", "cause": "reset", "is_counted": True}})
"""


def mapped(image: str) -> int:
    """The length of the image, which is at `AT` from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    file = os.open(image, os.O_RDONLY)
    length = os.fstat(file).st_size
    if libc.mmap(AT, length, mmap.PROT_READ, MAP_PRIVATE_FIXED, file, 0) != AT:
        raise OSError(ctypes.get_errno(), "the image cannot be mapped")
    return length


if __name__ == "__main__":
    site_packages, heap, image = sys.argv[1:]
    program = PROGRAM.format(at=AT, length=mapped(image))
    sys.path.append(site_packages)
    from micropython_run import run_main  # type: ignore[import-not-found]

    status = run_main(["micropython", "-X", "heapsize=" + heap, "-c", program])
    sys.stdout.flush()
    os._exit(status & 255)
