"""What the tests of virtual boards share: the real mpremote, and boards that are given back."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from simulators.boards import VirtualBoard

ON_BENCH = [
    pytest.mark.micropython,
    pytest.mark.skipif(find_spec("micropython_run") is None, reason="no MicroPython for this machine"),
]
MPREMOTE = Path(sys.executable).with_name("mpremote")


def mpremote(board: VirtualBoard, *words: str, timeout_s: float = 20) -> str:
    """What the real command prints. CalledProcessError, with what it said, when it fails."""
    command = [str(MPREMOTE), "connect", os.path.realpath(board.port), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def put(board: VirtualBoard, name: str, text: str) -> None:
    """Copy a file of this text onto the board."""
    source = board.folder / "source"
    source.write_text(text)
    mpremote(board, "fs", "cp", str(source), ":" + name)


def at_prompt(board: VirtualBoard) -> None:
    """Waits for the friendly prompt of the newest start."""
    board.wait(lambda: board.printed.endswith(">>> "))


def run_main(board: VirtualBoard, program: str, *says: str) -> None:
    """Make a program the board's main.py, start it, and wait until it has said each of these."""
    put(board, "main.py", program)
    board.reset()
    for words in says:
        board.wait(lambda words=words: words in board.printed)
