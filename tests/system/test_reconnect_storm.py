"""The broker dies under 400 agents: all are back within 15 seconds, not in one instant, and no press is lost."""

from pathlib import Path

import pytest

from simulators.hub_process import HubProcess
from tests.system.brokers import BROKERS
from tests.system.storm import AGENTS, storm

pytestmark = [pytest.mark.system, pytest.mark.alone]

BACK_WITHIN_S = 15


@pytest.mark.parametrize("broker", BROKERS)
def test_all_come_back_spread_out_and_no_press_is_lost(broker: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", broker=broker)
    hub.start()
    try:
        outcome = storm(hub, tmp_path)
        assert len(outcome.back_s) == AGENTS
        assert outcome.all_back_s < BACK_WITHIN_S
        assert outcome.most_within(0.2) < AGENTS / 2
        alarms = hub.get("/alarms")
        assert {alarm["device"] for alarm in alarms} == outcome.pressed
        assert all(alarm["presses"] == 1 for alarm in alarms)
    finally:
        hub.stop()
