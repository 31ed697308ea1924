"""How the tests type `hallhub`: in this process, or as a process of its own."""

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from hub.cli.main import main

HALLHUB = str(Path(sys.executable).with_name("hallhub"))


def run(folder: Path, *typed: str, columns: int = 120) -> Result:
    """The command, in this process: its own is proven below."""
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, ["--folder", str(folder), *typed])


def bad(result: Result, exit_code: int) -> str:
    """The sentence that was said: on standard error, nothing on standard output, no traceback."""
    assert (result.exit_code, result.stdout) == (exit_code, ""), result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.stderr
    return result.stderr


def up(folder: Path, *options: str, timeout_s: float = 20) -> str:
    """`hallhub up` in a process of its own, which must say why it does not start: exit code 4, one sentence."""
    done = subprocess.run(
        [HALLHUB, "--folder", str(folder), "up", *options], capture_output=True, text=True, timeout=timeout_s
    )
    assert done.returncode == 4, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "never awaited" not in done.stderr
    assert done.stderr.startswith("Error: ")
    return done.stderr
