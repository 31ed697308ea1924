"""How a virtual board comes back: what each reset is called, and what it forgets."""

import os
import re
import signal

import pytest

from simulators.boards import VirtualBoard
from tests.boards.bench_hands import ON_BENCH, at_prompt, put, run_main

pytestmark = ON_BENCH

TURNS = """import machine, sys, time
memory = machine.RTC().memory()
turn = len(memory)
print('turn', turn, 'cause', machine.reset_cause())
machine.RTC().memory(memory + b'.')
machine.Pin(5, machine.Pin.OUT, value=1)
if turn == 0:
    machine.deepsleep(30)
if turn == 1:
    sys.exit()
if turn == 2:
    machine.soft_reset()
if turn == 3:
    machine.reset()
if turn == 4:
    machine.WDT(timeout=60)
"""


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "board") as board:
        at_prompt(board)
        yield board


def test_every_way_to_start_anew_has_its_cause_and_the_rtc_remembers(board):
    run_main(board, TURNS, "turn 5 cause 3")
    assert re.findall(r"turn \d cause (\d)", board.printed) == ["2", "4", "5", "5", "2", "3"]
    board.cut_power()
    board.restore_power()
    board.wait(lambda: "turn 0 cause 1" in board.printed)


def test_a_crash_is_a_hard_reset(board):
    put(board, "main.py", "import time\nprint('lives')\nwhile True: time.sleep(1)\n")
    board.reset()
    board.wait(lambda: board.printed.count("lives") == 1)
    os.kill(board.pid, signal.SIGSEGV)
    board.wait(lambda: board.printed.count("lives") == 2)
    assert board.starts[-1] == "hard reset"


def test_outputs_float_without_power_and_after_a_reset(board):
    run_main(board, "import machine\nmachine.Pin(5, machine.Pin.OUT, value=1)\nprint('lit')\n", "lit")
    assert board.level(5) == 1
    board.cut_power()
    assert board.level(5) is None
    with pytest.raises(RuntimeError, match="no power"):
        board.reset()


def test_a_board_that_is_closed_leaves_no_process_and_no_port(tmp_path):
    board = VirtualBoard(tmp_path / "other")
    board.start()
    pid = board.pid
    board.close()
    assert not os.path.exists(f"/proc/{pid}")
    assert not os.path.lexists(board.port)


def test_what_is_typed_to_a_sleeping_board_is_lost(board):
    put(board, "main.py", "import machine\nprint('sleeps')\nmachine.deepsleep()\n")
    board.reset()
    board.wait(lambda: "sleeps" in board.printed and not board.pid)
    with open(board.port, "wb", buffering=0) as port:
        port.write(b"\x03\x03print('heard')\r")
    board.reset()
    board.wait(lambda: board.printed.count("sleeps") == 2 and not board.pid)
    assert "heard" not in board.printed
    assert board.is_powered
