"""Chooses the tree that runs: ``/choose.mpy`` beside the slots of a board, and imported by the tree it chose.

Under the root are ``slots/a`` and ``slots/b``, each a whole tree with its ``manifest.json``, and ``slots/state.json``:

- ``active``: the slot that is known to work;
- ``trying``: the slot with a tree that still has to prove itself, or empty;
- ``boots``: starts of the chosen slot that nobody has called good yet; after `TRIES` of them a tree on trial is
  given up, and a kept one runs in safe mode (link and update only), alternating with the tree before it;
- ``offer``: [manifest digest, epoch, rev] of what is on trial;
- ``failed``: the offer that was given up last, then why.

The state is replaced by one rename, so a power cut leaves the old or the new one. Nothing here may fail, neither for
want of space nor over files that are not what they were: a board that cannot count still starts.
"""

import hashlib
import json
import os
import sys
from binascii import hexlify

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

TRIES = 3
NORMAL, TRIAL, SAFE = "normal", "trial", "safe"
MANIFEST = "manifest.json"
_FOLDER = 0x4000
_fsync: "Any" = getattr(os, "fsync", None)  # MicroPython has none: there close() reaches the flash


class Disk:
    """The file system, as far as updates need it: the seam at which tests cut the power."""

    def open(self, path: str, mode: str) -> "Any":
        return open(path, mode)

    def sync(self, file: "Any") -> None:
        """What was written is on the flash when this returns, or when the file is closed."""
        file.flush()
        if _fsync:
            _fsync(file.fileno())

    def rename(self, old: str, new: str) -> None:
        """Replaces ``new``, at once or not at all (littlefs, POSIX; not FAT)."""
        os.rename(old, new)

    def remove(self, path: str) -> None:
        os.remove(path)

    def mkdir(self, path: str) -> None:
        os.mkdir(path)

    def rmdir(self, path: str) -> None:
        os.rmdir(path)

    def listdir(self, path: str) -> "list[str]":
        return os.listdir(path)

    def entries(self, path: str) -> "list[tuple[str, bool, int]]":
        """(name, whether it is a folder, size in bytes) of what a folder holds."""
        if hasattr(os, "ilistdir"):  # MicroPython: without a search for each name
            found = []
            for entry in os.ilistdir(path):
                size = entry[3] if len(entry) > 3 else os.stat(path + "/" + entry[0])[6]
                found.append((entry[0], entry[1] == _FOLDER, size))
            return found
        facts = [(name, os.stat(path + "/" + name)) for name in os.listdir(path)]
        return [(name, bool(one[0] & _FOLDER), one[6]) for name, one in facts]

    def stat(self, path: str) -> "Any":
        """As `os.stat`: [0] is the mode, [6] the size in bytes."""
        return os.stat(path)

    def free_bytes(self, path: str) -> int:
        facts = os.statvfs(path)
        return facts[1] * facts[4]


def exists(disk: "Any", path: str) -> bool:
    """Whether there is a file or folder of this name."""
    try:
        disk.stat(path)
    except OSError:
        return False
    return True


def replace(disk: "Any", path: str, data: bytes) -> None:
    """Write the file whole or not at all. Raises OSError."""
    with disk.open(path + ".new", "wb") as file:
        file.write(data)
        disk.sync(file)
    disk.rename(path + ".new", path)


def slot_path(root: str, slot: str) -> str:
    """Where the tree of a slot is; ``root`` is empty on a board."""
    return root + "/slots/" + slot


def other(slot: str) -> str:
    return "b" if slot == "a" else "a"


def read_state(root: str, disk: "Any") -> "dict[str, Any]":
    """The state; without a readable one, the first slot that holds a whole tree."""
    state: "dict[str, Any]" = {"active": "", "trying": "", "boots": 0, "offer": [], "failed": []}
    try:
        with disk.open(root + "/slots/state.json", "rb") as file:
            found = json.loads(file.read())
        for key in state:
            if isinstance(found.get(key), type(state[key])):
                state[key] = found[key]
    except (OSError, ValueError, AttributeError):
        pass
    if state["active"] not in ("a", "b"):
        state["active"] = "a" if exists(disk, slot_path(root, "a") + "/" + MANIFEST) else "b"
    return state


