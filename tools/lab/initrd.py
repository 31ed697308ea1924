"""The lab's first root: a busybox, the kernel's modules and the script `init`, as a cpio archive (newc)."""

import gzip
from pathlib import Path

from tools.lab.kernel import Kernel

INIT = Path(__file__).with_name("init")
_FOLDER, _PROGRAM, _DEVICE = 0o040755, 0o100755, 0o020600


def initrd(kernel: Kernel) -> bytes:
    """What the kernel unpacks into memory and starts."""
    archive = b"".join(_entry(name, _FOLDER) for name in ("bin", "dev", "proc", "sys", "modules", "host"))
    archive += _entry("dev/console", _DEVICE, device=(5, 1))
    archive += _entry("bin/busybox", _PROGRAM, kernel.busybox.read_bytes())
    archive += _entry("init", _PROGRAM, INIT.read_bytes())
    for place, module in enumerate(kernel.modules):
        archive += _entry(f"modules/{place:03d}-{module.name}", _PROGRAM, module.read_bytes())
    archive += _entry("TRAILER!!!", 0)
    return gzip.compress(archive, 1)


def _entry(name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> bytes:
    """One file. The header: kernel, Documentation/driver-api/early-userspace/buffer-format.rst."""
    path = name.encode() + b"\0"
    # inode, mode, uid, gid, links, time, size, its device, the device it is, length of the name, checksum
    numbers = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = b"070701" + b"".join(b"%08x" % number for number in numbers) + path
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
