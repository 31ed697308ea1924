"""The portable tests once more, in real MicroPython processes with a bounded heap."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MICROPYTHON = Path(sys.executable).with_name("micropython")
HEAP = "400k"  # the tests and what they test; what a device needs is measured elsewhere
FILES = sorted(path.stem for path in HERE.glob("test_*.py") if path.stem != Path(__file__).stem)

pytestmark = pytest.mark.micropython


@pytest.mark.parametrize("name", FILES)
def test_on_micropython(name: str, tmp_path: Path) -> None:
    if not MICROPYTHON.exists() and not os.environ.get("CI"):
        pytest.skip("no micropython beside " + sys.executable)
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=" + HEAP, HERE / "on_board.py", "tests.portable." + name],
        env={"MICROPYPATH": f"{ROOT}:.frozen", "TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok test_" in done.stdout, "no test ran: " + done.stdout
    assert "FAILED" not in done.stdout