def write_state(root: str, disk: "Any", state: "dict[str, Any]") -> None:
    """Durable on return. Raises OSError."""
    replace(disk, root + "/slots/state.json", json.dumps(state).encode())


def give_up(state: "dict[str, Any]", reason: str) -> None:
    """The tree on trial is not to be run again; ``reason`` is a code that the hub is told."""
    state["failed"] = state["offer"] + [reason]
    state["offer"] = []
    state["trying"] = ""
    state["boots"] = 0


def choose(root: str, is_power_on: bool, disk: "Any", place: str = "") -> "tuple[str, str]":
    """(slot, how to start it); counts this start before it happens.

    ``is_power_on``: somebody switched the board on, so the tree that was kept is not to blame for this start.
    ``place``: where `mend` found a tree; it holds even if the flash was too full to keep that in mind.
    """
    state = read_state(root, disk)
    before = json.dumps(state)
    chosen = decide(state, is_power_on, disk, root)
    try:
        if json.dumps(state) != before:
            write_state(root, disk, state)
    except OSError as error:
        print("boot: cannot count this start (%s); free some space on the flash" % error)
    if place and place != slot_path(root, chosen[0]):
        return other(chosen[0]), NORMAL
    return chosen


def decide(state: "dict[str, Any]", is_power_on: bool, disk: "Any", root: str = "") -> "tuple[str, str]":
    """The same without flash: ``state`` becomes what is to be remembered."""
    start = NORMAL
    if state["trying"]:
        if state["boots"] < TRIES:
            state["boots"] += 1
            start = TRIAL
        else:
            give_up(state, "update.boot")
    if start == NORMAL:
        state["boots"] = 0 if is_power_on else state["boots"] + 1
    if start == TRIAL:
        return state["trying"], TRIAL
    slot = state["active"]
    if state["boots"] <= TRIES:
        return slot, NORMAL
    if state["boots"] % 2 and exists(disk, slot_path(root, other(slot)) + "/" + MANIFEST):
        return other(slot), SAFE
    return slot, SAFE


def prepare() -> "dict[str, Any]":
    """On a board: choose, and let imports find the slot. Returns what `firmware.main` wants to know of it."""
    cause = reset_cause()
    disk = Disk()
    place = rom = ""
    sys.path.insert(0, place)
    try:
        place = sys.path[0] = mend("", cause == "power", disk, is_in_rom)
        rom = rom_of(place)
    except Exception as error:  # whatever it is: the start is counted, and safe mode is not far
        print("boot: trees not looked at (%s: %s)" % (type(error).__name__, error))
    slot, start = choose("", cause == "power", disk, place)
    sys.path[0] = rom or slot_path("", slot)
    return {"root": "", "slot": slot, "start": start, "cause": cause, "is_counted": cause != "power"}


def mend(root: str, is_power_on: bool, disk: "Any", is_known: "Any") -> str:
    """Where the tree is that `choose` will choose. One whose files are torn gives way to the one beside it, if that is
    sound: bytecode that was cut off can hang a board beyond any count. The hub notices, and offers it again.

    ``is_known(disk, place)``: whether this tree was looked at before.
    """
    state = read_state(root, disk)
    slot = decide(dict(state), is_power_on, disk, root)[0]
    place, there = slot_path(root, slot), slot_path(root, other(slot))
    if is_known(disk, place) or is_sound(disk, place) or not is_sound(disk, there):
        return place
    print("boot: files of %s are torn, %s runs instead; update this board again" % (place, there))
    if state["trying"] == slot:
        give_up(state, "update.file")
    state["active"] = other(slot)
    state["boots"] = 0
    try:
        write_state(root, disk, state)
    except OSError:  # a full flash: looked at again at the next start
        pass
    return there


