"""Who booked is expected, checks in, and is called when it is time; who does not come is told as missed."""

import pytest

from hub.engine.requests import BookAppointment, CancelAppointment, TakeTicket, TurnDay
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


def test_who_booked_checks_in_and_is_called_before_those_who_came_without():
    day = HallDay()
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=5)
    assert [day.takes("invoices"), day.takes("invoices")] == ["A001", "A002"]
    assert day.checks_in("li", "li-invoices") == "A003"
    day.minutes_pass(6)
    assert [day.calls("tax-1"), day.passes("tax-1", "A003"), day.calls("tax-1")] == ["A003", "TicketPassed", "A001"]
    assert (day.ticket("A003").booked, day.ticket("A003").appointment) == (True, "li-invoices")


def test_before_the_time_of_the_appointment_it_has_no_precedence_but_nobody_idles():
    day = HallDay()
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=20)
    assert day.checks_in("li", "li-invoices") == "A001"
    assert day.takes("invoices") == "A002"
    assert [day.calls("tax-1"), day.finishes("tax-1", "A002"), day.calls("tax-1")] == [
        "A002",
        "TicketServed TicketFinished",
        "A001",
    ]


def test_the_booked_are_called_in_the_order_of_their_times_not_of_their_coming():
    day = HallDay()
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=25)
    day.books("wu", "invoices", starts_in_min=10)
    assert [day.checks_in("li", "li-invoices"), day.checks_in("wu", "wu-invoices")] == ["A001", "A002"]
    day.minutes_pass(30)
    assert day.calls("tax-1") == "A002"


def test_too_early_is_refused_and_too_late_is_a_ticket_without_precedence():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=31)
    assert day.checks_in("li", "li-invoices") == "appointment.early"
    day.minutes_pass(1)
    day.books("wu", "invoices", starts_in_min=0, lasts_min=10)
    day.minutes_pass(26)
    assert day.checks_in("wu", "wu-invoices") == "A001"
    assert not day.ticket("A001").booked
    assert day.checks_in("li", "li-invoices") == "A002"
    assert day.ticket("A002").booked


def test_a_site_may_refuse_those_who_are_late():
    day = HallDay(small_plan(late_appointment="refuse", checkin_late_min=0))
    day.books("li", "invoices", starts_in_min=0, lasts_min=10)
    day.minutes_pass(11)
    assert day.checks_in("li", "li-invoices") == "appointment.late"


def test_nobody_who_booked_queues_anew():
    """Reason 212 of a poor rating: booked online, then made to take a number and queue in the hall."""
    day = HallDay()
    day.books("li", "invoices", starts_in_min=10)
    assert day.takes("invoices", visitor="li") == "A001"
    assert day.ticket("A001").booked
    assert day.site.appointments["li-invoices"].state == "checked_in"
    assert day.takes("invoices", visitor="li") == "TicketReprinted"
    assert day.checks_in("li", "li-invoices") == "TicketReprinted"


def test_who_came_too_early_and_took_a_ticket_keeps_it():
    day = HallDay()
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=40)
    assert [day.takes("invoices"), day.takes("invoices", visitor="li")] == ["A001", "A002"]
    day.minutes_pass(41)
    assert day.checks_in("li", "li-invoices") == "AppointmentCheckedIn TicketBooked"
    assert day.calls("tax-1") == "A002"
    assert day.checks_in("li", "li-invoices") == "TicketReprinted"


def test_who_came_too_early_and_asks_again_when_it_is_time_is_checked_in():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=40)
    assert day.takes("invoices", visitor="li") == "A001"
    day.minutes_pass(20)
    day.ask_for(TakeTicket, "kiosk-tax", service="invoices", visitor="li")
    assert (day.site.appointments["li-invoices"].state, day.ticket("A001").booked) == ("checked_in", True)
    assert day.takes("invoices", visitor="li") == "TicketReprinted"


def test_who_comes_too_late_and_takes_a_ticket_is_checked_in_without_precedence():
    """Given an appointment that is over, when its visitor takes a ticket for it, then nobody says they never came."""
    day = HallDay()
    day.books("li", "invoices", starts_in_min=0, lasts_min=10)
    day.minutes_pass(120)
    assert day.takes("invoices", visitor="li") == "A001"
    assert (day.ticket("A001").booked, day.ticket("A001").appointment) == (False, "li-invoices")
    assert ends(day) == "TicketExpired DayTurned"


def test_of_two_appointments_for_the_same_the_one_whose_time_it_is_counts():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=0, lasts_min=10, name="early")
    day.books("li", "invoices", starts_in_min=60, name="now")
    day.minutes_pass(60)
    assert day.takes("invoices", visitor="li") == "A001"
    assert (day.ticket("A001").booked, day.ticket("A001").appointment) == (True, "now")


@pytest.mark.parametrize("minutes", [-45, 120], ids=["too early", "too late"])
def test_who_came_at_another_time_and_was_served_did_not_stay_away(minutes: int):
    """Given a site that refuses who is late, when somebody takes a ticket too early or too late and is served, then at
    the end of the day the appointment counts as kept, with that ticket."""
    day = HallDay(small_plan(late_appointment="refuse"))
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=-minutes, lasts_min=10)
    assert day.takes("invoices", "kiosk-tax", visitor="li") == "A001"
    assert day.ticket("A001").appointment == ""
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    assert ends(day) == "AppointmentCheckedIn WindowClosed DayTurned"
    came = day.journal[-1].events[0]
    assert (came.appointment, came.ticket, came.kiosk) == ("li-invoices", "20261122-A001", "kiosk-tax")


