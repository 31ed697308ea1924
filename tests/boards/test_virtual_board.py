"""A virtual board is a board: the real mpremote works on it, resets have their causes, flash is flash."""

import hashlib
import subprocess

import pytest

from simulators.boards import VirtualBoard
from tests.boards.bench_hands import MPREMOTE, ON_BENCH, at_prompt, mpremote, put

WATCHED = """import machine
w = machine.WDT(timeout=80)
print('cause', machine.reset_cause())
"""
FEEDING = """import machine, time
w = machine.WDT(timeout=200)
for _ in range(20):
    w.feed()
    time.sleep_ms(20)
print('fed')
"""

pytestmark = ON_BENCH


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "board", profile={"parts": {"button": {"pin": 4}, "lamp": {"pin": 5}}}) as board:
        at_prompt(board)
        yield board


def test_real_mpremote_copies_both_ways_and_compares(board, tmp_path):
    source, back = tmp_path / "clip.bin", tmp_path / "back.bin"
    source.write_bytes(bytes(range(256)) * 20)
    mpremote(board, "fs", "mkdir", ":clips")
    mpremote(board, "fs", "cp", str(source), ":clips/clip.bin")
    assert hashlib.sha256(source.read_bytes()).hexdigest() in mpremote(board, "fs", "sha256sum", ":clips/clip.bin")
    assert "5120 clip.bin" in mpremote(board, "fs", "ls", ":clips")
    mpremote(board, "fs", "cp", ":clips/clip.bin", str(back))
    assert back.read_bytes() == source.read_bytes()
    mpremote(board, "fs", "rm", ":clips/clip.bin")
    mpremote(board, "fs", "rmdir", ":clips")
    assert "clip" not in mpremote(board, "fs", "ls")


def test_real_mpremote_runs_and_resets(board, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import machine\nprint('id', machine.unique_id().hex(), 'cause', machine.reset_cause())\n")
    assert "id 246f28000001 cause 5" in mpremote(board, "run", str(script))
    assert "2097152" in mpremote(board, "df")
    starts = len(board.starts)
    mpremote(board, "reset")
    board.wait(lambda: "hard reset" in board.starts[starts:])
    mpremote(board, "soft-reset")
    assert board.starts[-1] == "soft reset"
    assert mpremote(board, "exec", "print(6*7)").strip() == "42"


def test_each_start_has_its_cause(board):
    put(board, "main.py", "import machine\nprint('cause', machine.reset_cause())\n")
    board.reset()
    board.wait(lambda: "cause 2" in board.printed)
    board.cut_power()
    assert not board.pid
    board.restore_power()
    board.wait(lambda: "cause 1" in board.printed)
    put(board, "main.py", WATCHED)
    board.reset()
    board.wait(lambda: "cause 3" in board.printed)


def test_a_fed_watchdog_stays_quiet_and_a_hungry_one_bites(board):
    put(board, "feed.py", FEEDING)
    put(board, "main.py", "import feed\n")
    starts = len(board.starts)
    board.reset()
    board.wait(lambda: "fed" in board.printed)
    assert board.starts[starts:] == ["hard reset"]
    board.wait(lambda: "watchdog" in board.starts)


def test_a_press_is_seen_and_a_light_is_lit(board):
    program = """import time
from machine import Pin
button, lamp = Pin(4, Pin.IN, Pin.PULL_UP), Pin(5, Pin.OUT)
print('ready', button())
while True:
    lamp(1 - button())
    time.sleep_ms(2)
"""
    put(board, "main.py", program)
    board.reset()
    board.wait(lambda: "ready 1" in board.printed)
    assert not board.is_lit("lamp")
    board.press("button")
    board.wait(lambda: board.is_lit("lamp"))
    board.release("button")
    board.wait(lambda: not board.is_lit("lamp"))


def test_the_cable_comes_out_while_the_board_runs_on(board):
    pid = board.pid
    board.pull_cable()
    done = subprocess.run(
        [str(MPREMOTE), "connect", board.port, "exec", "1"], capture_output=True, text=True, timeout=20
    )
    assert done.returncode != 0
    assert board.pid == pid
    board.plug_cable()
    assert mpremote(board, "exec", "print(1)").strip() == "1"


def test_a_cable_pulled_in_mid_copy_leaves_a_board_that_answers(board, tmp_path):
    source = tmp_path / "large.bin"
    source.write_bytes(bytes(200_000))
    for steps in (20, 90, 160):
        before = board.flash_steps
        copying = subprocess.Popen(
            [str(MPREMOTE), "connect", board.port, "fs", "cp", str(source), ":large.bin"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        board.wait(lambda before=before, steps=steps: board.flash_steps > before + steps)
        board.pull_cable()
        assert copying.wait(20) != 0
        board.plug_cable()
        assert mpremote(board, "exec", "print(6*7)").strip() == "42"
