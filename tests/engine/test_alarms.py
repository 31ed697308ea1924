"""Help buttons: no alarm is missed, and only a person ends one."""

from hub.engine.alarms import CLOSED_KEPT
from hub.engine.effects import Refresh
from hub.engine.requests import AcknowledgeAlarm, CloseAlarm
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


def test_an_alarm_outlives_the_day():
    day = HallDay()
    day.presses("help-tax")
    day.at_ms += 86_400_000
    day.presses("help-law")
    assert [alarm.device for alarm in open_alarms(day)] == ["help-tax", "help-law"]


def test_a_button_that_is_not_of_the_site_is_told_so():
    assert HallDay().presses("help-roof") == "device.unknown"
