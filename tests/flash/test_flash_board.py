"""One board: from bare to online; again; torn off at every step; another version, another device, another board."""

import json
import random
from pathlib import Path

import pytest

from simulators.boards import VirtualBoard
from tests.flash.stage import PATIENCE_S, STEPS, VERSION, Hand, Stage, mend, new_board, starts_with
from tools.flashing.board import Board
from tools.flashing.compile import Compiler
from tools.flashing.steps import Flashing, Job

pytestmark = [pytest.mark.micropython, pytest.mark.system]


def test_a_bare_board_comes_online_and_doing_it_again_writes_nothing(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        hand = Hand("", lambda: None)
        first = Flashing(stage.bench(), Job(board.port, button), hand).run()
        assert (first.fault, first.is_online, first.version) == ("", True, VERSION)
        assert tuple(hand.steps) == ("hub", "find", "compile", *STEPS[1:])
        assert (first.kind, first.mac, first.profile) == ("help_button", "24:6f:28:00:01:01", "virtual")
        assert stage.hub.device(button)["is_online"]

        assert stage.verify(board, button).fault == ""
        again = stage.flash(board, button)
        assert (again.fault, again.is_online) == ("", True)
        assert (again.differences, again.sent_files, again.sent_bytes) == ([], 0, 0)


TORN = {
    "cable": [("find", 0.0), ("compare", 0.0), ("copy", 0.2), ("copy", 0.9), *((step, 0.0) for step in STEPS[3:])],
    "power": [("copy", 0.5), ("identity", 0.0)],
    "power while writing": [("copy", 0.2), ("copy", 0.9), ("switch", 0.0), ("identity", 0.0)],
}
ERASED = [("erase", 0.0), ("erase", 0.02), ("erase", 0.5), ("erase", 1.0), ("copy", 0.3), ("identity", 0.0)]


@pytest.mark.parametrize("how", TORN)
def test_interrupted_at_every_step_it_ends_right(stage: Stage, button: str, tmp_path: Path, how: str) -> None:
    """Torn off again and again, a step later each time: it never starts a half tree."""
    with new_board(tmp_path) as board:
        for point in TORN[how]:
            tear(stage, board, button, how, point)
        last = stage.flash(board, button)
        assert (last.fault, last.is_online) == ("", True)
        assert stage.verify(board, button).fault == ""
        assert last.sent_bytes == 0


@pytest.mark.parametrize("how", TORN)
def test_erasing_is_interrupted_at_every_step_and_ends_right(
    stage: Stage, button: str, tmp_path: Path, how: str
) -> None:
    """A board that works is torn off while it is emptied: it waits at its prompt, never runs a half tree."""
    with new_board(tmp_path) as board:
        stage.flash(board, button)
        for point in ERASED:
            tear(stage, board, button, how, point, is_erase=True)
        last = stage.flash(board, button, is_erase=True)
        assert (last.fault, last.is_online) == ("", True)
        assert stage.verify(board, button).fault == ""


def tear(stage: Stage, board: VirtualBoard, device: str, how: str, point: tuple[str, float], **job: bool) -> None:
    """Flashes it, tears it off at this step and share of it, and mends it; it never starts a half tree."""
    acts = {
        "cable": board.pull_cable,
        "power": board.cut_power,
        "power while writing": lambda: board.cut_power(after_flash_steps=3),
    }
    hand = Hand(point[0], acts[how], point[1])
    outcome = stage.flash(board, device, hand, **job)
    assert hand.has_acted, (point, outcome)
    if how == "power while writing" and not outcome.fault:
        board.cut_power()  # nothing was written any more
    mend(board)
    assert "Traceback" not in starts_with(board)


def test_another_version_goes_into_the_other_slot_and_sends_only_what_is_new(
    stage: Stage, button: str, tmp_path: Path
) -> None:
    with new_board(tmp_path) as board:
        whole = stage.flash(board, button)
        newer = stage.bench(compiler=Compiler("0.1.1"))
        for how in (board.pull_cable, lambda: board.cut_power(after_flash_steps=30)):  # the old tree runs on
            hand = Hand("copy", how)
            assert Flashing(newer, Job(board.port, button), hand).run().code == "unplugged"
            mend(board)
            assert f"{button} connected" in starts_with(board)
            assert stage.hub.device(button)["version"] == VERSION
        outcome = Flashing(newer, Job(board.port, button)).run()
        assert (outcome.fault, outcome.is_online, outcome.version) == ("", True, "0.1.1")
        assert outcome.sent_files < whole.sent_files / 4  # the manifest, and what was edited since the test began
        assert outcome.sent_bytes < whole.sent_bytes / 4
        assert stage.hub.device(button)["version"] == "0.1.1"


def test_a_board_becomes_another_device_and_forgets_what_it_was(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        stage.flash(board, button)
        hand = Hand("identity", board.pull_cable)
        assert stage.flash(board, "sifa-amp-1", hand).code == "unplugged"
        mend(board)
        outcome = stage.flash(board, "sifa-amp-1")
        assert (outcome.fault, outcome.is_online, outcome.kind) == ("", True, "amplifier")
        wire = Board(board.port, PATIENCE_S)
        wire.connect()
        told = json.loads(wire.read("/board.json") or b"")
        wire.close()
        assert (told["device"], told["data"], told["profile"]["name"]) == ("sifa-amp-1", "/data", "virtual")


def test_another_board_takes_over_and_the_old_key_stops_working(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path, 1) as old, new_board(tmp_path, 2) as new:
        assert stage.flash(old, button).is_online
        refused = stage.flash(new, button)
        assert refused.code == "id_online"
        assert "--replace" in refused.fault

        outcome = stage.flash(new, button, is_replace=True)
        assert (outcome.fault, outcome.is_online) == ("", True)
        old.wait(lambda: "broker refuses" in old.printed, PATIENCE_S)
        again = stage.flash(new, button, is_replace=True)  # it is the one: no new key
        assert (again.fault, again.differences) == ("", [])
        assert stage.verify(old, button).differences == ["/board.json"]


@pytest.mark.parametrize("how", ["cable", "power", "power while writing"])
def test_a_takeover_torn_at_the_identity_ends_right_and_the_old_key_is_refused(
    stage: Stage, button: str, tmp_path: Path, how: str
) -> None:
    with new_board(tmp_path, 1) as old, new_board(tmp_path, 2) as new:
        assert stage.flash(old, button).is_online
        tear(stage, new, button, how, ("identity", 0.0), is_replace=True)
        old.wait(lambda: "broker refuses" in old.printed, PATIENCE_S)  # its key is gone already
        outcome = stage.flash(new, button, is_replace=True)
        assert (outcome.fault, outcome.is_online) == ("", True)
        assert stage.verify(new, button).fault == ""
        assert "broker refuses" in starts_with(old)
        stage.until(lambda: stage.hub.device(button)["is_online"])  # the new one, which was restarted


def test_what_rots_on_the_flash_is_seen_and_mended(stage: Stage, button: str, tmp_path: Path) -> None:
    dice = random.Random(3)
    with new_board(tmp_path) as board:
        stage.flash(board, button)
        wire = Board(board.port, PATIENCE_S)
        wire.connect()
        stored, _ = wire.files("/slots/a")
        for path in dice.sample(sorted(stored), 3):
            wire.write(path, b"rotten")
        wire.write("/slots/a/stray/file.py", b"1")
        wire.write("/boot.py", b"print('stranger')")
        wire.close()
        seen = stage.verify(board, button)
        assert (seen.code, seen.exit_code) == ("differs", 1)
        assert "/boot.py" in seen.differences
        assert len([path for path in seen.differences if path.startswith("/slots/")]) == 1
        outcome = stage.flash(board, button)
        assert (outcome.fault, outcome.is_online) == ("", True)
        assert outcome.sent_files <= 4


def test_erase_starts_from_nothing(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        stage.flash(board, button)
        wire = Board(board.port, PATIENCE_S)
        wire.connect()
        wire.write("/data/old", b"x")
        wire.write("/lib/junk.py", b"x")
        wire.close()
        outcome = stage.flash(board, button, is_erase=True)
        assert (outcome.fault, outcome.is_online) == ("", True)
        assert outcome.sent_files > 50
        wire.connect()
        stored, _ = wire.files()
        wire.close()
        assert not {"/data/old", "/lib/junk.py"} & stored.keys()
