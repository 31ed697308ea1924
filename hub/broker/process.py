"""One running broker: begun, found again after the hub was killed, and ended; never somebody else's process.

The broker runs in a session of its own, so that neither Ctrl-C in the hub's terminal nor ``kill -9`` of the hub ends
it: the devices stay connected and notice nothing. The next hub finds it by the pid file and adopts it. What makes a
process ours is not its number, which the system reuses, but that its command line names our config file.
Needs Linux: reads /proc.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from hub.broker import sieve
from hub.private_file import write_private

KILL_S = 5.0
POLL_S = 0.01
PID_FILE = "pid"


class BrokerProcess:
    """``command`` must name ``config``, a path. What the broker writes goes through the sieve into ``log``."""

    def __init__(self, command: list[str], config: Path, log: Path, dropped: tuple[str, ...] = ()) -> None:
        self._command = command
        self._config = config
        self._log = log
        self._pid_file = config.parent / PID_FILE
        self._dropped = dropped
        self._children: list[subprocess.Popen[bytes]] = []  # those of this hub; an adopted broker is none of them
        self._children_lock = threading.Lock()  # whoever asks how it is reaps
        self._adopted_born = ""
        self.pid = 0

    def begin(self) -> None:
        """Starts the broker; returns at once, before it listens."""
        self._reap()
        self._adopted_born = ""
        reader, writer = os.pipe()
        try:
            sieved = [sys.executable, "-I", "-S", sieve.__file__, str(self._log), *self._dropped]
            self._spawn(sieved, stdin=reader, stdout=subprocess.DEVNULL)
            self.pid = self._spawn(self._command, stdin=subprocess.DEVNULL, stdout=writer)
        finally:
            os.close(reader)
            os.close(writer)
        write_private(self._pid_file, b"%d\n" % self.pid, is_durable=False)

    def adopt(self) -> bool:
        """Takes over the broker that the pid file names; False when there is none that is ours."""
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return False
        born = _born(pid)
        if born is None or not _names(pid, self._config):
            return False
        self.pid, self._adopted_born = pid, born
        return True

    def is_alive(self) -> bool:
        self._reap()
        if any(child.pid == self.pid for child in self._children):
            return True  # not reaped, so the number is still its own
        return self.pid != 0 and _born(self.pid) == self._adopted_born

    def signal(self, number: int) -> None:
        """Sends a signal, if it is still our broker that has this pid."""
        if self.is_alive():
            os.kill(self.pid, number)

    def end(self, patience_s: float) -> None:
        """Asks the broker to end, and kills it when it has not within ``patience_s``. Returns when it is gone."""
        if patience_s:
            self.signal(signal.SIGTERM)
            self._wait(patience_s)
        self.signal(signal.SIGKILL)
        self._wait(KILL_S)
        self.pid = 0
        self._pid_file.unlink(missing_ok=True)
        deadline = time.monotonic() + KILL_S
        while self._reap() and time.monotonic() < deadline:  # the sieve reads to the end of the broker's output
            time.sleep(POLL_S)

    def _wait(self, limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while self.is_alive() and time.monotonic() < deadline:
            time.sleep(POLL_S)

    def _spawn(self, command: list[str], stdin: int, stdout: int) -> int:
        child = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stdout, cwd=self._config.parent, start_new_session=True
        )
        with self._children_lock:
            self._children.append(child)
        return child.pid

    def _reap(self) -> bool:
        """Whether a child still lives. Without this a dead one stays a zombie."""
        with self._children_lock:
            self._children = [child for child in self._children if child.poll() is None]
            return bool(self._children)


def end_orphan(folder: Path) -> bool:
    """Ends a broker that a killed hub left behind in its broker folder; False when there is none."""
    for config in folder.resolve().glob("*.conf"):
        left = BrokerProcess([], config, config.parent)
        if left.adopt():
            left.end(0)
            return True
    return False


def _names(pid: int, config: Path) -> bool:
    """Whether ``pid`` runs with ``config`` among its arguments."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    return os.fsencode(config) in arguments


def _born(pid: int) -> str | None:
    """When ``pid`` began, in ticks since the machine did: with the number it names a process for good. None when there
    is no such process, or only what is left of a dead one (proc(5): fields 3 and 22)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]
