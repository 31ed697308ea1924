"""A Linux device on the bench: its folder as an installer lays it, its launcher a process, its hub a real hub."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from simulators.hub_process import HubProcess
from simulators.server_process import wait_for
from tools.flashing.compile import Compiler
from tools.flashing.computer import Computer, Job
from tools.flashing.hub import Hub
from tools.flashing.outcome import Outcome
from tools.flashing.steps import Bench

PROFILE = "linux_kiosk_x86_64"


class Kiosk:
    """``folder``/root is the device's; an overlay of the profile says so. It is an amplifier, whose sound card is a
    program that takes samples for as long as there is a file ``card``.
    """

    def __init__(self, folder: Path, hub: HubProcess, device: str) -> None:
        self.root = folder / "root"
        self.hub = hub
        self.device = device
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        overlays = folder / "profiles"
        overlays.mkdir(parents=True)
        (folder / "data").mkdir()
        (overlays / f"{PROFILE}.toml").write_text(f'[files]\nroot = "{self.root}"\ndata = "{folder / "data"}"\n')
        self.overlays = overlays
        self._card = folder / "card"
        self._card.touch()
        (folder / "bin").mkdir()
        aplay = folder / "bin" / "aplay"
        aplay.write_text(
            f'#!/bin/sh\ntest -e "{self._card}" || {{ echo no such device >&2; exit 1; }}\ncat >/dev/null\n'
        )
        aplay.chmod(0o755)

    def lay(self, version: str = "1.0.0", **job: Any) -> Outcome:
        """As `flash.py --computer`."""
        client = Hub.of_folder(self.hub.folder)
        try:
            bench = Bench(client, Compiler(version), "en", overlays=self.overlays)
            return Computer(bench, Job(self.root, self.device, PROFILE, **job), version).run()
        finally:
            client.close()

    def switch_on(self, **environment: str) -> None:
        """As the systemd unit starts it."""
        command = [sys.executable, "-P", "-u", "-m", "firmware.platform.linux.launch", str(self.root), "--pause", "0.1"]
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env={
                    **os.environ,
                    "PATH": f"{self._folder / 'bin'}:{os.environ['PATH']}",
                    "PYTHONPATH": str(self.root / "launcher"),
                    **environment,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def switch_off(self) -> int:
        """As systemctl stop; what the launcher ends with."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(20)
        self._process = None
        return code

    def pull_sound_card(self) -> None:
        """From now on nothing can be played."""
        self._card.unlink()

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def seen(self) -> dict[str, Any]:
        """What the hub knows of it."""
        found: dict[str, Any] = self.hub.get(f"/devices/{self.device}")
        return found

    def wait_online(self, version: str, within_s: float = 20) -> None:
        wait_for(
            f"online with {version}",
            lambda: self.seen()["is_online"] and self.seen()["version"] == version,
            within_s,
        )
