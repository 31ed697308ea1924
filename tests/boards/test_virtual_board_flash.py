"""A virtual board's flash is real: full, torn, kept, and only its own."""

import pytest

from simulators.boards import VirtualBoard
from simulators.boards.shim import layout
from tests.boards.bench_hands import ON_BENCH, at_prompt, mpremote, put, run_main

pytestmark = ON_BENCH

FLASH_BYTES = 96 * 1024
BLOCK_STEPS = layout.BLOCK_BYTES // layout.PAGE_BYTES  # it takes to erase a block
WRITES = """import os
print('has', os.listdir())
for name in os.listdir():
    if name in ('log0', 'log1', 'log2'):  # those without .new are whole, or were never there
        with open(name) as file:
            text = file.read()
        print(name, 'whole' if text == name * 700 else 'torn')
for turn in range(50):
    with open('log%d.new' % (turn % 3), 'w') as file:
        file.write(('log%d' % (turn % 3)) * 700)
    os.rename('log%d.new' % (turn % 3), 'log%d' % (turn % 3))
print('all written')
"""


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "board", flash_bytes=FLASH_BYTES) as board:
        at_prompt(board)
        yield board


def test_what_is_written_survives_power_cuts_and_a_new_bench(board):
    put(board, "kept.txt", "kept")
    board.cut_power()
    board.close()
    with VirtualBoard(board.folder, flash_bytes=FLASH_BYTES) as again:
        at_prompt(again)
        assert mpremote(again, "fs", "cat", ":kept.txt") == "kept"


def test_a_full_flash_says_so_and_can_be_emptied(board, tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(FLASH_BYTES))
    with pytest.raises(AssertionError, match="No space left on device"):
        mpremote(board, "fs", "cp", str(large), ":large.bin")
    mpremote(board, "fs", "rm", ":large.bin")
    put(board, "small.txt", "fits")
    assert mpremote(board, "fs", "cat", ":small.txt") == "fits"


def test_power_cut_in_any_step_of_a_write_leaves_whole_files(board):
    put(board, "main.py", WRITES)
    for steps in (1, 7, 29, 64, 111, 187):
        board.reset()
        board.wait(lambda: "has [" in board.printed)
        board.cut_power(after_flash_steps=steps)
        board.wait(lambda: not board.is_powered)
        board.restore_power()
        board.cut_power(after_flash_steps=0)
        board.keep_power()
    board.wait(lambda: board.printed.count("all written"))
    assert "whole" in board.printed
    assert "torn" not in board.printed
    assert "corrupted" not in board.printed


HALF_BYTES = 64  # littlefs gives the flash 128 bytes at once: four times what it programs at least


@pytest.mark.parametrize("whole", [1, 5])
def test_the_page_in_which_the_power_goes_is_half_new_and_half_old(board, whole):
    program = """import time
from machine import Pin
with open('large', 'wb') as file:
    print('waits for the hand')
    while Pin(0, Pin.IN, Pin.PULL_UP)():
        time.sleep_ms(5)
    file.write(b'A' * 3000)
"""
    run_main(board, program, "waits for the hand")
    image = board.folder / "flash.img"
    before = image.read_bytes()
    board.cut_power(after_flash_steps=BLOCK_STEPS + whole)
    board.drive(0, 0)
    board.wait(lambda: not board.is_powered)
    after = image.read_bytes()
    begin = after.index(b"A" * HALF_BYTES)
    end = begin + whole * 2 * HALF_BYTES + HALF_BYTES
    assert after == before[:begin] + b"A" * (end - begin) + before[end:]
    assert before[begin:end].count(b"A") == 0


def test_the_board_sees_its_own_files_only(board):
    program = """import os, sys
print('files', os.listdir('/'), sys.path)
for name in ('firmware', 'flash', 'layout', 'far', 'simulators'):
    try:
        __import__(name)
        print('found', name)
    except ImportError:
        pass
print('looked')
"""
    run_main(board, program, "looked")
    assert "files ['boot.py', 'main.py'] ['', '.frozen', '/lib']" in board.printed
    assert "found" not in board.printed


def test_boot_runs_before_main_and_its_error_does_not_stop_main(board):
    put(board, "boot.py", "print('boot runs')\n1/0\n")
    run_main(board, "print('main runs')\n", "main runs")
    assert (
        board.printed.index("boot runs") < board.printed.index("ZeroDivisionError") < board.printed.index("main runs")
    )


def test_an_erased_flash_is_as_from_the_factory(board):
    put(board, "main.py", "print('main runs')\n")
    board.cut_power()
    board.erase_files()
    board.restore_power()
    at_prompt(board)
    assert "boot.py" in mpremote(board, "fs", "ls")
    assert "main.py" not in mpremote(board, "fs", "ls")
