"""The launcher of Linux devices, with small trees in its slots: bad starts, silence, an orderly end, watchdogs."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.linux.watchdog import KernelWatchdog
from firmware.platform.linux.launch import Launcher, start_cause
from firmware.update import boot
from simulators.server_process import wait_for

# Trees: each notes how it was started, then does one thing.
NOTE = """
import json, os, sys, time
tree = json.loads(sys.argv[2])
with open(tree["root"] + "/lives", "a") as file:
    file.write(json.dumps([tree["slot"], tree["start"], tree["cause"], tree["is_counted"], os.getpid()]) + "\\n")
"""
CRASHES = NOTE + "raise SystemExit(3)\n"
HANGS = NOTE + "os.write(tree['feed'], b'x')\ntime.sleep(600)\n"
FEEDS = NOTE + "while True:\n    os.write(tree['feed'], b'x')\n    time.sleep(0.05)\n"
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FEEDS


class Machine:
    """A folder with slots, and the launcher in a thread."""

    def __init__(self, root: Path, **slots: str) -> None:
        self.root = root
        for slot, program in slots.items():
            folder = root / "slots" / slot / "firmware"
            folder.mkdir(parents=True)
            (folder / "__init__.py").touch()
            (folder / "__main__.py").write_text(program)
            (folder.parent / "manifest.json").write_text("{}")
        (root / "board.json").write_text("{}")
        (root / "watchdog").touch()
        self.launcher = Launcher(root, KernelWatchdog(str(root / "watchdog")))
        self.launcher.pause_s = 0.05
        self._thread = threading.Thread(target=self.launcher.run, args=("power",))

    def start(self) -> "Machine":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.launcher.end()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def lives(self) -> list[list[object]]:
        try:
            return [json.loads(line) for line in (self.root / "lives").read_text().splitlines()]
        except (FileNotFoundError, ValueError):  # it is just being written
            return []

    def wait(self, what: Callable[[list[list[object]]], object]) -> list[list[object]]:
        wait_for("lives", lambda: what(self.lives()), 10)
        return self.lives()

    def try_slot(self, slot: str) -> None:
        state = boot.read_state(str(self.root), boot.Disk())
        boot.write_state(str(self.root), boot.Disk(), {**state, "trying": slot, "offer": ["d" * 64, 1, 1]})


@pytest.fixture
def machine(tmp_path: Path):
    made: list[Machine] = []

    def make(**slots: str) -> Machine:
        made.append(Machine(tmp_path, **slots))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_a_tree_on_trial_that_crashes_three_times_gives_way_to_the_one_before(machine) -> None:
    one = machine(a=FEEDS, b=CRASHES)
    one.try_slot("b")
    lives = one.start().wait(lambda lives: len(lives) >= 4)
    assert [life[:2] for life in lives] == [["b", "trial"]] * 3 + [["a", "normal"]]
    assert boot.read_state(str(one.root), boot.Disk())["failed"][3] == "update.boot"


def test_a_kept_tree_that_crashes_comes_to_safe_mode_in_both_slots_in_turn(machine) -> None:
    lives = machine(a=CRASHES, b=CRASHES).start().wait(lambda lives: len(lives) >= 6)
    assert [life[:2] for life in lives[:6]] == [["a", "normal"]] * 4 + [["a", "safe"], ["b", "safe"]]
    assert [life[2:4] for life in lives[:2]] == [["power", False], ["reset", True]]


def test_a_tree_that_falls_silent_is_killed_and_started_again(machine) -> None:
    one = machine(a=HANGS)
    one.launcher.silent_s = 0.3
    lives = one.start().wait(lambda lives: len(lives) >= 2)
    assert [life[1:3] for life in lives[:2]] == [["normal", "power"], ["normal", "watchdog"]]
    with pytest.raises(ProcessLookupError):
        os.kill(lives[0][4], 0)


def test_a_tree_that_never_feeds_is_killed_too(machine) -> None:
    one = machine(a=NOTE + "time.sleep(600)\n")
    one.launcher.start_s = 0.3
    one.start().wait(lambda lives: len(lives) >= 2 and lives[1][2] == "watchdog")


def test_a_trial_that_never_ends_is_ended(machine) -> None:
    one = machine(a=FEEDS, b=FEEDS)
    one.launcher.trial_s = 0.2
    one.try_slot("b")
    lives = one.start().wait(lambda lives: len(lives) >= 4)
    assert [life[:2] for life in lives] == [["b", "trial"]] * 3 + [["a", "normal"]]


def test_the_end_is_passed_on_and_the_machines_watchdog_put_to_sleep(machine) -> None:
    one = machine(a=FEEDS)
    (life,) = one.start().wait(lambda lives: lives)
    wait_for("fed", lambda: (one.root / "watchdog").stat().st_size > 0, 5)
    one.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(life[4], 0)
    fed = (one.root / "watchdog").read_bytes()
    assert fed == b"\0" * (len(fed) - 1) + b"V"


def test_who_is_deaf_to_the_end_is_killed(machine) -> None:
    one = machine(a=DEAF)
    one.launcher.stop_s = 0.2
    (life,) = one.start().wait(lambda lives: lives)
    one.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(life[4], 0)


def test_a_device_whose_launcher_died_ends(tmp_path: Path) -> None:
    """Its pipe has no reader any more; else two agents would fight for one id."""
    code = "import os, sys\nfrom drivers.linux.watchdog import PipeWatchdog\ndog = PipeWatchdog(int(sys.argv[1]))\n"
    code += "dog.feed()\nsys.stdin.read()\ndog.feed()\n"
    read_fd, feed_fd = os.pipe()
    command = [sys.executable, "-c", code, str(feed_fd)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(feed_fd,)) as device:
        os.close(feed_fd)
        assert os.read(read_fd, 1) == b"\0"
        os.close(read_fd)
        _, said = device.communicate(b"", 10)
    assert device.returncode == 1
    assert b"nobody watches" in said


def test_why_the_machine_started(tmp_path: Path) -> None:
    (tmp_path / "slots").mkdir()
    machine, status = tmp_path / "boot_id", tmp_path / "bootstatus"
    machine.write_text("first\n")
    assert start_cause(tmp_path, machine, status) == "power"  # no watchdog to ask
    assert start_cause(tmp_path, machine, status) == "reset"
    machine.write_text("second\n")
    status.write_text("32\n")
    assert start_cause(tmp_path, machine, status) == "watchdog"
    machine.write_text("third\n")
    status.write_text("0\n")
    assert start_cause(tmp_path, machine, status) == "power"
    assert start_cause(tmp_path, tmp_path / "none", status) == "reset"


def test_a_folder_without_a_device_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "firmware.platform.linux.launch", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "flash.py --computer" in done.stderr


def test_sigterm_ends_the_launcher(tmp_path: Path) -> None:
    one = Machine(tmp_path, a=FEEDS)
    command = [sys.executable, "-m", "firmware.platform.linux.launch", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as launcher:
        (life,) = one.wait(lambda lives: lives)
        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(10) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(life[4], 0)
