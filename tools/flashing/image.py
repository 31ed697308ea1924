"""Writes MicroPython itself: esptool for the ESP32 family, a copied UF2 file for the RP2350."""

import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from board_profiles import Profile
from tools.flashing import ports
from tools.flashing.faults import FlashFault
from tools.flashing.watcher import Watcher

BAUD = 460800
DRIVES = ("/media/*/*", "/run/media/*/*", "/mnt/*", "/media/*")
DRIVE_S = 20  # for the drive to appear, and to go once it has the image
UF2_BLOCK = struct.Struct("<8I")  # Microsoft's UF2 format, block header
UF2_MAGIC = (0x0A324655, 0x9E5D5157)
UF2_FAMILIES = {"rp2350": (0xE48BFF59, 0xE48BFF57)}  # RP2350 Arm secure; absolute, which may come first

_CHIP = re.compile(r"(?:Chip type:|Chip is|Connected to)\s+(ESP32(?:-[A-Z]\d+)?)", re.I)
_DONE = re.compile(r"(\d+(?:\.\d+)?)\s?%")


def is_esp(profile: Profile) -> bool:
    """Whether esptool writes its image."""
    return profile.chip.port == "esp32"


class Esptool:
    """``options`` before the command, such as ``--before no-reset`` for a board without reset lines."""

    def __init__(self, options: Sequence[str] = (), baud: int = BAUD) -> None:
        self._options = list(options)
        self._baud = baud

    def chip(self, port: str) -> str:
        """As board_profiles calls it. FlashFault when no ROM answers."""
        said = "".join(self._run(port, ["chip-id"]))
        found = _CHIP.search(said)
        if found is None:
            raise FlashFault("no_rom", port=port, said=_last(said))
        return found[1].lower().replace("-", "")

    def write(self, port: str, profile: Profile, erase: bool, watcher: Watcher) -> None:
        """The image of the profile, read back and compared by esptool (MD5 of the flash). FlashFault."""
        path = profile.image_file()
        assert profile.image is not None
        found = self.chip(port)
        if found != profile.chip.name:
            raise FlashFault("wrong_chip", port=port, found=found, profile=profile.name, wanted=profile.chip.name)
        watcher.begins("image", 100)
        command = ["write-flash", "-z", *(["--erase-all"] if erase else []), hex(profile.image.offset), str(path)]
        said, shown = "", 0
        for piece in self._run(port, command):
            said += piece
            marks = _DONE.findall(piece)
            if marks:
                percent = int(float(marks[-1]))
                watcher.advances(max(0, percent - shown))
                shown = max(shown, percent)
        if "verified" not in said:
            raise FlashFault("image_failed", port=port, said=_last(said))
        watcher.ends(path.name)

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
        if "busy" in said or "exclusively lock" in said:
            return FlashFault("port_busy", port=port, who=ports.who_has(port) or "?")
        if "Failed to connect" in said or "No serial data" in said:
            return FlashFault("no_rom", port=port, said=_last(said))
        return FlashFault("image_failed", port=port, said=_last(said))


def _last(said: str) -> str:
    lines = [line.strip() for line in said.replace("\r", "\n").splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "")[:160]


def check_uf2(path: Path, profile: Profile) -> None:
    """Whether this is an image for the chip. FlashFault."""
    with path.open("rb") as file:
        head = file.read(UF2_BLOCK.size)
    families = UF2_FAMILIES.get(profile.chip.name, ())
    if len(head) < UF2_BLOCK.size or UF2_BLOCK.unpack(head)[:2] != UF2_MAGIC:
        raise FlashFault("not_uf2", path=path)
    if families and UF2_BLOCK.unpack(head)[7] not in families:
        raise FlashFault("not_uf2", path=path)


def write_uf2(profile: Profile, watcher: Watcher, drive: Path | None = None, patience_s: float = DRIVE_S) -> None:
    """Copy the image onto the board's own drive; the board takes it and starts. FlashFault.

    ``drive``: where it is mounted; without, the only drive with an INFO_UF2.TXT is taken.
    """
    path = profile.image_file()
    check_uf2(path, profile)
    data = path.read_bytes()
    target = drive or _the_drive(patience_s)
    watcher.begins("image", len(data))
    try:
        with (target / "firmware.uf2").open("wb") as file:
            for at in range(0, len(data), 65536):
                file.write(data[at : at + 65536])
                watcher.advances(len(data[at : at + 65536]))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if (target / "INFO_UF2.TXT").exists():  # else it has all of it, and went
            raise FlashFault("drive_failed", drive=target, reason=error.strerror) from None
    _wait(lambda: not (target / "INFO_UF2.TXT").exists(), patience_s, FlashFault("drive_stays", drive=target))
    watcher.ends(path.name)


def _the_drive(patience_s: float) -> Path:
    found: list[Path] = []

    def look() -> bool:
        found[:] = {info.parent for pattern in DRIVES for info in Path("/").glob(pattern[1:] + "/INFO_UF2.TXT")}
        return bool(found)

    _wait(look, patience_s, FlashFault("no_drive"))
    if len(found) > 1:
        raise FlashFault("many_drives", drives=", ".join(sorted(map(str, found))))
    return found[0]


def _wait(is_so: "object", patience_s: float, fault: FlashFault) -> None:
    assert callable(is_so)
    until = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > until:
            raise fault
        time.sleep(0.1)
