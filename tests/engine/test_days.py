"""Midnight: numbers start again, nobody is left in yesterday's line, and the clock may lie."""

from hub.engine.requests import NoteDevice, TurnDay
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, MORNING_MS, small_plan

MIDNIGHT_MS = MORNING_MS + 15 * 3_600_000  # from 09:00


def busy_day():
    """A001 finished, A002 at window 1, A003 held there, A004 and B001 (sent to window 2) wait."""
    day = HallDay()
    day.opens("tax-1", "tax-2")
    for _ in range(3):
        day.takes("invoices")
    day.takes("certificates")
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    day.calls("tax-1")
    day.holds("tax-1", "A002")
    day.calls("tax-1")
    day.calls("tax-2")
    day.transfers("tax-2", "B001", to_window="tax-1")
    day.takes("invoices")
    return day


def test_the_day_is_that_of_the_site_s_clock():
    day = HallDay(at_ms=MIDNIGHT_MS - 2000)
    assert (day.takes("invoices"), day.site.day, day.site.day_ends_at_ms) == ("A001", "20261122", MIDNIGHT_MS)
    assert (day.takes("invoices"), day.site.day) == ("A001", "20261123")
    london = HallDay(small_plan(utc_offset_min=0), at_ms=MIDNIGHT_MS)
    assert (london.takes("invoices"), london.site.day) == ("A001", "20261122")


def test_at_midnight_whoever_still_waits_has_waited_in_vain():
    day = busy_day()
    open_tickets = [ticket.id for ticket in day.site.tickets.values() if ticket.state != "finished"]
    assert len(open_tickets) == 4
    day.ask(TurnDay(at_ms=MIDNIGHT_MS, by="hub"))
    events = day.journal[-1].events
    assert [event.ticket for event in events if type(event).__name__ == "TicketExpired"] == open_tickets
    assert [type(event).__name__ for event in events[4:]] == [
        "AnnouncementWithdrawn",
        "WindowClosed",
        "WindowClosed",
        "DayTurned",
    ]
    site = day.site
    assert (site.day, site.tickets, site.services, site.windows, site.calls) == ("20261123", {}, {}, {}, {})


def test_the_first_request_of_the_day_turns_it_and_is_decided_in_it():
    day = busy_day()
    day.at_ms = MIDNIGHT_MS
    assert day.takes("invoices") == "A001"
    assert [type(event).__name__ for event in day.journal[-1].events[-2:]] == ["DayTurned", "TicketTaken"]
    assert list(day.site.tickets) == ["20261123-A001"]


def test_yesterday_s_window_and_ticket_are_over():
    day = busy_day()
    yesterday = day.id_of("A002")
    day.at_ms = MIDNIGHT_MS
    assert day.calls("tax-1") == "window.closed"
    assert day.site.day == "20261122"  # a refusal turns no day
    day.takes("invoices")
    assert yesterday not in day.site.tickets
    assert day.recalls("tax-1", "A002") == "ticket.unknown"
    assert day.rates("tax-1", "A001", 5) == "evaluation.closed"


def test_the_day_turns_once():
    day = busy_day()
    assert day.ask(TurnDay(at_ms=MIDNIGHT_MS - 1, by="hub")) == ""
    assert day.ask(TurnDay(at_ms=MIDNIGHT_MS, by="hub")).endswith("DayTurned")
    assert day.ask(TurnDay(at_ms=MIDNIGHT_MS + 1, by="hub")) == ""


def test_a_request_that_changes_nothing_still_turns_the_day():
    day = HallDay()
    day.ask(NoteDevice(at_ms=MORNING_MS, by="hub", device="amplifier", is_online=True))
    again = NoteDevice(at_ms=MORNING_MS + DAY_MS, by="hub", device="amplifier", is_online=True)
    assert day.ask(again) == "DayTurned"
    assert day.site.online == {"amplifier": True}


def test_a_clock_that_goes_back_turns_no_day_back():
    day = HallDay()
    day.at_ms = MIDNIGHT_MS
    assert day.takes("invoices") == "A001"
    day.at_ms = MORNING_MS
    assert (day.takes("invoices"), day.site.day) == ("A002", "20261123")
    day.opens("tax-1")
    assert [day.calls("tax-1"), day.passes("tax-1", "A001"), day.calls("tax-1")] == ["A001", "TicketPassed", "A002"]


def test_weeks_without_anybody_are_one_turn():
    day = busy_day()
    day.at_ms += 30 * DAY_MS
    day.takes("invoices")
    assert [type(event).__name__ for event in day.journal[-1].events].count("DayTurned") == 1
    assert day.site.day == "20261222"


def test_announcement_names_go_on_counting_over_midnight():
    day = HallDay()
    for _ in range(2):
        day.opens("tax-1")
        day.takes("invoices")
        day.calls("tax-1")
        day.at_ms += DAY_MS
    assert list(day.site.announcements) == ["20261122-1", "20261123-2"]


def test_the_alarm_that_turns_the_day_has_a_name_of_its_own():
    day = HallDay()
    day.presses("help-tax")
    day.at_ms += DAY_MS
    day.presses("help-law")
    assert list(day.site.alarms) == ["20261122-1", "20261123-2"]
