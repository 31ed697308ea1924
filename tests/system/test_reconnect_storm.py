"""The broker dies under 400 agents: all are back within 15 seconds, spread out, and what they told arrived once."""

from collections import Counter
from pathlib import Path

import pytest

from hub.journal import Journal
from simulators.hub_process import HubProcess
from tests.system.brokers import BROKERS
from tests.system.storm import AGENTS, Origin, storm

pytestmark = [pytest.mark.system, pytest.mark.alone]

BACK_WITHIN_S = 15


@pytest.mark.parametrize("broker", BROKERS)
def test_all_come_back_spread_out_and_each_event_arrives_once(broker: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", broker=broker)
    hub.start()
    try:
        outcome = storm(hub, tmp_path)
        alarms = hub.get("/alarms")
    finally:
        hub.stop()
    assert len(outcome.back_s) == AGENTS
    assert outcome.all_back_s < BACK_WITHIN_S
    assert outcome.most_connected_within(0.5) <= AGENTS / 4
    assert 0 < outcome.in_flight <= AGENTS / 2
    assert len(outcome.told) == AGENTS
    assert journalled(tmp_path / "hub") == Counter(outcome.told)
    buttons = {device for device, _, _ in outcome.told if device.startswith("more-")}
    assert buttons <= {alarm["device"] for alarm in alarms}
    assert all(alarm["presses"] == 1 for alarm in alarms)


def journalled(folder: Path) -> Counter[Origin]:
    """Which request made something happen, and how often."""
    journal = Journal(f"sqlite:///{folder / 'journal.db'}")
    journal.open()
    try:
        entries = journal.entries(0, 1_000_000)
    finally:
        journal.close()
    return Counter((it.origin.device, it.origin.boot, it.origin.seq) for it in entries if it.origin and it.events)
