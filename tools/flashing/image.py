"""Writes MicroPython itself: esptool for the ESP32 family, a copied UF2 file for the RP2350.

Both first `check`, which changes nothing and gives the image file, then `write`, which tells the watcher each percent.
"""

import errno
import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from board_profiles import Profile
from tools.flashing import ports
from tools.flashing.faults import FlashFault
from tools.flashing.watcher import Watcher

BAUD = 460800
DRIVES = ("/media/*/*", "/run/media/*/*", "/mnt/*", "/media/*")
DRIVE_S = 20  # for the drive to appear, and to go once it has the image
DRIVE_INFO = "INFO_UF2.TXT"
PIECE_BYTES = 65536
UF2_BLOCK = struct.Struct("<8I")  # Microsoft's UF2 format, block header
UF2_MAGIC = (0x0A324655, 0x9E5D5157)
UF2_FAMILIES = {"rp2350": (0xE48BFF59, 0xE48BFF57)}  # RP2350 Arm secure; absolute, which may come first

# A series has a letter and a number (ESP32-S3, ESP32-C61); the packages of the first ESP32 look like it (ESP32-D0WD-V3,
# ESP32-S0WD, ESP32-PICO-D4).
_CHIP = re.compile(r"(?:Chip type:|Chip is|Connected to)\s+(?:unknown )?(ESP32(?:-[SCHP][1-9]\d*)?)", re.I)
_DONE = re.compile(r"(\d+(?:\.\d+)?)\s?%")


class Esptool:
    """``options`` before the command, such as ``--before no-reset`` for a board without reset lines."""

    def __init__(self, options: Sequence[str] = (), baud: int = BAUD) -> None:
        self._options = list(options)
        self._baud = baud

    def chip(self, port: str) -> str:
        """As board_profiles calls it. FlashFault when no ROM answers."""
        said = "".join(self._run(port, ["chip-id"]))
        found = chip_said(said)
        if not found:
            raise FlashFault("no_rom", port=port, said=_last(said))
        return found

    def check(self, port: str, profile: Profile) -> Path:
        """The profile's image, when it is whole and the board has the chip for it. FlashFault, ProfileError."""
        path = profile.image_file()
        found = self.chip(port)
        if found != profile.chip.name:
            raise FlashFault("wrong_chip", port=port, found=found, profile=profile.name, wanted=profile.chip.name)
        return path

    def write(self, port: str, path: Path, offset: int, is_erase: bool, watcher: Watcher) -> None:
        """An image that was checked; read back and compared by esptool (MD5 of the flash). FlashFault."""
        command = ["write-flash", "-z", *(["--erase-all"] if is_erase else []), hex(offset), str(path)]
        percent = _Percent(watcher)
        said = ""
        for piece in self._run(port, command):
            said += piece
            marks = _DONE.findall(piece)
            if marks:
                percent.reach(int(float(marks[-1])))
        if "verified" not in said:
            raise FlashFault("image_failed", port=port, said=_last(said))

    def _run(self, port: str, command: list[str]) -> Iterable[str]:
        """What it prints, in pieces as they come. FlashFault when it fails."""
        ports.check(port)
        line = [sys.executable, "-m", "esptool", "--port", port, "--baud", str(self._baud), *self._options, *command]
        environment = {**os.environ, "NO_COLOR": "1", "TERM": "dumb"}
        child = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        assert child.stdout is not None
        said = ""
        try:
            while piece := os.read(child.stdout.fileno(), 4096).decode(errors="replace"):
                said += piece
                yield piece
        finally:
            child.stdout.close()
            if child.poll() is None and sys.exc_info()[0] is GeneratorExit:
                child.kill()
            status = child.wait()
        if status:
            raise self._trouble(port, said)

    def _trouble(self, port: str, said: str) -> FlashFault:
        if "No module named" in said:
            return FlashFault("no_tool", tool="esptool")
        if not os.path.exists(port):
            return FlashFault("unplugged", port=port, step="image")
        if "busy" in said or "exclusively lock" in said:
            return FlashFault("port_busy", port=port, who=ports.who_has(port) or "?")
        if "Failed to connect" in said or "No serial data" in said:
            return FlashFault("no_rom", port=port, said=_last(said))
        return FlashFault("image_failed", port=port, said=_last(said))


