"""Who sits where: one clerk at one window, one clerk at a window."""

from msgspec import structs

from hub.engine.plan import Staff
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


def test_one_clerk_is_at_one_window():
    day = HallDay()
    assert day.signs_in("tax-1", "c7") == "DayTurned StaffSignedIn"
    assert day.signs_in("tax-1", "c7") == ""
    assert day.signs_in("tax-2", "c7") == "staff.elsewhere"
    assert day.signs_in("tax-1", "c8") == "staff.other"
    assert day.signs_out("tax-1") == "StaffSignedOut"
    assert day.signs_in("tax-2", "c7") == "StaffSignedIn"
    assert day.signs_out("tax-1") == "staff.nobody"
    assert (day.signs_in("tax-9", "c9"), day.signs_out("tax-9")) == ("window.unknown", "window.unknown")


def test_a_site_that_lists_its_staff_knows_nobody_else():
    day = HallDay(structs.replace(small_plan(), staff=(Staff(id="c7", name="陈"),)))
    assert day.signs_in("tax-1", "c8") == "staff.unknown"
    assert day.signs_in("tax-1", "c7").endswith("StaffSignedIn")


def test_a_site_may_open_windows_only_for_those_who_signed_in():
    day = HallDay(small_plan(sign_in=True))
    assert day.opens("tax-1") == "staff.nobody"
    day.signs_in("tax-1", "c7")
    assert day.opens("tax-1") == "WindowOpened"


def test_who_closes_the_window_has_gone_and_nobody_goes_with_a_visitor_there():
    day = HallDay()
    day.signs_in("tax-1", "c7")
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert day.signs_out("tax-1") == "window.busy"
    day.finishes("tax-1", "A001")
    assert day.closes("tax-1") == "WindowClosed StaffSignedOut"
    assert day.site.staff == {}


def test_at_night_everybody_goes():
    day = HallDay()
    day.signs_in("tax-1", "c7")
    day.at_ms += DAY_MS
    assert day.signs_in("tax-2", "c7") == "DayTurned StaffSignedIn"
