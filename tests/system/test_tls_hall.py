"""A hall over TLS: CPython agents and a MicroPython help button check the hub's own CA; clear text gets nothing."""

import asyncio
import json
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.building import Building
from simulators.floor_plan import read_floor_plan
from simulators.hub_process import HubProcess
from simulators.process import find_micropython
from simulators.record import Result
from simulators.scenario import Crowd, Scenario
from tests.system.brokers import BROKERS

pytestmark = pytest.mark.system

HALL = "shuiwu"
BUTTON = "help-1f-desk-1"


@pytest.mark.parametrize("broker", BROKERS)
def test_a_hall_over_tls(broker: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", broker=broker, tls=True)
    hub.start()
    try:
        keep_only(hub.boards, lambda board: board["settings"]["hall"].startswith("税务") or board["device"] == BUTTON)
        result = asyncio.run(a_short_day(hub, tmp_path / "out"))
        assert (result.is_complete, result.unserved, result.doubles) == (True, 0, ())
        assert hub.get("/status")["broker"]["tls"]
        assert asyncio.run(greeting_without_tls(hub.mqtt_port)) != b"\x20"  # no CONNACK in clear
        with pytest.raises(ssl.SSLCertVerificationError):
            asyncio.run(asyncio.open_connection("127.0.0.1", hub.mqtt_port, ssl=ssl.create_default_context()))
    finally:
        hub.stop()


def keep_only(boards: Path, is_wanted: Callable[[dict], bool]) -> None:
    for path in boards.glob("*.json"):
        if not is_wanted(json.loads(path.read_text(encoding="utf-8"))):
            path.unlink()


async def a_short_day(hub: HubProcess, out: Path) -> Result:
    """A dozen visitors, and somebody who needs help."""
    building = Building(hub.boards, out, read_floor_plan(hub.folder / "site.json"), speed=200.0)
    try:
        await building.start()
        await building.all_online()
        if find_micropython():
            button = building.button(BUTTON)
            button.press()
            assert await button.changed.until(lambda: button.lamp == "steady", 10)
        scenario = Scenario(name="tls", visitors=12, speed=200.0, arrivals_s=300.0, halls=(HALL,))
        return await Crowd(scenario, list(building.halls.values())).run()
    finally:
        await building.stop()


async def greeting_without_tls(port: int) -> bytes:
    """The first byte of the answer to a CONNECT in clear; empty when the broker closes instead."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0f\x00\x01x")
        return await asyncio.wait_for(reader.read(1), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()
