"""Supervision: what a person asks of one device now (log, blink, test) and what it answers. Nothing is kept."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from firmware.wire import topics
from firmware.wire.messages.base import Act, Report
from firmware.wire.messages.device_log import LogPiece, SendLog
from firmware.wire.messages.locate import Locate, Locating
from hub.effects.screens import Publish
from hub.part_tests import PartTests

ANSWER_S = 6.0  # a device that is online answers within one
LATE_MS = 10_000  # a question that arrives later than this is not answered


class Silent(Exception):
    """The device did not answer in time."""


class Line(msgspec.Struct, frozen=True):
    """A line of a device's log; ``at_ms`` by the hub's clock."""

    at_ms: int
    text: str


class Log(msgspec.Struct, frozen=True):
    """``is_complete`` is false when a piece was lost on the way."""

    lines: list[Line]
    is_complete: bool


class _Question:
    """One act, and the reports that answer it."""

    def __init__(self) -> None:
        self.pieces: dict[int, LogPiece] = {}
        self.is_shown = False
        self.answered = asyncio.Event()


class Supervision:
    """``publish`` is the link's; ``clock_ms`` the hub's unix time."""

    def __init__(self, site: str, publish: Publish, clock_ms: Callable[[], int], answer_s: float = ANSWER_S) -> None:
        self._site = site
        self._publish = publish
        self._clock_ms = clock_ms
        self._answer_s = answer_s
        self.parts = PartTests(site, publish, clock_ms, answer_s)
        self._questions: dict[tuple[str, str], _Question] = {}

    def take(self, device: str, report: Report) -> None:
        """A report of a device; what answers no open question is dropped."""
        self.parts.take(device, report)
        if isinstance(report, LogPiece) and (question := self._questions.get((device, report.act))):
            question.pieces[report.piece] = report
            if len(question.pieces) >= report.pieces:
                question.answered.set()
        elif isinstance(report, Locating) and (question := self._questions.get((device, report.act))):
            question.is_shown = report.is_shown
            question.answered.set()

    async def log(self, device: str) -> Log:
        """What the device noted lately. Raises `Silent`."""
        question, is_complete = await self._ask(device, SendLog)
        if not question.pieces:
            raise Silent(device)
        pieces = [question.pieces[number] for number in sorted(question.pieces)]
        lines = [Line(line.at_ms, line.text) for piece in pieces for line in piece.lines]
        return Log(lines, is_complete)

    async def locate(self, device: str, seconds: int) -> bool:
        """Whether the device shows where it is; false when it has nothing to show it with. Raises `Silent`."""
        question, is_answered = await self._ask(device, Locate, seconds=seconds)
        if not is_answered:
            raise Silent(device)
        return question.is_shown

    async def _ask(self, device: str, act: type[Act], **facts: Any) -> tuple[_Question, bool]:
        """(what came, whether it was all in time)."""
        key = device, secrets.token_hex(8)
        question = self._questions[key] = _Question()
        message = act(id=key[1], expires_at_ms=self._clock_ms() + LATE_MS, **facts)
        try:
            self._publish(topics.down(self._site, device, act.name), message.encode(), act.qos, False)
            await asyncio.wait_for(question.answered.wait(), self._answer_s)
        except TimeoutError:
            return question, False
        finally:
            del self._questions[key]
        return question, True
