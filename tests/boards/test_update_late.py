"""Boards that a roll-out finds late, or loses on the way: real hub, real broker, real boards."""

import hashlib
import time
from pathlib import Path

import pytest

from hub.update.shelf import Shelf
from simulators.server_process import wait_for
from tests.boards.update_bench import PATIENCE_S, with_files
from tests.boards.update_hall import Hall

pytestmark = [pytest.mark.micropython, pytest.mark.system]
NEWS = b"NEWS = 1\n"
LONG_S = 8  # a board of this hall that was not told to stop would have tried again by then


@pytest.fixture
def hall(tmp_path: Path):
    hall = Hall(tmp_path)
    Shelf.of(hall.hub.folder).put(with_files(hall.tree, "1.1.0", firmware__news=NEWS))
    hall.type("update", "sign", "1.1.0")
    wait_for("all are online", lambda: hall.versions() == {"1.0.0"} and hall.online() == 3, PATIENCE_S)
    yield hall
    hall.close()


def test_a_board_that_was_off_when_it_began_joins_when_it_comes(hall: Hall) -> None:
    late = hall.devices[2]
    hall.boards[late].cut_power()
    hall.hub.stop()
    hall.hub.start()  # this hub has never heard of what runs there
    wait_for("two are online", lambda: hall.versions() == {"1.0.0"} and hall.online() == 2, PATIENCE_S)
    hall.type("update", "roll", "1.1.0", "--force")
    wait_for("it is over", lambda: hall.rolled()["status"] == "finished", PATIENCE_S)
    assert hall.states() == ["done"] * 2
    assert late in hall.type("update", "status")
    assert "not heard yet" in hall.type("update", "status")
    hall.boards[late].restore_power()
    wait_for("the late one is done", lambda: hall.states() == ["done"] * 3, PATIENCE_S)
    wait_for("it is over again", lambda: hall.rolled()["status"] == "finished", PATIENCE_S)
    assert hall.rolled()["targets"][2]["device"] == late
    assert (hall.versions(), hall.online()) == ({"1.1.0"}, 3)
    assert late not in [device["device"] for device in hall.rolled()["others"]]


def test_a_board_that_waits_to_try_again_lets_go_of_an_offer_that_is_taken_back(hall: Hall) -> None:
    file = Shelf.of(hall.hub.folder).folder / hashlib.sha256(NEWS).hexdigest()
    file.unlink()
    hall.type("update", "roll", "1.1.0", "--force")
    wait_for("the canary waits", lambda: "update.later" in reasons(hall), PATIENCE_S)
    assert "tries again later" in hall.type("update", "status")
    hall.type("update", "abort")
    file.write_bytes(NEWS)
    time.sleep(LONG_S)
    assert (hall.versions(), hall.online()) == ({"1.0.0"}, 3)
    hall.type("update", "roll", "1.1.0", "--force")
    wait_for("all are done", lambda: hall.states() == ["done"] * 3, PATIENCE_S)
    wait_for("all run it", lambda: hall.versions() == {"1.1.0"}, PATIENCE_S)


def test_why_a_board_refused_is_still_told_when_it_is_tried_again(hall: Hall) -> None:
    file = Shelf.of(hall.hub.folder).folder / hashlib.sha256(NEWS).hexdigest()
    file.write_bytes(NEWS[::-1])  # spoiled on its way
    hall.type("update", "roll", "1.1.0", "--force")
    wait_for("it pauses", lambda: hall.rolled()["status"] == "paused", PATIENCE_S)
    assert reasons(hall).count("update.file") == 1
    file.write_bytes(NEWS)
    hall.type("update", "roll", "1.1.0", "--force")
    wait_for("all are done", lambda: hall.states() == ["done"] * 3, PATIENCE_S)
    assert "before: a file" in " ".join(hall.type("update", "status").split())
    kept = [(target["last_reason"], target["failed_ms"] > 0) for target in hall.rolled()["targets"]]
    assert sorted(kept) == [("", False), ("", False), ("update.file", True)]


def reasons(hall: Hall) -> list[str]:
    return [target["reason"] for target in hall.rolled()["targets"]]
