"""A board without MicroPython: its image through the drive of an RP2350 or the boot ROM of an ESP32, then all the rest.

The boards are bare: an image that is whole, and a reset, make MicroPython of them, nothing else does.
"""

import hashlib
import io
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from board_profiles import load, names
from simulators.boards import VirtualBoard, esp_image, uf2_drive
from simulators.boards.builds import SAYS
from tests.flash.building import Building
from tests.flash.stage import PATIENCE_S, VERSION, Hand, Stage, mend, new_board
from tools.flashing import image
from tools.flashing.board import Board
from tools.flashing.faults import FlashFault
from tools.flashing.hub import Hub
from tools.flashing.outcome import Outcome
from tools.flashing.progress import Bars
from tools.flashing.steps import Bench, Flashing, Job

pytestmark = [pytest.mark.micropython, pytest.mark.system]

FLASH = Path(__file__).resolve().parent.parent.parent / "tools" / "flash.py"
NO_LINES = ["--no-stub", "--before", "no-reset", "--after", "soft-reset"]  # a pseudo-terminal has no DTR and RTS
ESP, RP2 = "esp32_poe", "w5500_evb_pico2"
IMAGE_BYTES = 300_000


class Kit:
    """The installer's folder of overlays with its images, and the hub as the building knows it."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.building = Building(stage.hub.url)
        self.token = stage.folder / "hub" / "admin.token"
        self.hub = Hub.of_url(self.building.url, self.token)
        self.write(ESP, esp_image.make("esp32", random.Random(5).randbytes(IMAGE_BYTES)))
        self.write(RP2, uf2(IMAGE_BYTES // 256))

    def write(self, profile: str, data: bytes, sha256: str = "") -> Path:
        """The image of a profile, and the overlay that names it."""
        path = self.folder / f"{profile}.img"
        path.write_bytes(data)
        sha256 = sha256 or hashlib.sha256(data).hexdigest()
        (self.folder / f"{profile}.toml").write_text(f'[image]\nfile = "{path.name}"\nsha256 = "{sha256}"\n')
        return path

    def bench(self, **changes: Any) -> Bench:
        esptool = image.Esptool(NO_LINES)
        return self.stage.bench(hub=self.hub, overlays=self.folder, esptool=esptool)._replace(**changes)

    def job(self, board: VirtualBoard, profile: str, device: str) -> Job:
        drive = board.drive_folder if profile == RP2 else None
        return Job(board.port, device, profile, is_image=True, drive=drive)

    def flash(self, board: VirtualBoard, profile: str, device: str, hand: Hand | None = None, **bench: Any) -> Outcome:
        return Flashing(self.bench(**bench), self.job(board, profile, device), hand).run()

    def close(self) -> None:
        self.hub.close()
        self.building.close()


@pytest.fixture
def kit(stage: Stage, tmp_path: Path) -> Iterator[Kit]:
    kit = Kit(stage, tmp_path)
    yield kit
    kit.close()


def uf2(blocks: int, family: int = uf2_drive.FAMILY_ARM_SECURE) -> bytes:
    dice = random.Random(6)
    made = bytearray()
    for at in range(blocks):
        address = uf2_drive.FLASH_AT + 256 * at
        head = (uf2_drive.MAGIC_START, uf2_drive.MAGIC_SECOND, 0x2000, address, 256, at, blocks, family)
        made += (uf2_drive.HEADER.pack(*head) + dice.randbytes(256)).ljust(508, b"\0")
        made += uf2_drive.MAGIC_END.to_bytes(4, "little")
    return bytes(made)


def bare(folder: Path, profile: str) -> VirtualBoard:
    board = new_board(folder, profile=profile, is_bare=True)
    assert not (board.folder / "program.img").exists()
    return board


def is_untouched(board: VirtualBoard) -> bool:
    return board.starts == ["boot ROM"] and not (board.folder / "program.img").exists()


def command(kit: Kit, *words: object) -> Any:
    """What the real command says as JSON."""
    line = [sys.executable, FLASH, "--hub", kit.building.url, "--token-file", kit.token, "--profiles", kit.folder]
    line += ["--labels", kit.folder / "labels", "--patience", PATIENCE_S, "--json", "--language", "en", *words]
    done = subprocess.run([str(word) for word in line], capture_output=True, text=True, timeout=90)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)[0]


# From bare to online


def test_a_bare_rp2350_gets_its_image_through_its_drive_and_comes_online(kit: Kit, button: str, tmp_path: Path) -> None:
    with bare(tmp_path, RP2) as board:
        assert not Path(board.port).exists()  # there is only the drive
        words = ("--port", board.port, "--device", button, "--image", "--drive", board.drive_folder)
        unnamed = command(kit, *words)
        assert (unnamed["code"], RP2 in unnamed["fault"], is_untouched(board)) == ("which_profile", True, True)
        done = command(kit, *words, "--profile", RP2)
        assert (done["fault"], done["is_online"], done["version"]) == ("", True, VERSION)
        assert (done["profile"], done["board"]) == (RP2, "W5500-EVB-Pico2 with RP2350")
        assert board.starts[:2] == ["boot ROM", "hard reset"]
        assert kit.hub.device(button)["is_online"]
        assert (tmp_path / "labels" / f"{button}.png").exists()


def test_a_bare_esp32_gets_its_image_from_the_real_esptool_and_comes_online(
    kit: Kit, button: str, tmp_path: Path
) -> None:
    """Nobody names its profile: the boot ROM says which chip it is."""
    with bare(tmp_path, ESP) as board:
        esptool = ("--esptool", " ".join(NO_LINES))
        done = command(kit, "--port", board.port, "--device", button, "--image", *esptool)
        assert (done["fault"], done["is_online"], done["version"]) == ("", True, VERSION)
        assert (done["profile"], done["board"]) == (ESP, "Olimex ESP32 POE with ESP32")
        assert kit.hub.device(button)["is_online"]
        written = (board.folder / "program.img").read_bytes()
        wanted = (tmp_path / f"{ESP}.img").read_bytes()
        assert written[0x1000:].startswith(wanted)


@pytest.mark.parametrize("profile", [ESP, RP2])
def test_the_bar_moves_and_the_steps_come_in_their_order(kit: Kit, button: str, tmp_path: Path, profile: str) -> None:
    with Bars(Console(file=io.StringIO()), "en") as bars, bare(tmp_path, profile) as board:
        look = Look(bars, button)
        assert kit.flash(board, profile, button, look).fault == ""
    assert look.steps[:4] == ["hub", "image", "find", "compile"]
    assert len(look.percents) >= 5
    assert look.percents == sorted(look.percents)
    assert (look.percents[0] < 50, look.percents[-1]) == (True, 100)


class Look(Hand):
    """Looks at the real bar after each move of the image."""

    def __init__(self, bars: Bars, device: str) -> None:
        super().__init__("", lambda: None)
        self.percents: list[float] = []
        self._bars, self._bar = bars, bars.board(device)

    def begins(self, step: str, total: int = 0) -> None:
        super().begins(step, total)
        self._bar.begins(step, total)

    def advances(self, more: int) -> None:
        super().advances(more)
        self._bar.advances(more)
        if self.steps[-1] == "image":
            self.percents.append(self._bars.progress.tasks[0].percentage)

    def ends(self, note: str) -> None:
        self._bar.ends(note)


# Torn off

LOST = {
    (ESP, "pull_cable"): "unplugged",
    (ESP, "cut_power"): "image_failed",
    (RP2, "pull_cable"): "drive_failed",
    (RP2, "cut_power"): "drive_failed",
}


@pytest.mark.parametrize("profile", [ESP, RP2])
@pytest.mark.parametrize("seed", [1, 2])
def test_torn_while_the_image_is_written_it_ends_right(
    kit: Kit, button: str, tmp_path: Path, profile: str, seed: int
) -> None:
    dice = random.Random(seed)
    with bare(tmp_path, profile) as board:
        for how in (board.pull_cable, board.cut_power):
            hand = Hand("image", how, dice.uniform(0.0, 0.8))
            torn = kit.flash(board, profile, button, hand)
            assert (hand.has_acted, torn.step) == (True, "image")
            assert torn.code == LOST[profile, how.__name__], torn.fault
            mend(board)
            assert board.starts[-1] == "boot ROM"
        last = kit.flash(board, profile, button)
        assert (last.fault, last.is_online) == ("", True)


# Refused before anything is written


@pytest.mark.parametrize("profile", [ESP, RP2])
def test_an_image_that_is_not_the_operators_is_refused(kit: Kit, button: str, tmp_path: Path, profile: str) -> None:
    path = tmp_path / f"{profile}.img"
    with bare(tmp_path, profile) as board:
        right = path.read_bytes()
        kit.write(profile, right[:-1] + b"\x7f", hashlib.sha256(right).hexdigest())
        wrong = kit.flash(board, profile, button)
        assert (wrong.code, wrong.exit_code, wrong.step) == ("profile", 4, "image")
        assert hashlib.sha256(right).hexdigest() in wrong.fault
        path.unlink()
        missing = kit.flash(board, profile, button)
        assert missing.code == "profile"
        assert str(path) in missing.fault
        (tmp_path / f"{profile}.toml").unlink()
        unnamed = kit.flash(board, profile, button)
        assert unnamed.code == "profile"
        assert "sha256" in unnamed.fault
        assert f"{profile}.toml" in unnamed.fault
        assert is_untouched(board)


@pytest.mark.parametrize("profile", [ESP, RP2])
def test_a_dry_run_names_the_image_and_writes_nothing(kit: Kit, button: str, tmp_path: Path, profile: str) -> None:
    with bare(tmp_path, profile) as board:
        outcome = kit.flash(board, profile, button, is_dry=True)
        assert (outcome.fault, outcome.differences) == ("", [f"{profile}.img"])
        assert not (board.folder / "program.img").exists()


def test_another_chip_is_left_alone(kit: Kit, button: str, tmp_path: Path) -> None:
    kit.write("esp32_s3_eth", (tmp_path / f"{ESP}.img").read_bytes())
    with bare(tmp_path, ESP) as board:
        outcome = kit.flash(board, "esp32_s3_eth", button)
        assert (outcome.code, outcome.step) == ("wrong_chip", "image")
        assert not (board.folder / "program.img").exists()


@pytest.mark.parametrize("data", [b"no image", uf2(4, family=0xE48BFF56)], ids=["no UF2", "for an RP2040"])
def test_what_is_no_image_for_this_chip_is_not_copied(kit: Kit, button: str, tmp_path: Path, data: bytes) -> None:
    kit.write(RP2, data)
    with bare(tmp_path, RP2) as board:
        assert kit.flash(board, RP2, button).code == "not_uf2"
        assert [path.name for path in board.drive_folder.iterdir()] == [uf2_drive.INFO]


# What can be wrong with the drive


def test_no_drive_and_many_drives(kit: Kit, button: str, tmp_path: Path) -> None:
    drives = image.Drives((f"{tmp_path}/*/drive",), patience_s=0.3)
    one, two = (new_board(tmp_path, number, profile=RP2, is_bare=True) for number in (1, 2))
    try:
        job = Job(one.port, button, RP2, is_image=True)
        none = Flashing(kit.bench(drives=drives), job).run()
        assert (none.code, "BOOTSEL" in none.fault) == ("no_drive", True)
        named = Flashing(kit.bench(drives=drives), job._replace(drive=tmp_path)).run()
        assert named.code == "no_drive"  # a folder, but no drive of a board
        one.start()
        two.start()
        many = Flashing(kit.bench(drives=drives), job).run()
        assert many.code == "many_drives"
        assert f"{one.drive_folder}, {two.drive_folder}" in many.fault
        assert is_untouched(one)
        assert is_untouched(two)
        two.stop()
        done = Flashing(kit.bench(drives=drives), job).run()
        assert (done.fault, done.is_online) == ("", True)
    finally:
        one.close()
        two.close()


def test_a_drive_that_goes_too_early_or_stays_or_cannot_be_written(kit: Kit, tmp_path: Path) -> None:
    path, drive = tmp_path / f"{RP2}.img", tmp_path / "drive"
    drive.mkdir()
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader\n")

    def fault(hand: Hand) -> str:
        with pytest.raises(FlashFault) as caught:
            image.Drives(patience_s=0.2).write(path, drive, started(hand))
        return caught.value.code

    assert fault(Hand("", lambda: None)) == "drive_stays"
    assert (drive / "firmware.uf2").read_bytes() == path.read_bytes()
    assert fault(Hand("image", (drive / "INFO_UF2.TXT").unlink, 0.3)) == "drive_failed"
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader\n")
    (drive / "firmware.uf2").unlink()
    (drive / "firmware.uf2").mkdir()
    assert fault(Hand("", lambda: None)) == "drive_failed"


def started(hand: Hand) -> Hand:
    hand.begins("image", 100)
    return hand


def test_esptool_that_cannot_write_says_why(kit: Kit, button: str, tmp_path: Path) -> None:
    """An image larger than the flash: the boot ROM refuses it."""
    kit.write(ESP, esp_image.make("esp32", bytes(5_000_000)))
    with bare(tmp_path, ESP) as board:
        outcome = kit.flash(board, ESP, button)
        assert (outcome.code, outcome.step) == ("image_failed", "image")
        assert "BOOT" in outcome.fault


# Which chip it is


@pytest.mark.parametrize(
    ("said", "chip"),
    [
        ("Connecting....\nChip is ESP32-PICO-D4 (revision 1)\nFeatures: WiFi, BT", "esp32"),  # 2.6
        ("Detecting chip type... ESP32\nChip is unknown ESP32 (revision 1)\n", "esp32"),  # 3
        ("Detecting chip type... ESP32\nChip is ESP32-D0WDQ6-V3 (revision v3.0)\n", "esp32"),
        ("Connecting......\nChip is ESP32-D0WD-V3 (revision v3.1)\nFeatures: WiFi", "esp32"),  # 4.7
        ("Chip is ESP32-S0WD (revision v1.0)\n", "esp32"),
        ("Chip is ESP32-D0WDR2-V3 (revision v3.0)\n", "esp32"),
        ("Chip is ESP32-U4WDH (revision v3.0)\n", "esp32"),
        ("Connecting....\nChip is ESP32-S3 (QFN56) (revision v0.2)\nFeatures: WiFi, BLE", "esp32s3"),  # 4.8
        ("Chip is ESP32-S3-PICO-1 (LGA56) (revision v0.2)\n", "esp32s3"),
        ("Chip is ESP32-S2FNR2 (revision v0.0)\n", "esp32s2"),
        ("Chip is unknown ESP32-C3 (revision 3)\n", "esp32c3"),
        ("Connected to ESP32 on /dev/ttyUSB0:\nChip type:          ESP32-U4WDH (revision v3.1)\n", "esp32"),  # 5.3
        ("Chip type:          ESP32-D0WD-V3 (revision v3.1)\n", "esp32"),
        ("Chip type:          Unknown ESP32 (revision v3.1)\n", "esp32"),
        ("Connected to ESP32-S3 on /dev/ttyACM0:\nChip type:          ESP32-S3 (QFN56) (revision v0.2)\n", "esp32s3"),
        ("A fatal error occurred: Failed to connect to ESP32: No serial data received.\n", ""),
    ],
)
def test_the_chip_that_esptool_names(said: str, chip: str) -> None:
    assert image.chip_said(said) == chip


@pytest.mark.parametrize(
    ("build", "chip"),
    [
        ("ESP32_GENERIC", "esp32"),
        ("ESP32_GENERIC_S3", "esp32s3"),
        ("ESP32_GENERIC_S3-SPIRAM_OCT", "esp32s3"),
        ("OLIMEX_ESP32_POE", "esp32"),
        ("W5500_EVB_PICO2", "rp2350"),
    ],
)
def test_the_chip_that_micropython_names(tmp_path: Path, build: str, chip: str) -> None:
    with new_board(tmp_path, profile={"image": {"build": build}}) as board:
        wire = Board(board.port, PATIENCE_S)
        wire.connect()
        facts = wire.facts()
        wire.close()
    assert (facts.chip, facts.name) == (chip, SAYS[build][1])


def test_every_image_that_a_profile_names_is_known_to_the_virtual_boards() -> None:
    builds = {profile.image.build for name in names() if (profile := load(name)).image}
    assert builds <= SAYS.keys()
