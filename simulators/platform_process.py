"""The simulated city platform as a process of its own, seen from outside."""

import secrets
import sys
from pathlib import Path

from simulators.server_process import ServerProcess, free_port


class PlatformProcess(ServerProcess):
    """``folder`` holds its token and what it received, from one life to the next. ``more``: further options."""

    def __init__(self, folder: Path, more: tuple[str, ...] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.token_file = folder / "platform.token"
        if not self.token_file.exists():
            self.token_file.touch(mode=0o600)
            self.token_file.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        self.store = folder / "received.jsonl"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "simulators.platform", "--port", str(port)]
        command += ["--token-file", str(self.token_file), "--store", str(self.store)]
        super().__init__([*command, *more], port, folder / "platform.log")

    def is_ready(self) -> bool:
        return bool(self.get("/received/counts"))
