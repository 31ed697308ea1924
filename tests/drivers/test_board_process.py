"""A simulated board in a process of its own: what the parent writes and reads, on both interpreters."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
INTERPRETERS = [sys.executable] + ([str(MICROPYTHON)] if MICROPYTHON.exists() else [])


def board(folder: Path, kind: str) -> Path:
    """board.json of a device whose broker is not there."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    (folder / "data").mkdir()
    facts = {"site": "s", "device": "d-1", "kind": kind, "version": "1", "user": "d-1", "password": "p"}
    path = folder / "board.json"
    path.write_text(
        json.dumps({**facts, "broker": {"host": "127.0.0.1", "port": port}, "data": str(folder / "data")}),
        encoding="utf-8",
    )
    return path


def start(interpreter: str, path: Path) -> "subprocess.Popen[str]":
    command = [interpreter, str(ROOT / "simulators" / "board_main.py"), str(path)]
    environment = {**os.environ, "MICROPYPATH": f"{ROOT}:.frozen", "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, text=True)


def said(process: "subprocess.Popen[str]") -> dict[str, object]:
    """The next line that is an object; others are for people."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            facts: dict[str, object] = json.loads(line)
            return facts
    raise AssertionError("the board ended: " + process.communicate()[1])


@pytest.mark.micropython
@pytest.mark.parametrize("interpreter", INTERPRETERS, ids=lambda path: Path(path).name)
def test_press_on_a_board_without_a_hub_blinks_and_is_kept(interpreter: str, tmp_path: Path) -> None:
    with start(interpreter, board(tmp_path, "help_button")) as process:
        assert said(process) == {"lamp": "off"}
        assert process.stdin is not None
        process.stdin.write('not json\n{"press":true}\n')
        process.stdin.flush()
        assert said(process) == {"lamp": "blink"}
        process.stdin.close()
        assert process.wait(10) == 0
    assert "help/press" in (tmp_path / "data" / "outbox.log").read_text(encoding="utf-8")


def test_board_of_another_kind_says_what_it_can_be(tmp_path: Path) -> None:
    with start(sys.executable, board(tmp_path, "hall_display")) as process:
        assert "only help_button and amplifier" in process.communicate("", 20)[1]
        assert process.returncode != 0
