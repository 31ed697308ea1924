"""Starts the tree of a Linux device that boot.py's rules choose, and starts it again whenever it ends.

    python -m firmware.platform.linux.launch /opt/hallhub [--watchdog /dev/watchdog]

What /boot.py, /main.py and the hardware watchdog are on a microcontroller. It runs from a copy beside the slots, which
updates do not change, and shares nothing with the tree but a command line: ``python -m firmware BOARD.JSON TREE``.
``TREE`` is what `firmware.main.run` takes, and ``feed``: the number of a pipe into which the tree writes a byte while
link and role make progress. A tree that is silent is killed and started again, which counts as a bad start; the
machine's own watchdog is fed as long as this loop turns and its tree is neither silent nor beyond killing.
"""

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from drivers.linux import watchdog
from firmware.update import boot

PAUSE_S = 2.0  # between two starts
SILENT_S = 30.0  # a tree that has not fed for so long hangs
START_S = 60.0  # until it feeds for the first time
TRIAL_S = 15 * 60.0  # a tree that is on trial longer has broken what should end it
STOP_S = 10.0  # to say goodbye
LOOK_S = 0.5
MACHINE = Path("/proc/sys/kernel/random/boot_id")  # changes with every start of the machine
BOOT_STATUS = Path("/sys/class/watchdog/watchdog0/bootstatus")
CARD_RESET = 0x20  # linux/watchdog.h: WDIOF_CARDRESET, the watchdog started the machine


class Feedable(Protocol):
    """The machine's watchdog."""

    def feed(self) -> None: ...

    def close(self) -> None: ...


class Launcher:
    """``root`` has board.json and slots/. ``python``: the interpreter of the tree."""

    pause_s, silent_s, start_s, trial_s, stop_s = PAUSE_S, SILENT_S, START_S, TRIAL_S, STOP_S

    def __init__(self, root: Path, port: Feedable | None = None, python: str = sys.executable) -> None:
        self._root = root
        self._port = port
        self._python = python
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ending = False

    def run(self, cause: str) -> None:
        """Until `end`. ``cause``: why the machine or this program started, in the words of Hello."""
        while not self._is_ending:
            cause = self._live(cause)
            self._rest(time.monotonic() + self.pause_s)
        if self._port is not None:
            self._port.close()

    def end(self) -> None:
        """Safe in a signal handler."""
        self._is_ending = True

    def _live(self, cause: str) -> str:
        """One life of the tree; why the next one begins."""
        slot, start = boot.choose(str(self._root), cause == "power", boot.Disk())
        read_fd, feed_fd = os.pipe()
        tree: dict[str, Any] = {"root": str(self._root), "slot": slot, "start": start, "cause": cause}
        tree |= {"is_counted": cause != "power", "feed": feed_fd}
        try:
            self._start(boot.slot_path(str(self._root), slot), tree, feed_fd)
        except OSError as fault:
            os.close(feed_fd)
            os.close(read_fd)
            _say(f"cannot start {self._python}: {fault.strerror}")
            return "reset"
        os.close(feed_fd)
        try:
            return self._watch(read_fd, start)
        finally:
            os.close(read_fd)

    def _start(self, path: str, tree: dict[str, Any], feed_fd: int) -> None:
        _say(f"slot {tree['slot']}, {tree['start']} start after {tree['cause']}")
        self._child = subprocess.Popen(
            [self._python, "-P", "-u", "-m", "firmware", str(self._root / "board.json"), json.dumps(tree)],
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            pass_fds=(feed_fd,),
            # Compiled code of a tree that was there before must never stand for this one's.
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def _watch(self, read_fd: int, start: str) -> str:
        """Until the tree has ended."""
        child = self._child
        assert child is not None
        began_s = time.monotonic()
        until_s = began_s + self.start_s
        while True:
            ready, _, _ = select.select([read_fd], [], [], LOOK_S)
            now_s = time.monotonic()
            if ready and os.read(read_fd, 4096):
                until_s = now_s + self.silent_s
            elif ready or child.poll() is not None:
                return self._gone(child)
            if self._is_ending:
                self._stop(child)
                return "reset"
            if now_s > until_s:
                _say("the tree hangs")
                return self._kill(child, "watchdog")
            if start == boot.TRIAL and now_s - began_s > self.trial_s and self._is_on_trial():
                _say("the tree on trial did not decide")
                return self._kill(child, "reset")
            self._feed()

    def _gone(self, child: "subprocess.Popen[bytes]") -> str:
        """It ended, or let go of its pipe, which is the same."""
        try:
            code = child.wait(self.stop_s)
        except subprocess.TimeoutExpired:
            return self._kill(child, "watchdog")
        _say(f"the tree ended with {code}")
        return "reset"

    def _stop(self, child: "subprocess.Popen[bytes]") -> None:
        child.terminate()
        try:
            child.wait(self.stop_s)
        except subprocess.TimeoutExpired:
            self._kill(child, "")

    def _kill(self, child: "subprocess.Popen[bytes]", cause: str) -> str:
        """One that cannot be killed hangs in the kernel: nobody feeds meanwhile, so the machine starts again."""
        child.kill()
        child.wait()
        return cause

    def _is_on_trial(self) -> bool:
        return bool(boot.read_state(str(self._root), boot.Disk())["trying"])

    def _rest(self, until_s: float) -> None:
        while not self._is_ending and time.monotonic() < until_s:
            self._feed()
            time.sleep(min(LOOK_S, self.pause_s))

    def _feed(self) -> None:
        if self._port is not None:
            self._port.feed()


def start_cause(root: Path, machine: Path = MACHINE, boot_status: Path = BOOT_STATUS) -> str:
    """``power`` or ``watchdog`` for the first time since the machine started, then ``reset``."""
    noted = root / "slots" / "machine"
    try:
        this = machine.read_text()
        if noted.exists() and noted.read_text() == this:
            return "reset"
        boot.replace(boot.Disk(), str(noted), this.encode())
    except OSError as fault:
        _say(f"cannot tell whether the machine was started: {fault}")
        return "reset"
    try:
        return "watchdog" if int(boot_status.read_text()) & CARD_RESET else "power"
    except (OSError, ValueError):
        return "power"


def _say(text: str) -> None:
    print("launch: " + text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the device whose folder this is.")
    parser.add_argument("root", type=Path)
    parser.add_argument("--watchdog", default="", help="the machine's watchdog, such as /dev/watchdog")
    parser.add_argument("--pause", type=float, default=PAUSE_S, help="seconds between two starts")
    chosen = parser.parse_args()
    root = chosen.root.resolve()
    if not (root / "board.json").is_file():
        raise SystemExit(f"{root / 'board.json'} is not there; prepare this folder with tools/flash.py --computer")
    try:
        port = watchdog.find(dict(os.environ), chosen.watchdog)
    except OSError as fault:
        _say(f"{chosen.watchdog}: {fault.strerror}; running without the machine's watchdog")
        port = None
    launcher = Launcher(root, port)
    launcher.pause_s = chosen.pause
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: launcher.end())
    launcher.run(start_cause(root))


if __name__ == "__main__":
    main()
