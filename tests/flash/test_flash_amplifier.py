"""A bare board becomes an amplifier that speaks: flashed, and its clips fetched from the hub onto its own flash."""

import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.speech import clip_bank
from simulators.boards import VirtualBoard
from simulators.process import find_micropython
from tests.flash.building import Building
from tests.flash.stage import Stage, new_board
from tests.system.tone_bank import tone_bank
from tools.flashing.hub import Hub
from tools.flashing.steps import Flashing, Job

pytestmark = [pytest.mark.micropython, pytest.mark.system]

CHANNEL, AMPLIFIER = "gongjijin", "gongjijin-amp-1"
SAID = ["common/chime", "cmn/phrase-closing-soon"]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tone_bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="module")
def stage(bank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if not find_micropython():
        pytest.skip("no MicroPython for this machine")
    stage = Stage(tmp_path_factory.mktemp("flash"), clips=bank)
    yield stage
    stage.close()


def announced(stage: Stage, board: VirtualBoard) -> bytes:
    """The samples that are heard when a person has a phrase announced."""
    before = len(board.heard)
    stage.process.post("/announcements", {"channel": CHANNEL, "phrase": "closing-soon"})
    board.wait(lambda: len(board.heard) > before, 30)
    with wave.open(str(board.heard[-1])) as file:
        assert file.getframerate() == 16000
        return file.readframes(file.getnframes())


def test_a_bare_board_fetches_its_clips_and_speaks(stage: Stage, bank: Path, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        outcome = stage.flash(board, AMPLIFIER)
        assert (outcome.fault, outcome.is_online) == ("", True)
        whole = clip_bank.join(bank, SAID)
        assert announced(stage, board)  # what was there by then: the words, if not the chime
        stage.until(lambda: announced(stage, board) == whole, 60)
        stage.until(lambda: stage.process.get("/status")["announcements"] == 0)


def test_an_amplifier_on_a_board_without_any_led_is_found_by_ear(stage: Stage, tmp_path: Path) -> None:
    amplifier = stage.device("amplifier")
    building = Building(stage.hub.url)
    hub = Hub.of_url(building.url, stage.folder / "hub" / "admin.token")
    try:
        with new_board(tmp_path, profile="esp32_poe") as board:
            outcome = Flashing(stage.bench(hub=hub), Job(board.port, amplifier)).run()
            assert (outcome.fault, outcome.profile, outcome.is_online) == ("", "esp32_poe", True)
            answer = stage.process.post(f"/devices/{amplifier}/locate", {"seconds": 4})
            assert answer["is_shown"]
            board.wait(lambda: len(board.heard) == 2)
            with wave.open(str(board.heard[0])) as file:
                assert file.getnframes() == 8000  # half a second
                assert any(file.readframes(8000))
    finally:
        hub.close()
        building.close()
