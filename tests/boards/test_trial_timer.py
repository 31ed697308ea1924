"""A trial that hangs is ended by a timer of the board, whichever timers its port has; real MicroPython runs main.py."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.micropython

MICROPYTHON = Path(sys.executable).with_name("micropython")
MAIN = Path(__file__).parents[2] / "firmware" / "update" / "main.py"
# The far side: a chip whose timers are those of its port.
CHIP = """
import sys
class Timer:
    ONE_SHOT = 0
    def __init__(self, number):
        if number not in %r:
            raise ValueError("invalid Timer number")
        self.number = number
    def init(self, mode, period, callback):
        print("timer", self.number, "in", period, "ms")
def reset():
    print("reset")
    sys.exit()
"""


@pytest.mark.parametrize(("timers", "taken"), [((-1, 0, 1), -1), ((0, 1), 0)])
def test_a_trial_has_a_timer_on_ports_with_virtual_ones_and_on_others(
    timers: tuple[int, ...], taken: int, tmp_path: Path
) -> None:
    (tmp_path / "machine.py").write_text(CHIP % (timers,))
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); TREE = {{'start': 'trial'}}; "
    run = f"exec(open({str(MAIN)!r}).read())"
    done = subprocess.run([MICROPYTHON, "-c", start + run], capture_output=True, text=True, cwd=tmp_path, timeout=20)
    assert done.stdout.splitlines()[0] == f"timer {taken} in 900000 ms", done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "reset", "there is no tree here, and the board starts again"