def test_who_was_sent_on_to_another_service_came_for_the_first_one():
    day = HallDay()
    day.opens("tax-1")
    day.books("li", "invoices", starts_in_min=60)
    day.takes("invoices", visitor="li")
    day.calls("tax-1")
    day.transfers("tax-1", "A001", to_service="certificates")
    assert ends(day) == "TicketExpired AppointmentCheckedIn WindowClosed DayTurned"


def test_who_came_for_something_else_or_on_another_day_was_missed():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=60)
    day.books("wu", "invoices", starts_in_min=1440)
    assert [day.takes("certificates", visitor="li"), day.takes("invoices", visitor="wu")] == ["B001", "A001"]
    assert ends(day) == "TicketExpired TicketExpired AppointmentMissed DayTurned"
    day.at_ms = day.site.day_ends_at_ms
    assert ends(day) == "AppointmentMissed DayTurned"


def ends(day: HallDay) -> str:
    """What the end of the day leads to."""
    return day.ask(TurnDay(at_ms=day.site.day_ends_at_ms, by="hub"))


def test_nobody_checks_in_for_another():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=10)
    assert day.checks_in("wu", "li-invoices") == "appointment.unknown"
    assert day.checks_in("li", "roof") == "appointment.unknown"


def test_what_is_booked_may_be_changed_and_cancelled_until_the_visitor_came():
    day = HallDay()
    assert day.books("li", "invoices", starts_in_min=10) == "DayTurned AppointmentBooked"
    again = day.site.appointments["li-invoices"]
    told_again = BookAppointment(
        at_ms=day.at_ms,
        by="platform",
        appointment=again.id,
        visitor="li",
        service="invoices",
        starts_at_ms=again.starts_at_ms,
        ends_at_ms=again.ends_at_ms,
    )
    assert day.ask(told_again) == ""
    assert day.books("li", "notary", starts_in_min=20, name="li-invoices") == "AppointmentChanged"
    assert day.books("wu", "notary", starts_in_min=20, name="li-invoices") == "appointment.unknown"
    assert day.ask_for(CancelAppointment, "platform", appointment="li-invoices") == "AppointmentCancelled"
    assert day.checks_in("li", "li-invoices") == "appointment.cancelled"
    assert day.books("li", "notary", starts_in_min=20, name="li-invoices") == "appointment.cancelled"
    assert day.ask_for(CancelAppointment, "platform", appointment="li-invoices") == "appointment.cancelled"
    assert day.ask_for(CancelAppointment, "platform", appointment="roof") == "appointment.unknown"


def test_impossible_appointments_are_refused():
    day = HallDay()
    assert day.books("li", "roof", starts_in_min=10) == "service.unknown"
    assert day.books("li", "invoices", starts_in_min=10, lasts_min=0) == "appointment.times"
    assert day.books("li", "invoices", starts_in_min=-2 * 1440) == "appointment.times"


def test_another_day_s_appointment_waits_for_its_day():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=1440)
    day.books("wu", "invoices", starts_in_min=10)
    assert day.checks_in("li", "li-invoices") == "appointment.other_day"
    assert day.ask(TurnDay(at_ms=day.site.day_ends_at_ms, by="hub")) == "AppointmentMissed DayTurned"
    assert (list(day.site.appointments), list(day.site.booked)) == (["li-invoices"], ["li"])
    day.at_ms += DAY_MS
    assert day.checks_in("li", "li-invoices") == "A001"


def test_who_was_expected_while_the_building_was_closed_for_days_is_missed_too():
    day = HallDay()
    day.books("li", "invoices", starts_in_min=1440)
    day.books("wu", "invoices", starts_in_min=3 * 1440)
    day.at_ms += 3 * DAY_MS
    assert day.ask(TurnDay(at_ms=day.at_ms, by="hub")) == "AppointmentMissed DayTurned"
    assert list(day.site.appointments) == ["wu-invoices"]


def test_the_same_person_has_one_open_ticket_per_service():
    day = HallDay()
    day.opens("tax-1")
    assert [day.takes("invoices", visitor="li"), day.takes("certificates", visitor="li")] == ["A001", "B001"]
    assert day.takes("invoices", visitor="li") == "TicketReprinted"
    assert day.takes("invoices", visitor="wu") == "A002"
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    assert day.takes("invoices", visitor="li") == "A003"


def test_a_group_has_one_ticket_up_to_a_size():
    day = HallDay()
    assert day.takes("invoices", persons=12) == "A001"
    assert day.ticket("A001").persons == 12
    assert day.takes("invoices", persons=51) == "group.size"


def test_a_site_may_want_a_reason_for_other_priorities():
    day = HallDay(small_plan(priority_reason=True))
    assert day.takes("invoices", priority="other") == "priority.reason"
    assert day.takes("invoices", priority="other", reason="轮椅") == "A001"
    assert day.ticket("A001").reason == "轮椅"
    assert day.takes("invoices", priority="elderly") == "A002"
