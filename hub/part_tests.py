"""Tests of a device's parts that a person asks for now: one device, one line of results. Nothing is kept."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable

import msgspec

from firmware.wire import topics
from firmware.wire.messages.base import Report
from firmware.wire.messages.part_test import PartTest, PartTested
from hub.effects.screens import Publish

ANSWER_S = 6.0  # a device that is online begins within one
PART_S = 30.0  # the longest test, in which a person presses something, and a printer's last row
LATE_MS = 10_000  # a question that arrives later than this is not answered


class NeverBegan(Exception):
    """The device did not answer in time."""


class PartResult(msgspec.Struct, frozen=True):
    """``result``: began, passed, failed, none (no test), silent (the device fell silent). ``said`` by the driver."""

    part: str
    result: str
    said: str
    number: int
    parts: int


class PartTests:
    """``publish`` is the link's; ``clock_ms`` the hub's unix time."""

    def __init__(
        self,
        site: str,
        publish: Publish,
        clock_ms: Callable[[], int],
        answer_s: float = ANSWER_S,
        part_s: float = PART_S,
    ) -> None:
        self._site = site
        self._publish = publish
        self._clock_ms = clock_ms
        self._answer_s = answer_s
        self._part_s = part_s
        self._open: dict[tuple[str, str], asyncio.Queue[PartTested]] = {}

    def take(self, device: str, report: Report) -> None:
        """A report of a device; what answers no open question is dropped."""
        if isinstance(report, PartTested) and (waiting := self._open.get((device, report.act))):
            waiting.put_nowait(report)

    async def test(self, device: str, part: str = "") -> AsyncIterator[PartResult]:
        """What the device tells, as it tells it, until its last part is done. Raises `NeverBegan`."""
        key = device, secrets.token_hex(8)
        waiting = self._open[key] = asyncio.Queue()
        message = PartTest(id=key[1], expires_at_ms=self._clock_ms() + LATE_MS, part=part)
        last = None
        try:
            self._publish(topics.down(self._site, device, PartTest.name), message.encode(), PartTest.qos, False)
            while last is None or last.result == "began" or last.number < last.parts:
                try:
                    told = await asyncio.wait_for(waiting.get(), self._answer_s if last is None else self._part_s)
                except TimeoutError:
                    if last is None:
                        raise NeverBegan(device) from None
                    yield PartResult(last.part, "silent", "", last.number, last.parts)
                    return
                last = PartResult(told.part, told.result, told.said, told.number, told.parts)
                yield last
        finally:
            del self._open[key]
