"""The hub as a process, seen from outside: `hallhub up` on free ports, and its API."""

import sys
from pathlib import Path

from simulators.server_process import ServerProcess, free_port


class HubProcess(ServerProcess):
    """``folder`` is the hub's own, kept from one life to the next. ``platform``: address of the city platform.

    ``clips``: folder of the clip bank that its amplifiers are to have. ``more``: further options of `hallhub up`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        site: str = "doumen",
        broker: str = "nats",
        tls: bool = False,
        platform: str = "",
        platform_token_file: Path | None = None,
        clips: Path | None = None,
        more: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.mqtt_port = free_port()
        api_port = free_port()
        command = [sys.executable, "-m", "hub.cli.main", "--folder", str(folder), "up"]
        command += ["--site", site, "--broker", broker, "--mqtt-port", str(self.mqtt_port), "--api-port", str(api_port)]
        command += ["--attendance-port", "0"]
        if tls:
            command.append("--tls")
        if platform:
            command += ["--platform", platform, "--platform-token-file", str(platform_token_file)]
        if clips:
            command += ["--clips", str(clips), "--speech-port", "0"]
        super().__init__([*command, *more], api_port, folder.parent / f"{folder.name}.log")

    @property
    def boards(self) -> Path:
        """Where the hub puts each device's board.json."""
        return self.folder / "boards"

    def token(self) -> str:
        return (self.folder / "admin.token").read_text(encoding="utf-8").strip()

    def is_ready(self) -> bool:
        """Whether it is connected to its broker."""
        return bool(self.get("/status")["broker"]["connected"])
