"""A roll-out typed by a person: real hub, real broker, real boards; the hub is killed in its middle."""

from pathlib import Path

import pytest

from hub.update.build import build
from hub.update.shelf import Shelf
from simulators.server_process import wait_for
from tests.boards.update_bench import PATIENCE_S, with_files
from tests.boards.update_hall import Hall

pytestmark = [pytest.mark.micropython, pytest.mark.system]


@pytest.fixture
def hall(tmp_path: Path):
    hall = Hall(tmp_path)
    yield hall
    hall.close()


def test_a_version_is_rolled_out_over_a_killed_hub_and_a_bad_one_stops_at_the_canary(hall: Hall) -> None:
    wait_for("all are online", lambda: hall.versions() == {"1.0.0"} and hall.online() == 3, PATIENCE_S)
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
    wait_for("all run the old one", lambda: hall.versions() == {"1.1.0"} and hall.online() == 3, PATIENCE_S)
    hall.type("update", "pause")
    assert "aborted" in hall.type("update", "abort")
    # And they work.
    board = hall.boards[hall.devices[0]]
    board.press("button")
    wait_for("an alarm", lambda: hall.hub.get("/alarms"), PATIENCE_S)


FAULTY = b"""
import json
with open("/board.json") as file:
    if json.load(file)["settings"].get("is_faulty"):
        raise RuntimeError("born broken")
"""


def test_thirty_boards_of_which_one_crashes_and_one_loses_power(tmp_path: Path) -> None:
    hall = Hall(tmp_path, 30, {2: {"is_faulty": True}})
    try:
        wait_for("all are online", lambda: hall.online() == 30, PATIENCE_S)
        source = Path("firmware/board.py").read_bytes()
        new = with_files(hall.tree, "1.1.0", leave_out=("firmware/board.mpy",), firmware__board=FAULTY + source)
        Shelf.of(hall.hub.folder).put(new)
        hall.type("update", "sign", "1.1.0")
        unlucky = hall.boards[hall.devices[3]]
        unlucky.cut_power(after_flash_steps=1000)
        hall.type("update", "roll", "1.1.0", "--force")
        wait_for("the power cut", lambda: not unlucky.is_powered, PATIENCE_S)
        assert hall.states()[3] == "offered"  # it was at it
        unlucky.restore_power()
        wait_for("it pauses", lambda: hall.rolled()["status"] == "paused", PATIENCE_S)
        wait_for("who had begun is done", lambda: hall.states()[:4].count("done") == 3, PATIENCE_S)
        assert hall.states() == ["done", "done", "failed", "done", *["waiting"] * 26]
        assert hall.boards[hall.devices[2]].printed.count("born broken") == 3
        hall.type("update", "roll", "1.1.0", "--force", "--tolerate", "1")
        wait_for("all but one are done", lambda: hall.states().count("done") == 29, 5 * PATIENCE_S)
        wait_for("it is over", lambda: hall.rolled()["status"] == "finished", PATIENCE_S)
        wait_for("all are there", lambda: hall.online() == 30, PATIENCE_S)
        runs = {d["id"]: d["version"] for d in hall.hub.get("/devices") if d["id"] in hall.devices}
        assert [runs[device] for device in hall.devices] == ["1.1.0"] * 2 + ["1.0.0"] + ["1.1.0"] * 27
    finally:
        hall.close()
