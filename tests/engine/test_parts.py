"""Parts fail and recover; only changes are events."""

from hub.engine.requests import NotePart
from tests.engine.hall_day import HallDay


def test_only_changes_count():
    day = HallDay()
    said = [
        ("", "DayTurned"),
        ("paper_low", "PartFailed"),
        ("paper_low", ""),
        ("paper_out", "PartFailed"),
    ]
    for fault, becomes in said:
        assert day.ask_for(NotePart, "kiosk-law", part="printer", fault=fault) == becomes
    assert day.site.parts == {"kiosk-law": {"printer": "paper_out"}}


def test_a_part_that_is_well_again_leaves_nothing_behind():
    day = HallDay()
    for part in ("printer", "screen"):
        day.ask_for(NotePart, "kiosk-law", part=part, fault="unplugged")
    assert day.ask_for(NotePart, "kiosk-law", part="printer", fault="") == "PartRecovered"
    assert day.site.parts == {"kiosk-law": {"screen": "unplugged"}}
    assert day.ask_for(NotePart, "kiosk-law", part="screen", fault="") == "PartRecovered"
    assert day.site.parts == {}


def test_a_device_outside_the_site_has_no_parts():
    assert HallDay().ask_for(NotePart, "kiosk-roof", part="printer", fault="jam") == "device.unknown"
