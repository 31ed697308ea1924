"""The two real brokers as bare processes, with no more configuration than a device's link needs."""

import os
import shutil
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from simulators.server_process import free_port


class BrokerProcess(ABC):
    """``start``, ``kill`` (-9) and ``start`` again keep port and store. ``tls``: (certificate, key) PEM files."""

    def __init__(self, folder: Path, tls: tuple[Path, Path] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.tls = tls
        self.config = folder / "broker.conf"
        self.config.write_text(self.text())
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def text(self) -> str:
        """The configuration in the broker's own words."""

    @abstractmethod
    def command(self) -> list[str]: ...

    def start(self) -> None:
        log = open(self.folder / "broker.log", "ab")
        with log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.01)
            else:
                return
        raise AssertionError((self.folder / "broker.log").read_text())

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class NatsProcess(BrokerProcess):
    def text(self) -> str:
        tls = f"tls {{ cert_file: '{self.tls[0]}', key_file: '{self.tls[1]}' }}" if self.tls else ""
        return (
            "server_name: test\nlisten: '127.0.0.1:-1'\n"
            f"jetstream {{ store_dir: '{self.folder}' }}\n"
            f"mqtt {{ host: 127.0.0.1, port: {self.port}, {tls} }}\n"
        )

    def command(self) -> list[str]:
        return [str(Path(sys.executable).with_name("nats-server")), "-c", str(self.config)]


class MosquittoProcess(BrokerProcess):
    """Saves at every change, so that a kill loses nothing that it acknowledged."""

    program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")

    def text(self) -> str:
        tls = f"certfile {self.tls[0]}\nkeyfile {self.tls[1]}\n" if self.tls else ""
        owner = "user root\n" if os.getuid() == 0 else ""
        return (
            f"{owner}listener {self.port} 127.0.0.1\n{tls}allow_anonymous true\nset_tcp_nodelay true\n"
            f"persistence true\npersistence_location {self.folder}/\nautosave_interval 1\nautosave_on_changes true\n"
        )

    def command(self) -> list[str]:
        assert self.program
        return [self.program, "-c", str(self.config)]


BROKERS = {"nats": NatsProcess, "mosquitto": MosquittoProcess}


def make_broker(kind: str, folder: Path, tls: tuple[Path, Path] | None = None) -> BrokerProcess:
    """The broker, not started; skips the test where the machine has none, but never in CI."""
    if kind == "mosquitto" and not MosquittoProcess.program:
        if os.environ.get("CI") == "true":
            pytest.fail("no mosquitto; apt-get install mosquitto")
        pytest.skip("no mosquitto on this machine; apt-get install mosquitto")
    return BROKERS[kind](folder, tls)