def is_sound(disk: "Any", place: str) -> bool:
    """Whether each file of a tree is what its manifest says; read as it is written, since parsed it would be large."""
    try:
        with disk.open(place + "/" + MANIFEST, "rb") as file:
            data = file.read()
        at = data.find(b'"files":{"') + 9  # "path":[size,"digest"],
        while data[at : at + 1] == b'"':
            end = data.find(b'":[', at)
            digest = data.find(b',"', end) + 2
            if digest_of(disk, place + "/" + str(data[at + 1 : end], "utf-8")) != data[digest : digest + 64]:
                return False
            at = digest + 67
        return bool(data[at - 3 : at] == b'"]}')  # the end of the list, no place that looks like it
    except Exception:  # no manifest, or one that is torn: names that are no text, no memory for it
        return False


def is_in_rom(disk: "Any", place: str) -> bool:
    """Whether the ROM of this board has a copy of this tree, which was read back when it was laid."""
    vfs: "Any" = __import__("vfs")
    if not hasattr(vfs, "rom_ioctl") or vfs.rom_ioctl(1) < 1:
        return False
    return has_rom(vfs.rom_ioctl, "", disk, digest_of(disk, place + "/" + MANIFEST))


def rom_of(place: str) -> str:
    """Where this tree is in the ROM of the board; empty when the board has none, or it does not take the tree."""
    vfs: "Any" = __import__("vfs")
    if not hasattr(vfs, "rom_ioctl") or vfs.rom_ioctl(1) < 1:
        return ""
    try:
        if lay_in_rom(vfs.rom_ioctl, "", place, Disk(), lambda: vfs.umount("/rom")):
            __import__("machine").reset()  # so the start that follows has all of the memory
        return "/rom"
    except Exception as error:  # the tree itself may be broken: nothing of it may keep the board from starting
        print("boot: the tree runs from %s, not from ROM (%s: %s)" % (place, type(error).__name__, error))
        return ""
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "firmware"]:
            del sys.modules[name]  # they come from the slot


def lay_in_rom(rom_ioctl: "Any", root: str, place: str, disk: "Any", release: "Any") -> bool:
    """True when the ROM did not hold this tree, and now does. ``release()`` before it changes. Raises OSError."""
    digest = digest_of(disk, place + "/" + MANIFEST)
    mark = root + "/slots/rom"
    if has_rom(rom_ioctl, root, disk, digest):
        return False
    if exists(disk, mark):
        disk.remove(mark)
    from firmware.update.rom import lay

    try:
        release()
    except OSError:
        pass
    lay(rom_ioctl, disk, place, MANIFEST, digest)
    replace(disk, mark, digest)
    return True


def has_rom(rom_ioctl: "Any", root: str, disk: "Any", digest: bytes) -> bool:
    """Whether a copy of this tree was completed, and nobody has put something else there."""
    mark = root + "/slots/rom"
    if not exists(disk, mark):
        return False
    with disk.open(mark, "rb") as file:
        return file.read() == digest and digest in bytes(rom_ioctl(2, 0)[:128])


def digest_of(disk: "Any", path: str) -> bytes:
    """SHA-256 of a file, in hexadecimal; empty when there is none."""
    summed = hashlib.sha256()
    try:
        with disk.open(path, "rb") as file:
            while True:
                chunk = file.read(512)
                if not chunk:
                    return hexlify(summed.digest())
                summed.update(chunk)
    except OSError:
        return b""


def reset_cause() -> str:
    """Why the board starts, in the words of Hello."""
    try:
        machine: "Any" = __import__("machine")
        cause = machine.reset_cause()
        words = {machine.PWRON_RESET: "power", machine.WDT_RESET: "watchdog"}
    except (ImportError, AttributeError):
        return "unknown"
    return words.get(cause, "reset")
