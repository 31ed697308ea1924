"""A test of a device's parts, as the hub follows it: results as they come, a device that is silent or falls silent."""

import asyncio

import pytest

from firmware.wire.messages.base import Report
from firmware.wire.messages.locate import Locating
from firmware.wire.messages.part_test import PartTest, PartTested
from hub.part_tests import NeverBegan, PartResult, PartTests

NOW_MS = 1_795_000_000_000
Told = tuple[str, str, int, int]


class Device:
    """Answers with these reports: part, result, number, parts."""

    def __init__(self, *told: Told, wrong_act: bool = False) -> None:
        self.tests = PartTests("doumen", self.publish, lambda: NOW_MS, answer_s=0.05, part_s=0.05)
        self.asked: list[tuple[str, PartTest, int, bool]] = []
        self._told = told
        self._wrong_act = wrong_act

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        act = PartTest.decode(payload)
        self.asked.append((topic, act, qos, retain))
        for part, result, number, parts in self._told:
            id = "other" if self._wrong_act else act.id
            self.hear(PartTested(boot="b", act=id, part=part, result=result, said="s", number=number, parts=parts))

    def hear(self, report: Report) -> None:
        asyncio.get_running_loop().call_soon(self.tests.take, "kiosk-1", report)

    async def all(self, device: str = "kiosk-1", part: str = "") -> list[PartResult]:
        return [told async for told in self.tests.test(device, part)]


def results(found: list[PartResult]) -> list[tuple[str, str]]:
    return [(told.part, told.result) for told in found]


def test_results_come_part_by_part_until_the_last() -> None:
    device = Device(
        ("printer", "began", 1, 2),
        ("printer", "failed", 1, 2),
        ("screen", "began", 2, 2),
        ("screen", "passed", 2, 2),
        ("late", "passed", 2, 2),
    )
    assert results(asyncio.run(device.all())) == [
        ("printer", "began"),
        ("printer", "failed"),
        ("screen", "began"),
        ("screen", "passed"),
    ]
    topic, act, qos, retain = device.asked[0]
    assert (topic, act.part, qos, retain) == ("hall/v1/doumen/kiosk-1/down/part/test", "", 0, False)
    assert act.expires_at_ms > NOW_MS


def test_one_part() -> None:
    device = Device(("printer", "none", 1, 1))
    assert results(asyncio.run(device.all(part="printer"))) == [("printer", "none")]
    assert device.asked[0][1].part == "printer"


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (Device(), "kiosk-1"),
        (Device(("printer", "passed", 1, 1), wrong_act=True), "kiosk-1"),
        (Device(("printer", "passed", 1, 1)), "kiosk-2"),
    ],
    ids=["silent", "another question", "another device"],
)
def test_a_device_that_never_begins(device: Device, name: str) -> None:
    with pytest.raises(NeverBegan):
        asyncio.run(device.all(name))


def test_a_device_that_falls_silent_in_the_middle() -> None:
    device = Device(("printer", "began", 1, 2))
    assert results(asyncio.run(device.all())) == [("printer", "began"), ("printer", "silent")]


def test_what_nobody_asked_is_dropped() -> None:
    async def story() -> None:
        device = Device()
        device.tests.take(
            "kiosk-1", PartTested(boot="b", act="a", part="p", result="passed", said="", number=1, parts=1)
        )
        device.tests.take("kiosk-1", Locating(boot="b", act="a", is_shown=True))

    asyncio.run(story())
