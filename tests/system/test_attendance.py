"""Punch clocks at a running hub: enrolled, heard, listed; a hub killed in the middle loses and doubles nothing."""

from pathlib import Path

import pytest

from simulators.hub_process import HubProcess
from simulators.parts.attendance_terminal import SimulatedAttendanceTerminal
from simulators.server_process import free_port
from tests.system.commands import command, told
from tests.system.push_buttons import write_site

pytestmark = pytest.mark.system

ROWS = """
[[attendance]]
id = "east-attendance-1"
hall = "east"
place = "后台"
"""


def test_a_clock_is_enrolled_and_its_punches_survive_a_killed_hub(tmp_path: Path) -> None:
    site = write_site(tmp_path, 1)
    site.write_text(site.read_text(encoding="utf-8") + ROWS, encoding="utf-8")
    port = free_port()
    hub = HubProcess(tmp_path / "hub", site=str(site), more=("--attendance-port", str(port)))
    clock = SimulatedAttendanceTerminal(f"http://127.0.0.1:{port}", "CKUH204560001")
    try:
        hub.start()
        assert not clock.start()
        code, said = command(hub, "attendance", "list")
        assert (code, "CKUH204560001" in said, "hallhub attendance enrol" in said) == (0, True, True)
        assert "hallhub attendance list" in command(hub, "attendance", "enrol", "west-attendance-1", "X1234")[1]
        assert "CKUH204560001" in command(hub, "attendance", "enrol", "east-attendance-1", "CKUH204560001")[1]

        assert clock.start()
        for number in range(20):
            clock.punch(f"{number:04}")
        assert not clock.send(hears_the_answer=False)
        hub.kill()
        assert not clock.send()
        hub.start()
        clock.punch("0020", state=1)
        assert clock.send()
        punches = told(hub, "attendance", "punches")
        assert [punch["badge"] for punch in punches] == [f"{number:04}" for number in range(21)]
        assert told(hub, "attendance", "list")["terminals"][0]["serial"] == "CKUH204560001"
        assert "0020" in command(hub, "attendance", "punches")[1]
    finally:
        hub.stop()
