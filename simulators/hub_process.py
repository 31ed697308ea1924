"""The hub as a process, seen from outside: start, ask its API, kill it in the middle, start it again."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_S = 30.0


def free_port() -> int:
    """A TCP port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, is_so: Callable[[], object], within_s: float, every_s: float = 0.05) -> None:
    """Returns when ``is_so()`` is true; raises TimeoutError naming ``what`` when it does not come true in time."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within_s:.0f} s in vain: {what}")
        time.sleep(every_s)


class HubProcess:
    """`hallhub up` in a process of its own, on free ports; ``folder`` is kept from one life to the next."""

    def __init__(
        self,
        folder: Path,
        *,
        site: str = "doumen",
        broker: str = "nats",
        platform: str = "",
        platform_token_file: str = "",
    ) -> None:
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.log"
        self.mqtt_port = free_port()
        self.api_port = free_port()
        self._options = ["--site", site, "--broker", broker]
        self._options += ["--mqtt-port", str(self.mqtt_port), "--api-port", str(self.api_port)]
        if platform:
            self._options += ["--platform", platform, "--platform-token-file", platform_token_file]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def boards(self) -> Path:
        """Where the hub puts each device's board.json."""
        return self.folder / "boards"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the hub was not started"
        return self._process.pid

    def start(self) -> None:
        """Until it is connected to its broker. Raises RuntimeError with its last words when it does not start."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hub.cli.main", "--folder", str(self.folder), "up", *self._options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        wait_for("the hub starts; see " + str(self.log), self._is_ready, START_S)

    def kill(self) -> None:
        """At once, as a power cut of the process: it gets no chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """In order: snapshot, broker stopped."""
        self._end(signal.SIGTERM)

    def get(self, path: str) -> Any:
        """The API's JSON answer; raises OSError when it does not answer."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The same for an act."""
        return self._call("POST", path, body or {})

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        token = (self.folder / "admin.token").read_text(encoding="utf-8").strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.api_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply)

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError("the hub ended: " + self.log.read_text(encoding="utf-8")[-2000:])
        try:
            return bool(self.get("/status")["broker"]["connected"])
        except (OSError, ValueError):
            return False

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None
