"""Devices fit into small memories."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.system.device_heap import ROLES, live_heap

pytestmark = [pytest.mark.system, pytest.mark.micropython]
BUDGET = {"help_button": "96k"}  # from source, 64-bit words
OTHERS = "112k"


@pytest.mark.parametrize("kind", ROLES)
def test_a_role_works_within_its_heap(kind: str, tmp_path: Path) -> None:
    if not Path(sys.executable).with_name("micropython").exists():
        pytest.skip("no micropython beside " + sys.executable)
    assert asyncio.run(live_heap(kind, BUDGET.get(kind, OTHERS), tmp_path)) > 20000
