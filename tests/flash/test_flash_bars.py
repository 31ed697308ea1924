"""What an installer sees on the terminal: each step with a bar that fills; with --json one document, nothing else."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from firmware.words import words
from tests.flash.stage import Stage, new_board
from tests.flash.test_flash_far_end import FLASH, pytestmark  # noqa: F401

BARRED = ("hub", "find", "compile", "compare", "erase", "copy", "switch", "identity", "restart", "online", "label")


def on_terminal(line: list[str]) -> tuple[int, str]:
    """(exit code, what the terminal was told, without colours)."""
    master, slave = pty.openpty()
    size = {"COLUMNS": "120", "LINES": "40", "TERM": "xterm-256color"}
    child = subprocess.Popen(line, stdout=slave, stderr=slave, stdin=slave, env={**os.environ, **size})
    os.close(slave)
    said = b""
    try:
        while piece := os.read(master, 65536):
            said += piece
    except OSError:
        pass  # nobody is at the other end any more
    os.close(master)
    return child.wait(30), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())


def test_each_step_has_a_bar_that_fills(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        line = [sys.executable, str(FLASH), "--port", board.port, "--device", button, "--erase", "--language", "en"]
        line += ["--folder", str(stage.folder / "hub"), "--labels", str(tmp_path / "labels"), "--patience", "20"]
        exit_code, said = on_terminal(line)
        assert exit_code == 0, said
        at = 0
        for step in BARRED:
            name = re.escape(words("flash.step." + step, "en"))
            full = re.compile(rf"{button} {name} +━+ +100%").search(said, at)
            assert full, (step, said)
            at = full.end()
        shares = {int(share) for share in re.findall(r"copy the program +[━╸╺ ]+ +(\d+)%", said)}
        assert len(shares) > 3  # it moves

        done = subprocess.run(
            [*(word for word in line if word != "--erase"), "--verify", "--json"], capture_output=True, text=True
        )
        assert done.returncode == 0
        assert [outcome["device"] for outcome in json.loads(done.stdout)] == [button]
        assert done.stderr == ""
