"""The real esptool finds a bare board's boot ROM, writes an image to it, verifies it; then MicroPython boots."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from simulators.boards import VirtualBoard, esp_image
from tests.boards.bench_hands import ON_BENCH, at_prompt, mpremote

pytestmark = ON_BENCH

ESPTOOL = Path(sys.executable).with_name("esptool")
BY_HAND = ("--no-stub", "--before", "no-reset", "--after", "no-reset")  # a pseudo-terminal has no DTR and RTS


def esptool(board: VirtualBoard, *words: str, chip: str = "auto", after: tuple[str, ...] = BY_HAND) -> str:
    """What the real command prints."""
    command = [str(ESPTOOL), "--port", board.port, "--chip", chip, *after, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(params=["esp32_poe", "esp32_s3_eth"])
def board(request, tmp_path):
    mac = b"\x24\x6f\x28\xaa\xbb\xcc"
    with VirtualBoard(tmp_path / request.param, profile=request.param, unique_id=mac, is_bare=True) as board:
        yield board


def image(board: VirtualBoard, size: int = 30_000) -> tuple[str, Path]:
    """Where it belongs, and a file with an image that a chip boots."""
    chip, place = ("esp32s3", "0x0") if "s3" in board.folder.name else ("esp32", "0x1000")
    path = board.folder / "image.bin"
    path.write_bytes(esp_image.make(chip, random.Random(7).randbytes(size)))
    return place, path


def test_esptool_names_chip_mac_and_flash(board):
    assert board.starts == ["boot ROM"]
    said = esptool(board, "flash-id")
    assert ("ESP32-S3" if "s3" in board.folder.name else "ESP32-D0WD") in said
    assert "24:6f:28:aa:bb:cc" in said
    assert "Detected flash size: " + ("8MB" if "s3" in board.folder.name else "4MB") in said


@pytest.mark.parametrize("how", ["--no-compress", "--compress"])
def test_esptool_writes_and_verifies_and_the_board_boots(board, how):
    place, path = image(board)
    assert "Hash of data verified" in esptool(board, "write-flash", how, place, str(path))
    assert "Verification successful" in esptool(board, "verify-flash", place, str(path))
    board.reset()
    at_prompt(board)
    assert board.starts == ["boot ROM", "hard reset"]
    assert mpremote(board, "exec", "import machine; print(machine.unique_id().hex())").strip() == "246f28aabbcc"


def test_a_torn_image_does_not_boot_and_esptool_mends_it(board):
    place, path = image(board)
    torn = board.folder / "torn.bin"
    torn.write_bytes(path.read_bytes()[:20_000])
    esptool(board, "write-flash", place, str(torn))
    board.reset()
    assert board.starts[-1] == "boot ROM"
    esptool(board, "--after", "soft-reset", "write-flash", place, str(path), after=BY_HAND[:3])
    at_prompt(board)
    board.enter_rom()
    assert board.starts[-1] == "boot ROM"


def test_esptool_sends_its_stub_and_erases_writes_and_reads_with_it(board):
    place, path = image(board)
    files = board.folder / "flash.img"
    files.write_bytes(b"old files".ljust(files.stat().st_size, b"\xff"))
    by_hand = BY_HAND[1:]
    esptool(board, "--baud", "460800", "write-flash", "--erase-all", place, str(path), after=by_hand)
    back = board.folder / "back.bin"
    esptool(board, "read-flash", place, str(path.stat().st_size), str(back), after=by_hand)
    assert back.read_bytes() == path.read_bytes()
    assert files.read_bytes()[:9] == b"\xff" * 9
    board.reset()
    at_prompt(board)


def test_the_wrong_chip_is_refused(board):
    wrong = "esp32" if "s3" in board.folder.name else "esp32s3"
    done = subprocess.run(
        [str(ESPTOOL), "--port", board.port, "--chip", wrong, *BY_HAND, "flash-id"], capture_output=True, text=True
    )
    assert done.returncode
    assert "Wrong chip argument" in done.stdout + done.stderr
