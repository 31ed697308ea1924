"""Fixtures: one hub for a file of tests."""

from collections.abc import Iterator

import pytest

from simulators.process import find_micropython
from tests.flash.stage import Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if not find_micropython():
        pytest.skip("no MicroPython for this machine")
    stage = Stage(tmp_path_factory.mktemp("flash"))
    yield stage
    stage.close()


@pytest.fixture
def button(stage: Stage) -> str:
    """The id of a help button."""
    return stage.device()
