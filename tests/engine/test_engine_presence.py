"""Devices come and go; only changes are events."""

from hub.engine.requests import NoteDevice
from tests.engine.hall_day import HallDay


def test_only_changes_count():
    day = HallDay()
    said = [(False, "DayTurned"), (True, "DeviceCame"), (True, ""), (False, "DeviceLeft"), (False, "")]
    for is_online, becomes in said:
        assert day.ask_for(NoteDevice, "hub", device="help-tax", is_online=is_online) == becomes
    assert day.site.online == {"help-tax": False}


def test_a_device_outside_the_site_is_not_noted():
    assert HallDay().ask_for(NoteDevice, "hub", device="help-roof", is_online=True) == "device.unknown"
