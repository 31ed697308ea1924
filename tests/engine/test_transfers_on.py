"""Sent on: to come back, or for later; and one visitor is never asked to two windows."""

from hub.engine.clock import is_due
from hub.engine.requests import LookAtClock
from tests.engine.hall_day import HallDay


def hall(*takes: str) -> HallDay:
    day = HallDay()
    day.opens("tax-1", "tax-2", "law-1")
    for service in takes:
        day.takes(service)
    return day


def test_who_was_sent_to_another_window_comes_back_and_is_the_next_there():
    day = hall("invoices", "invoices")
    day.calls("tax-1")
    assert day.transfers("tax-1", "A001", to_service="notary", comes_back=True) == "TicketTransferred"
    assert [day.calls("law-1"), day.calls("tax-1")] == ["A001", "A002"]
    assert day.finishes("law-1", "A001") == "TicketServed TicketReturned"
    assert (day.ticket("A001").service, day.ticket("A001").window) == ("invoices", "tax-1")
    day.takes("invoices", priority="elderly")
    day.finishes("tax-1", "A002")
    assert day.calls("tax-1") == "A003"  # a priority still goes first
    day.finishes("tax-1", "A003")
    assert day.calls("tax-1") == "A001"
    assert day.finishes("tax-1", "A001") == "TicketServed TicketFinished"


def test_who_comes_back_to_a_closed_window_waits_for_its_service():
    day = hall("certificates")
    day.calls("tax-2")
    day.transfers("tax-2", "B001", to_service="notary", comes_back=True)
    day.closes("tax-2")
    day.calls("law-1")
    day.serves("law-1", "B001")
    assert day.finishes("law-1", "B001") == "TicketReturned"
    assert (day.ticket("B001").service, day.ticket("B001").window) == ("certificates", "")
    assert day.calls("tax-1") == "B001"


def test_who_was_sent_for_later_joins_the_line_then():
    day = hall("invoices")
    day.calls("tax-1")
    assert day.transfers("tax-1", "A001", to_service="certificates", after_min=20) == "TicketTransferred"
    assert day.transfers("tax-1", "A001", to_service="certificates", after_min=601) != "TicketTransferred"
    assert (day.calls("tax-2"), day.reprints("A001")) == ("queue.empty", "TicketReprinted")
    day.minutes_pass(19)
    assert not is_due(day.plan, day.site, day.at_ms)
    day.minutes_pass(1)
    day.takes("certificates")
    assert is_due(day.plan, day.site, day.at_ms)
    assert day.ask_for(LookAtClock, "hub") == "TicketReleased"
    assert day.site.later == {}
    assert [day.calls("tax-2"), day.calls("tax-1")] == ["B001", "A001"]


def test_who_was_sent_for_later_to_a_window_that_closed_waits_for_the_service():
    day = hall("certificates")
    day.calls("tax-1")
    day.transfers("tax-1", "B001", to_window="tax-2", after_min=10)
    day.closes("tax-2")
    day.minutes_pass(11)
    day.ask_for(LookAtClock, "hub")
    assert day.calls("tax-1") == "B001"


def test_when_a_transfer_may_be_is_checked():
    day = hall("invoices")
    day.calls("tax-1")
    for minutes in (-1, 601):
        assert day.transfers("tax-1", "A001", to_service="notary", after_min=minutes) == "transfer.when"


def test_one_visitor_with_two_tickets_is_never_asked_to_two_windows():
    day = hall()
    day.takes("invoices", visitor="li")
    day.takes("certificates", visitor="li")
    day.takes("certificates")
    assert day.calls("tax-1") == "A001"
    assert day.calls("tax-2") == "B002"  # B001 is at window 1 with A001
    day.finishes("tax-2", "B002")
    assert day.calls("tax-2") == "queue.empty"
    day.finishes("tax-1", "A001")
    assert day.calls("tax-2") == "B001"


def test_several_services_in_one_visit_without_a_card():
    day = hall()
    day.takes("invoices")
    assert day.takes("certificates", visit=day.id_of("A001")) == "B001"
    assert day.takes("certificates", visit=day.id_of("A009")) == "visit.unknown"
    assert day.takes("certificates", visit=day.id_of("A001"), visitor="li") == "visit.unknown"
    day.calls("tax-1")
    assert day.calls("tax-2") == "queue.empty"
    day.holds("tax-1", "A001")
    assert day.calls("tax-2") == "B001"
    assert day.resumes("tax-1", "A001") == "visitor.elsewhere"
    day.finishes("tax-2", "B001")
    assert day.resumes("tax-1", "A001").startswith("TicketResumed")


def test_what_is_taken_back_stays_part_of_the_visit():
    day = hall()
    day.takes("invoices")
    day.calls("tax-1")
    day.takes("certificates", visit=day.id_of("A001"))
    day.undoes("tax-1", "A001")
    assert day.calls("tax-2") == "B001"
    assert day.calls("tax-1") == "queue.empty"
