"""A tree is laid into the ROM partition of a board: exactly, again after any power cut, and only when it must be."""

import os

from firmware.update.boot import lay_in_rom
from tests.portable.bench import error_of, fresh_folder
from tests.portable.shaky_disk import PowerCut, ShakyDisk, digest, lay, manifest_of

try:
    from vfs import VfsRom
except ImportError:  # CPython
    VfsRom = None

FILES = {
    "firmware/agent.mpy": bytes(range(256)) * 9,
    "firmware/link/client.mpy": b"client" * 100,
    "firmware/__init__.mpy": b"",
    "drivers/lamp.mpy": b"lamp",
}
OTHER = dict(FILES, **{"drivers/lamp.mpy": b"another lamp"})


class Partition:
    """A flash chip under `vfs.rom_ioctl`: erasing sets bits, writing clears them; the power may go at any step."""

    def __init__(self, size=8192):
        self.disk = None
        self.bytes = bytearray(b"\xff" * size)
        self.is_deaf = False  # writes go nowhere

    def rom_ioctl(self, op, segment=0, *more):
        if op == 1:
            return 1
        if op == 2:
            return memoryview(self.bytes)
        if op == 3:
            for at in range(0, more[0], 4096):
                self.disk.step()
                self.bytes[at : at + 4096] = b"\xff" * len(self.bytes[at : at + 4096])
            return 256
        if op == 4:
            at, data = more
            assert at % 256 == 0
            self.disk.step(lambda: self.burn(at, data[: len(data) // 3]))
            self.burn(at, data)
        return 0

    def burn(self, at, data):
        for i in range(len(data)):
            if not self.is_deaf:
                self.bytes[at + i] &= data[i]


def board(files):
    """The root of a board with this tree in slot a."""
    root = fresh_folder()
    lay(root + "/slots/a", files, manifest_of(files))
    return root


def start(root, partition, disk):
    """What boot.py does; True when the ROM was laid anew."""
    partition.disk = disk
    return lay_in_rom(partition.rom_ioctl, root, root + "/slots/a", disk, lambda: None)


def number(data, at):
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at


def read(image):
    """Path → content, read by the published format."""
    assert bytes(image[:3]) == b"\xd2\xcd\x31"
    size, at = number(image, 3)
    return records(image, at, at + size, "")


def records(image, at, end, above):
    found = {}
    while at < end:
        kind, at = number(image, at)
        size, at = number(image, at)
        stop = at + size
        length, name_at = number(image, at)
        name = above + bytes(image[name_at : name_at + length]).decode()
        at = name_at + length
        if kind == 4:
            found.update(records(image, at, stop, name + "/"))
        else:
            assert kind == 5
            kind, at = number(image, at)
            assert kind == 2
            size, at = number(image, at)
            found[name] = bytes(image[at : at + size])
        at = stop
    return found


def holds(partition, files):
    found = read(partition.bytes)
    named = found.pop("tree")
    return found == files and named == digest(manifest_of(files)).encode()


def test_the_rom_holds_the_tree_and_is_laid_once():
    root, partition = board(FILES), Partition()
    assert start(root, partition, ShakyDisk())
    assert holds(partition, FILES)
    disk = ShakyDisk()
    assert not start(root, partition, disk)
    assert disk.steps == 0  # neither flash is written by a usual start


def test_another_tree_takes_its_place():
    root, partition = board(FILES), Partition()
    start(root, partition, ShakyDisk())
    lay(root + "/slots/a", OTHER, manifest_of(OTHER))
    assert start(root, partition, ShakyDisk())
    assert holds(partition, OTHER)


def test_what_somebody_else_put_there_is_replaced():
    root, partition = board(FILES), Partition()
    start(root, partition, ShakyDisk())
    partition.bytes[:] = b"\xff" * len(partition.bytes)
    assert start(root, partition, ShakyDisk())
    assert holds(partition, FILES)


def test_a_cut_at_any_step_is_mended_by_the_next_start():
    whole, root, partition = ShakyDisk(), board(FILES), Partition()
    start(root, partition, ShakyDisk())
    lay(root + "/slots/a", OTHER, manifest_of(OTHER))
    start(root, partition, whole)
    assert whole.steps >= 10
    for cut_at in range(1, whole.steps + 1):
        for keeps_torn in (True, False):
            root, partition = board(FILES), Partition()
            start(root, partition, ShakyDisk())
            lay(root + "/slots/a", OTHER, manifest_of(OTHER))
            error_of(PowerCut, start, root, partition, ShakyDisk(cut_at, keeps_torn))
            start(root, partition, ShakyDisk())
            assert holds(partition, OTHER), cut_at


def test_a_rom_that_is_too_small_or_broken_is_told_and_not_believed():
    root, partition = board(FILES), Partition(2048)
    assert "ROM of 2048 bytes" in str(error_of(OSError, start, root, partition, ShakyDisk()))
    partition = Partition()
    partition.is_deaf = True
    assert "reads back" in str(error_of(OSError, start, root, partition, ShakyDisk()))
    assert "rom" not in os.listdir(root + "/slots")
    partition.is_deaf = False
    assert start(root, partition, ShakyDisk())


def test_micropython_reads_what_was_laid():
    if not VfsRom:
        return
    root, partition = board(FILES), Partition()
    start(root, partition, ShakyDisk())
    rom = VfsRom(partition.bytes)
    for path in FILES:
        with rom.open(path, "rb") as file:
            assert file.read() == FILES[path]
