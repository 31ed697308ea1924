"""A hall for roll-outs: a real hub with its broker, virtual boards that run 1.0.0, commands as they are typed."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from board_profiles import load
from hub.cli.main import main
from hub.update.build import build
from simulators.boards import VirtualBoard
from simulators.hub_process import HubProcess
from tests.boards.update_bench import FLASH_BYTES, fill


class Hall:
    """A hub and help buttons that run version 1.0.0; ``settings`` are those of the one at this place."""

    def __init__(self, folder: Path, count: int = 3, settings: dict[int, dict[str, Any]] | None = None) -> None:
        (folder / "hub").mkdir()
        (folder / "hub" / "hub.toml").write_text("[updates]\nport = 0\n")
        self.hub = HubProcess(folder / "hub")
        self.hub.start()
        missing = count - len(self.hub.get("/devices?kind=help_button"))
        for number in range(missing):
            self.type("devices", "add", f"help-more-{number}", "--kind", "help_button", "--hall", "gongjijin")
        self.devices = [device["id"] for device in self.hub.get("/devices?kind=help_button")][:count]
        self.tree = build("1.0.0", "virtual", ["help_button"], is_micropython=True)
        self._settings = settings or {}
        with ThreadPoolExecutor(2) as workers:
            self.boards = dict(
                zip(self.devices, workers.map(lambda id: self._board(folder, id), self.devices), strict=True)
            )

    def _board(self, above: Path, device: str) -> VirtualBoard:
        folder = above / device
        about = json.loads((self.hub.boards / f"{device}.json").read_text())
        about |= {"data": "/data", "profile": load("virtual").device_tree("help_button"), "update": {"retry_s": 0.5}}
        about["settings"] |= self._settings.get(self.devices.index(device), {})
        fill(folder, self.tree, about)
        board = VirtualBoard(folder / "board", profile="virtual", flash_bytes=FLASH_BYTES)
        board.start()
        return board

    def close(self) -> None:
        for board in self.boards.values():
            board.close()
        self.hub.stop()

    def type(self, *words: str) -> str:
        """What `hallhub` prints."""
        done = CliRunner().invoke(main, ["--folder", str(self.hub.folder), "--language", "en", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    def versions(self) -> set[str]:
        return {d["version"] for d in self.hub.get("/devices") if d["id"] in self.devices and d["is_online"]}

    def rolled(self) -> dict[str, Any]:
        view: dict[str, Any] = json.loads(self.type("update", "status", "--json"))
        return view

    def states(self) -> list[str]:
        return [target["state"] for target in self.rolled()["targets"]]

    def online(self) -> int:
        return sum(d["is_online"] for d in self.hub.get("/devices") if d["id"] in self.devices)