class Drives:
    """The drives that boards show in their bootloader: where this computer mounts them (``places``, with wildcards).

    ``patience_s``: for a drive to appear, and to go once it has the image.
    """

    def __init__(self, places: Sequence[str] = DRIVES, patience_s: float = DRIVE_S) -> None:
        self._places = places
        self._patience_s = patience_s

    def check(self, profile: Profile) -> Path:
        """The profile's image, when it is whole and one for its chip. FlashFault, ProfileError."""
        path = profile.image_file()
        with path.open("rb") as file:
            head = file.read(UF2_BLOCK.size)
        families = UF2_FAMILIES.get(profile.chip.name, ())
        words = UF2_BLOCK.unpack(head) if len(head) == UF2_BLOCK.size else (0,) * 8
        if words[:2] != UF2_MAGIC or words[7] not in families:
            raise FlashFault("not_uf2", path=path)
        return path

    def write(self, path: Path, drive: Path | None, watcher: Watcher) -> None:
        """Copy an image that was checked; the board takes it and starts. FlashFault.

        ``drive``: where it is mounted; without, the only one that is found is taken.
        """
        target = self._found(drive)
        self._copy(path.read_bytes(), target, _Percent(watcher))
        self._wait(lambda: not _is_drive(target), FlashFault("drive_stays", drive=target))

    def _copy(self, data: bytes, target: Path, percent: "_Percent") -> None:
        """Piece by piece, each on the board before it counts. A drive that goes with the last has all of it."""
        is_last = False
        try:
            with (target / "firmware.uf2").open("wb") as file:
                for at in range(0, len(data), PIECE_BYTES):
                    is_last = at + PIECE_BYTES >= len(data)
                    file.write(data[at : at + PIECE_BYTES])
                    file.flush()
                    os.fsync(file.fileno())
                    percent.reach(100 * min(at + PIECE_BYTES, len(data)) // len(data))
                    if not is_last and not _is_drive(target):
                        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        except OSError as error:
            if not is_last or _is_drive(target):
                raise FlashFault("drive_failed", drive=target, reason=error.strerror) from None

    def _found(self, drive: Path | None) -> Path:
        found: list[Path] = []

        def look() -> bool:
            found[:] = [drive] if drive is not None and _is_drive(drive) else []
            if drive is None:
                found.extend({info.parent for place in self._places for info in Path("/").glob(_inside(place))})
            return bool(found)

        self._wait(look, FlashFault("no_drive"))
        if len(found) > 1:
            raise FlashFault("many_drives", drives=", ".join(sorted(map(str, found))))
        return found[0]

    def _wait(self, is_so: Callable[[], bool], fault: FlashFault) -> None:
        until = time.monotonic() + self._patience_s
        while not is_so():
            if time.monotonic() > until:
                raise fault
            time.sleep(0.1)


class _Percent:
    """How far it is, of 100, told to a watcher that wants to hear how much more."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._reached = 0

    def reach(self, percent: int) -> None:
        """Nothing when it was there already."""
        if percent > self._reached:
            self._watcher.advances(percent - self._reached)
            self._reached = percent


def chip_said(said: str) -> str:
    """The chip that esptool names (versions 3 to 5), as board_profiles calls it; empty when it names none."""
    found = _CHIP.search(said)
    return found[1].lower().replace("-", "") if found else ""


def _is_drive(folder: Path) -> bool:
    return (folder / DRIVE_INFO).exists()


def _inside(place: str) -> str:
    return place.lstrip("/") + "/" + DRIVE_INFO


def _last(said: str) -> str:
    lines = [line.strip() for line in said.replace("\r", "\n").splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "")[:160]
