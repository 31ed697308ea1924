"""A server of ours as a process: start it and wait until it answers, kill it in the middle, start it again."""

import contextlib
import json
import random
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_S = 30.0
END_S = 30.0


FREE_PORTS = range(12_000, 32_000)  # below those that systems give to outgoing connections


def free_port() -> int:
    """A TCP port of the loopback interface that nobody uses now, nor will be given to a connection meanwhile.

    Drawn by lot, so that several programs that ask at once hardly get the same.
    """
    while True:
        port = random.SystemRandom().choice(FREE_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(what: str, is_so: Callable[[], object], within_s: float, every_s: float = 0.05) -> None:
    """Returns when ``is_so()`` is true; raises TimeoutError naming ``what`` when it does not come true in time."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within_s:.0f} s in vain: {what}")
        time.sleep(every_s)


class ServerProcess:
    """``command`` serves HTTP on ``port`` of the loopback interface; what it prints goes to the file ``log``."""

    def __init__(self, command: list[str], port: int, log: Path) -> None:
        self.port = port
        self.log = log
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """RuntimeError when it does not run."""
        if self._process is None:
            raise RuntimeError("not started: " + " ".join(self._command))
        return self._process.pid

    def start(self) -> None:
        """Until it is ready. Raises RuntimeError with its last words when it ends instead."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        wait_for(f"{self._command[2]} starts; see {self.log}", self._has_started, START_S)

    def kill(self) -> None:
        """At once, as a power cut of the process: it gets no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """In order; harmless when it does not run."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """As a machine that hangs: connections are taken, nothing is answered. `thaw` goes on where it was."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Harmless when it is not frozen."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def get(self, path: str) -> Any:
        """The JSON answer; raises OSError when there is none."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The same for an act."""
        return self._call("POST", path, body or {})

    def token(self) -> str:
        """The bearer token to show; empty: none."""
        return ""

    def is_ready(self) -> bool:
        """Whether it answers; OSError counts as no."""
        raise TypeError("a server that is never ready")

    def _has_started(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"{self._command[2]} ended: " + self.log.read_text(encoding="utf-8")[-2000:])
        try:
            return self.is_ready()
        except (OSError, ValueError):
            return False

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self.thaw()  # who is frozen hears nothing else
            self._process.wait(END_S)
            self._process = None
