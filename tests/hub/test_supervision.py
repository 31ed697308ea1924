"""Supervision: a question to a device and its answer, in pieces, late, or never."""

import asyncio

import pytest

from firmware.wire.messages.device_log import LogLine, LogPiece, SendLog
from firmware.wire.messages.locate import Locate, Locating
from hub.supervision import Silent, Supervision

NOW_MS = 1_795_000_000_000


class Device:
    """Answers with these reports what is published to it."""

    def __init__(self, *answers: object, answer_s: float = 5.0) -> None:
        self.supervision = Supervision("doumen", self.publish, lambda: NOW_MS, answer_s)
        self.asked: list[tuple[str, bytes, int, bool]] = []
        self._answers = answers

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        self.asked.append((topic, payload, qos, retain))
        act = (SendLog if topic.endswith("logs") else Locate).decode(payload).id
        for answer in self._answers:
            made = answer(act)  # type: ignore[operator]
            asyncio.get_running_loop().call_soon(self.supervision.take, "strip-1", made)


def piece(number: int, pieces: int, *texts: str) -> object:
    lines = [LogLine(at_ms=NOW_MS + i, text=text) for i, text in enumerate(texts)]
    return lambda act: LogPiece(boot="b", act=act, piece=number, pieces=pieces, lines=lines)


def test_the_pieces_of_a_log_are_put_in_order() -> None:
    device = Device(piece(1, 2, "c"), piece(0, 2, "a", "b"), piece(0, 2, "a", "b"))
    log = asyncio.run(device.supervision.log("strip-1"))
    assert ([line.text for line in log.lines], log.is_complete) == (["a", "b", "c"], True)
    topic, payload, qos, retain = device.asked[0]
    assert (topic, qos, retain) == ("hall/v1/doumen/strip-1/down/device/logs", 0, False)
    assert SendLog.decode(payload).expires_at_ms > NOW_MS


def test_a_lost_piece_is_told_and_silence_is_an_error() -> None:
    log = asyncio.run(Device(piece(1, 2, "c"), answer_s=0.05).supervision.log("strip-1"))
    assert ([line.text for line in log.lines], log.is_complete) == (["c"], False)
    with pytest.raises(Silent):
        asyncio.run(Device(answer_s=0.05).supervision.log("strip-1"))
    with pytest.raises(Silent):
        asyncio.run(Device(answer_s=0.05).supervision.locate("strip-1", 5))


def test_an_empty_log_is_a_log() -> None:
    assert asyncio.run(Device(piece(0, 1)).supervision.log("strip-1")).lines == []


def test_the_answer_of_another_device_or_to_another_question_is_not_ours() -> None:
    device = Device(lambda act: Locating(boot="b", act="other", is_shown=True), answer_s=0.05)
    with pytest.raises(Silent):
        asyncio.run(device.supervision.locate("strip-1", 5))
    device = Device(lambda act: Locating(boot="b", act=act, is_shown=True), answer_s=0.05)
    with pytest.raises(Silent):
        asyncio.run(device.supervision.locate("strip-2", 5))
    assert asyncio.run(device.supervision.locate("strip-1", 5)) is True
