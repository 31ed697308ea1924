"""With TLS a board gets the hub's authority, a certificate and its key; a new key leaves no old certificate behind."""

import json
from pathlib import Path

import pytest

from simulators.process import find_micropython
from tests.flash.stage import PATIENCE_S, Stage, new_board, starts_with
from tools.flashing.board import Board

pytestmark = [pytest.mark.micropython, pytest.mark.system]


@pytest.mark.skipif(not find_micropython(), reason="no MicroPython for this machine")
def test_a_board_comes_online_over_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    stage = Stage(tmp_path, tls=True)
    try:
        button = stage.device()
        with new_board(tmp_path) as board:
            first = stage.flash(board, button)
            assert (first.fault, first.is_online) == ("", True)
            stage.hub.new_key(button)
            second = stage.flash(board, button)
            assert (second.fault, second.is_online) == ("", True)
            assert second.sent_bytes == 0
            wire = Board(board.port, PATIENCE_S)
            wire.connect()
            stored, _ = wire.files("/keys")
            told = json.loads(wire.read("/board.json") or b"")["broker"]
            wire.close()
            assert set(stored) == {told[name] for name in ("ca", "certificate", "key")}
    finally:
        stage.close()


@pytest.mark.skipif(not find_micropython(), reason="no MicroPython for this machine")
def test_after_a_takeover_the_broker_refuses_certificate_and_key_of_the_old_board(tmp_path: Path) -> None:
    """It is thrown out at once while it is connected, and refused when it comes again."""
    stage = Stage(tmp_path, tls=True)
    try:
        button = stage.device()
        with new_board(tmp_path, 1) as old, new_board(tmp_path, 2) as new:
            assert stage.flash(old, button).is_online
            log = old.folder / "console.log"
            begin = log.stat().st_size
            taken = stage.flash(new, button, is_replace=True)
            assert (taken.fault, taken.is_online) == ("", True)
            old.wait(lambda: "broker refuses" in log.read_bytes()[begin:].decode(errors="replace"), PATIENCE_S * 3)
            said = starts_with(old)
            assert "broker refuses" in said
            assert f"{button} connected" not in said
            boot = stage.hub.device(button)["boot"]
            assert stage.verify(old, button).differences  # other keys than the hub's
            assert (stage.hub.device(button)["is_online"], stage.hub.device(button)["boot"]) == (True, boot)
    finally:
        stage.close()
