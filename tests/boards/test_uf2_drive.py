"""An RP2350 without a program shows a drive; a whole UF2 file for it makes it boot, nothing else does."""

import random

from simulators.boards import VirtualBoard, uf2_drive
from tests.boards.bench_hands import ON_BENCH, at_prompt, mpremote

pytestmark = ON_BENCH

BLOCKS = 20


def uf2(family: int, count: int = BLOCKS) -> bytes:
    """The first ``count`` blocks of an image of `BLOCKS`."""
    image = b""
    for number in range(count):
        address = uf2_drive.FLASH_AT + number * 256
        head = (uf2_drive.MAGIC_START, uf2_drive.MAGIC_SECOND, 0x2000, address, 256, number, BLOCKS, family)
        payload = random.Random(number).randbytes(256)
        image += uf2_drive.HEADER.pack(*head) + payload.ljust(476, b"\0") + uf2_drive.MAGIC_END.to_bytes(4, "little")
    return image


def test_a_whole_image_boots_and_others_are_left_lying(tmp_path):
    with VirtualBoard(tmp_path / "board", profile="w5500_evb_pico2", is_bare=True) as board:
        assert board.starts == ["boot ROM"]
        assert "RP2350" in (board.drive_folder / uf2_drive.INFO).read_text()
        (board.drive_folder / "other.uf2").write_bytes(uf2(0xE48BFF56))
        (board.drive_folder / "half.uf2").write_bytes(uf2(uf2_drive.FAMILY_ARM_SECURE, BLOCKS // 2))
        (board.drive_folder / "whole.uf2").write_bytes(uf2(uf2_drive.FAMILY_ARM_SECURE))
        board.wait(lambda: board.pid)
        assert not board.drive_folder.exists()
        assert board.starts == ["boot ROM", "hard reset"]
        at_prompt(board)
        mpremote(board, "bootloader")
        board.wait(board.drive_folder.exists)
        board.reset()
        at_prompt(board)


def test_half_an_image_does_not_boot(tmp_path):
    with VirtualBoard(tmp_path / "board", profile="w5500_evb_pico2", is_bare=True) as board:
        (board.drive_folder / "half.uf2").write_bytes(uf2(uf2_drive.FAMILY_ARM_SECURE, BLOCKS - 1))
        board.reset()
        assert board.starts == ["boot ROM", "boot ROM"]
