"""Help buttons: no alarm is missed, and only a person ends one."""

import pytest

from hub.engine.alarms import CLOSED_KEPT, TAMPERING
from hub.engine.effects import Refresh
from hub.engine.requests import AcknowledgeAlarm, CloseAlarm, NotePart, RaiseAlarm
from tests.engine.hall_day import HallDay


def open_alarms(day):
    return [alarm for alarm in day.site.alarms.values() if alarm.state != "closed"]


def test_raised_acknowledged_closed():
    day = HallDay()
    assert day.presses("help-tax") == "DayTurned AlarmRaised"
    assert Refresh(device="help-tax", message="show/alarm") in day.effects
    (alarm,) = open_alarms(day)
    assert day.ask_for(CloseAlarm, "admin", alarm=alarm.id) == "alarm.not_acknowledged"
    assert day.ask_for(AcknowledgeAlarm, "admin", alarm=alarm.id) == "AlarmAcknowledged"
    assert day.ask_for(AcknowledgeAlarm, "admin", alarm=alarm.id) == "alarm.acknowledged"
    assert day.ask_for(CloseAlarm, "admin", alarm=alarm.id, note="已处理") == "AlarmClosed"
    assert day.ask_for(CloseAlarm, "admin", alarm=alarm.id) == "alarm.closed"
    closed = day.site.alarms[alarm.id]
    assert (closed.state, closed.acknowledged_by, closed.closed_by, closed.note) == (
        "closed",
        "admin",
        "admin",
        "已处理",
    )
    assert day.ask_for(AcknowledgeAlarm, "admin", alarm="20261122-99") == "alarm.unknown"


def test_the_journal_says_how_long_the_button_was_held():
    day = HallDay()
    assert day.ask_for(RaiseAlarm, "help-tax", held_ms=700) == "DayTurned AlarmRaised"
    assert day.journal[-1].events[-1].held_ms == 700


def test_a_button_has_one_open_alarm_however_often_it_is_pressed():
    day = HallDay()
    day.presses("help-tax")
    day.presses("help-law")
    assert day.presses("help-tax") == "AlarmPressedAgain"
    assert [(alarm.device, alarm.presses) for alarm in open_alarms(day)] == [("help-tax", 2), ("help-law", 1)]


def test_after_closing_the_button_raises_a_new_one():
    day = HallDay()
    for _ in range(CLOSED_KEPT + 10):
        day.presses("help-tax")
        (alarm,) = open_alarms(day)
        day.ask_for(AcknowledgeAlarm, "admin", alarm=alarm.id)
        day.ask_for(CloseAlarm, "admin", alarm=alarm.id)
    day.presses("help-tax")
    assert len(day.site.alarms) == CLOSED_KEPT + 1
    raised = [event.alarm for entry in day.journal for event in entry.events if type(event).__name__ == "AlarmRaised"]
    assert len(set(raised)) == CLOSED_KEPT + 11
    assert list(day.site.alarms) == raised[10:]


def tampers(day, device, fault):
    return day.ask_for(NotePart, device, part="button", fault=fault)


def end(day, alarm):
    assert day.ask_for(AcknowledgeAlarm, "admin", alarm=alarm.id) == "AlarmAcknowledged"
    return day.ask_for(CloseAlarm, "admin", alarm=alarm.id)


@pytest.mark.parametrize("fault", TAMPERING)
def test_who_is_at_a_buttons_case_or_wire_raises_an_alarm_of_its_own(fault):
    day = HallDay()
    day.presses("help-tax")
    assert tampers(day, "help-tax", fault) == "PartFailed AlarmRaised"
    pressed, tampered = open_alarms(day)
    assert (pressed.cause, tampered.cause, tampered.device) == ("press", fault, "help-tax")
    assert day.presses("help-tax") == "AlarmPressedAgain", "help is still called for"
    assert end(day, tampered) == "alarm.tampered", "not before it is mended"
    assert end(day, pressed) == "AlarmClosed"
    assert tampers(day, "help-tax", "") == "PartRecovered"
    assert [alarm.id for alarm in open_alarms(day)] == [tampered.id], "latched: a person ends it"
    assert day.ask_for(CloseAlarm, "admin", alarm=tampered.id) == "AlarmClosed"
    assert tampers(day, "help-tax", fault) == "PartFailed AlarmRaised"


def test_the_same_hand_at_case_and_wire_is_one_alarm():
    day = HallDay()
    assert tampers(day, "help-tax", "tampered") == "DayTurned PartFailed AlarmRaised"
    assert tampers(day, "help-tax", "loop_open") == "PartFailed"
    assert tampers(day, "help-tax", "loop_open") == ""
    assert len(open_alarms(day)) == 1


def test_other_faults_and_other_devices_raise_none():
    day = HallDay()
    assert tampers(day, "help-tax", "broken") == "DayTurned PartFailed"
    assert day.ask_for(NotePart, "kiosk-law", part="printer", fault="tampered") == "PartFailed"
    assert open_alarms(day) == []


def test_an_alarm_outlives_the_day():
    day = HallDay()
    day.presses("help-tax")
    day.at_ms += 86_400_000
    day.presses("help-law")
    assert [alarm.device for alarm in open_alarms(day)] == ["help-tax", "help-law"]


def test_a_button_that_is_not_of_the_site_is_told_so():
    assert HallDay().presses("help-roof") == "device.unknown"
