"""What can be wrong at the installer's desk: each is named, says what to do, and leaves the board as it was."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import serial

from firmware.words import WORDS
from tests.flash.stage import Stage, new_board, own_port
from tools.flashing import ports
from tools.flashing.faults import FlashFault
from tools.flashing.hub import Hub
from tools.flashing.steps import Flashing, Job

pytestmark = [pytest.mark.micropython, pytest.mark.system]


def test_no_such_port(stage: Stage, button: str) -> None:
    outcome = Flashing(stage.bench(), Job("/dev/ttyNone", button)).run()
    assert outcome.code == "no_port"
    assert "data cable" in outcome.fault


def test_a_port_without_permission() -> None:
    fault = ports.trouble("/dev/null", PermissionError(errno.EACCES, "Permission denied"))
    assert fault.code == "no_permission"
    assert "dialout" in fault.say("en")
    assert "dialout" in fault.say("zh")


def test_a_busy_port_names_who_has_it(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board, serial.Serial(board.port, exclusive=True):
        outcome = stage.flash(board, button)
        assert outcome.code == "port_busy"
        assert f"({os.getpid()})" in outcome.fault


def test_nobody_answers(stage: Stage, button: str) -> None:
    master, port = own_port()
    try:
        outcome = Flashing(stage.bench(patience_s=0.3), Job(port, button)).run()
        assert outcome.code == "no_answer"
        assert "BOOT" in outcome.fault
    finally:
        os.close(master)


def test_the_wrong_chip_is_left_alone(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        outcome = stage.flash(board, button, profile="esp32_poe")
        assert outcome.code == "wrong_chip"
        assert "esp32" in outcome.fault
        assert not outcome.differences
        assert "/boot.py" in stage.verify(board, button).differences  # nothing was written


def test_a_board_that_cannot_be_of_this_kind(stage: Stage, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        outcome = stage.flash(board, stage.device("ticket_kiosk"))
        assert (outcome.code, outcome.exit_code) == ("profile", 4)


def test_an_unknown_id_names_those_near_it(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        outcome = stage.flash(board, button + "x")
        assert outcome.code == "id_unknown"
        assert button in outcome.fault
        assert board.starts == ["power on"]  # it was not even stopped


def test_a_flash_too_small(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path, flash_bytes=128 * 1024) as board:
        outcome = stage.flash(board, button)
        assert outcome.code == "no_space"
        assert "kB" in outcome.fault


def test_no_hub_answers(stage: Stage, button: str, tmp_path: Path) -> None:
    nobody = stage.bench(hub=Hub("http://127.0.0.1:9", "token"))
    with new_board(tmp_path) as board:
        outcome = Flashing(nobody, Job(board.port, button)).run()
        assert (outcome.code, outcome.exit_code) == ("hub_silent", 3)
        assert "hallhub up" in outcome.fault
    stranger = Hub(stage.hub.url, "wrong")
    assert Flashing(stage.bench(hub=stranger), Job("-", button)).run().code == "hub_token"
    stranger.close()
    nobody.hub.close()
    with pytest.raises(FlashFault) as caught:
        Hub.of_folder(tmp_path)
    assert caught.value.code == "hub_token"


def test_a_board_without_network_says_what_it_says_itself(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        board.cut_network()
        outcome = Flashing(stage.bench(online_s=2), Job(board.port, button)).run()
        assert (outcome.code, outcome.step) == ("not_online", "online")
        board.restore_network()
        assert Flashing(stage.bench(), Job(board.port, button)).run().fault == ""


def test_every_fault_of_the_code_has_words() -> None:
    """Codes are read off the code, so that a new one cannot be forgotten."""
    room = Path(ports.__file__).parent
    codes = {code for path in room.glob("*.py") for code in re.findall(r'FlashFault\(\s*"(\w+)"', path.read_text())}
    assert len(codes) > 20
    assert [code for code in codes if "flash.fault." + code not in WORDS] == []


def test_the_command_line_is_checked() -> None:
    flash = Path(__file__).resolve().parent.parent.parent / "tools" / "flash.py"
    done = subprocess.run([sys.executable, str(flash), "--port", "x"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "--crate" in done.stderr
