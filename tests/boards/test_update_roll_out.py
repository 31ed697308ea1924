"""A roll-out typed by a person: real hub, real broker, real boards; the hub is killed in its middle."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from board_profiles import load
from hub.cli.main import main
from hub.update.build import build
from hub.update.shelf import Shelf
from simulators.boards import VirtualBoard
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for
from tests.boards.update_bench import FLASH_BYTES, fill, with_files

pytestmark = [pytest.mark.micropython, pytest.mark.system]
PATIENCE_S = 60


class Hall:
    """A hub and three help buttons that run version 1.0.0."""

    def __init__(self, folder: Path) -> None:
        (folder / "hub").mkdir()
        (folder / "hub" / "hub.toml").write_text("[updates]\nport = 0\n")
        self.hub = HubProcess(folder / "hub")
        self.hub.start()
        found = self.hub.get("/devices?kind=help_button")
        self.devices = [device["id"] for device in found][:3]
        tree = build("1.0.0", "virtual", ["help_button"], is_micropython=True)
        self.boards = {device: self._board(folder / device, device, tree) for device in self.devices}

    def _board(self, folder: Path, device: str, tree: Any) -> VirtualBoard:
        about = json.loads((self.hub.boards / f"{device}.json").read_text())
        about |= {"data": "/data", "profile": load("virtual").device_tree("help_button"), "update": {"retry_s": 0.5}}
        fill(folder, tree, about)
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


@pytest.fixture
def hall(tmp_path: Path):
    hall = Hall(tmp_path)
    yield hall
    hall.close()


def test_a_version_is_rolled_out_over_a_killed_hub_and_a_bad_one_stops_at_the_canary(hall: Hall) -> None:
    wait_for("all are online", lambda: hall.versions() == {"1.0.0"} and online(hall) == 3, PATIENCE_S)
    assert "nothing is being rolled out" in hall.type("update", "status")
    assert "virtual" in hall.type("update", "build", "--profile", "virtual", "--version", "1.1.0")
    assert "yes" in hall.type("update", "sign", "1.1.0")
    assert "1.1.0" in hall.type("update", "list")
    hall.type("update", "roll", "1.1.0", "--force")
    wait_for("the canary is done", lambda: "done" in hall.states(), PATIENCE_S)
    hall.hub.kill()
    hall.hub.start()
    wait_for("all are done", lambda: hall.states() == ["done"] * 3, PATIENCE_S)
    assert hall.rolled()["status"] == "finished"
    wait_for("all run it", lambda: hall.versions() == {"1.1.0"}, PATIENCE_S)

    good = build("1.1.0", "virtual", ["help_button"], is_micropython=True)
    broken = b"raise RuntimeError('born broken')\n"
    bad = with_files(good, "1.2.0", leave_out=("firmware/board.mpy",), firmware__board=broken)
    Shelf.of(hall.hub.folder).put(bad)
    hall.type("update", "sign", "1.2.0")
    hall.type("update", "roll", "1.2.0", "--force")
    wait_for("it pauses", lambda: hall.rolled()["status"] == "paused", PATIENCE_S)
    assert sorted(hall.states()) == ["failed", "waiting", "waiting"]
    failed = next(target for target in hall.rolled()["targets"] if target["state"] == "failed")
    assert failed["reason"] == "update.boot"
    assert "badly" in hall.type("update", "status")
    wait_for("all run the old one", lambda: hall.versions() == {"1.1.0"} and online(hall) == 3, PATIENCE_S)
    hall.type("update", "pause")
    assert "aborted" in hall.type("update", "abort")
    # And they work.
    board = hall.boards[hall.devices[0]]
    board.press("button")
    wait_for("an alarm", lambda: hall.hub.get("/alarms"), PATIENCE_S)


def online(hall: Hall) -> int:
    return sum(d["is_online"] for d in hall.hub.get("/devices") if d["id"] in hall.devices)
