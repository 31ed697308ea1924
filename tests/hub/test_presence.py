"""Presence: wills are believed at once, silence after three heartbeats, and any word brings a device back."""

from firmware.kinds import KINDS
from firmware.wire.messages.device import Heartbeat, Hello, State
from hub.presence import MISSES, Presence
from tests.engine.small_site import small_plan

PLAN = small_plan()
BUTTON = PLAN.device["help-tax"]
START_MS = 1_000_000
PATIENCE_MS = MISSES * KINDS["help_button"].heartbeat_s * 1000


def beat(boot: str = "b1") -> Heartbeat:
    return Heartbeat(boot=boot, uptime_s=5, version="1", waiting=0, errors=0)


def test_a_hello_brings_a_device_and_a_second_one_changes_nothing() -> None:
    presence = Presence(PLAN, {}, START_MS)
    came = presence.take(BUTTON, Hello(boot="b1", kind="help_button", version="1"), START_MS)
    assert came is not None
    assert (came.device, came.is_online) == ("help-tax", True)
    assert presence.take(BUTTON, beat(), START_MS + 1) is None


def test_a_last_will_is_believed_at_once_but_not_that_of_an_earlier_life() -> None:
    presence = Presence(PLAN, {}, START_MS)
    presence.take(BUTTON, beat("b2"), START_MS)
    assert presence.take(BUTTON, State(online=False, boot="b1"), START_MS + 1) is None
    left = presence.take(BUTTON, State(online=False, boot="b2"), START_MS + 2)
    assert left is not None
    assert not left.is_online


def test_a_heartbeat_after_a_will_brings_the_device_back() -> None:
    presence = Presence(PLAN, {}, START_MS)
    presence.take(BUTTON, beat(), START_MS)
    presence.take(BUTTON, State(online=False, boot="b1"), START_MS)
    came = presence.take(BUTTON, beat(), START_MS + 1)
    assert came is not None
    assert came.is_online


def test_a_retained_online_proves_nothing() -> None:
    presence = Presence(PLAN, {}, START_MS)
    assert presence.take(BUTTON, State(online=True, boot="b1"), START_MS) is None
    assert not presence.seen["help-tax"].is_online


def test_silence_is_believed_after_three_heartbeats_and_told_once() -> None:
    presence = Presence(PLAN, {}, START_MS)
    presence.take(BUTTON, beat(), START_MS)
    assert presence.overdue(START_MS + PATIENCE_MS) == []
    (left,) = presence.overdue(START_MS + PATIENCE_MS + 1)
    assert (left.device, left.is_online) == ("help-tax", False)
    assert presence.overdue(START_MS + PATIENCE_MS + 2) == []


def test_after_a_restart_those_who_were_there_have_time_to_speak() -> None:
    presence = Presence(PLAN, {"help-tax": True}, START_MS)
    assert presence.overdue(START_MS + PATIENCE_MS) == []
    assert [note.device for note in presence.overdue(START_MS + PATIENCE_MS + 1)] == ["help-tax"]


def test_a_hub_whose_clock_is_set_loses_no_device() -> None:
    presence = Presence(PLAN, {}, START_MS)
    presence.take(BUTTON, beat(), START_MS)
    presence.clock_was_set(3_600_000)
    assert presence.overdue(START_MS + 3_600_000 + PATIENCE_MS) == []
    assert len(presence.overdue(START_MS + 3_600_000 + PATIENCE_MS + 1)) == 1


def test_what_a_heartbeat_tells_of_the_link_is_kept() -> None:
    presence = Presence(PLAN, {}, START_MS)
    told = {"reset_cause": "watchdog", "reconnects": 2, "drop": "no answer", "answer_ms": 7, "signal_dbm": -61}
    beat = Heartbeat(boot="b1", uptime_s=5, version="1", waiting=0, errors=0, **told)
    presence.take(BUTTON, beat, START_MS)
    assert {key: getattr(presence.seen["help-tax"], key) for key in told} == told
