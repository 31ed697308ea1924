"""How loud a channel is by the hour, and what no hour may soften."""

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from firmware.wire.messages.speech import CALL, EMERGENCY, NOTICE, PAGE, SHOUT
from hub.effects.volume import volume_of
from hub.engine.plan import Channel
from hub.provision.boards import board
from tests.engine.small_site import small_plan

PLAN = small_plan()
CHANNEL = Channel(id="pa", amplifier="amplifier", halls=("tax",), volume=90, volumes=("14:00 80", "12:30 40"))
MIDNIGHT_MS = int(datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=8))).timestamp() * 1000)


@pytest.mark.parametrize(
    ("clock", "percent"),
    [((0, 0), 80), ((12, 29), 80), ((12, 30), 40), ((13, 59), 40), ((14, 0), 80), ((23, 59), 80)],
)
def test_the_newest_hour_says(clock: tuple[int, int], percent: int) -> None:
    at_ms = MIDNIGHT_MS + (clock[0] * 60 + clock[1]) * 60_000
    assert volume_of(PLAN, CHANNEL, CALL, at_ms) == percent


@pytest.mark.parametrize(("priority", "percent"), [(EMERGENCY, 100), (SHOUT, 100), (PAGE, 40), (NOTICE, 40)])
def test_an_emergency_is_as_loud_as_can_be(priority: int, percent: int) -> None:
    assert volume_of(PLAN, CHANNEL, priority, MIDNIGHT_MS + 13 * 3_600_000) == percent


def test_without_hours_it_is_what_the_channel_says() -> None:
    plain: Any = msgspec.structs.replace(CHANNEL, volumes=())
    assert volume_of(PLAN, plain, CALL, MIDNIGHT_MS) == 90


def test_the_amplifier_is_told_which_terminals_it_feeds() -> None:
    fed = msgspec.structs.replace(PLAN.channels[0], multicast="239.1.2.3:16000")
    plan = msgspec.structs.replace(PLAN, channels=(fed, *PLAN.channels[1:]))
    told = board(plan, plan.device[fed.amplifier], {}, "k", "/data", "1")["settings"]
    assert told["multicast"] == "239.1.2.3:16000"
    assert "multicast" not in board(PLAN, PLAN.device[fed.amplifier], {}, "k", "/data", "1")["settings"]
