"""A window takes its last act back: within ten seconds, while nothing else happened to that ticket."""

import pytest

from tests.engine.hall_day import HallDay, picture
from tests.engine.small_site import small_plan


@pytest.fixture
def day() -> HallDay:
    """Windows 1 and 2 of the tax hall are open; A001 to A003 and B001 wait."""
    day = HallDay()
    day.opens("tax-1", "tax-2")
    for service in ("invoices", "invoices", "invoices", "certificates"):
        day.takes(service)
    return day


ACTS = {
    "call": lambda day: day.calls("tax-1"),
    "pass": lambda day: day.passes("tax-1", "A001"),
    "serve": lambda day: day.serves("tax-1", "A001"),
    "finish": lambda day: day.finishes("tax-1", "A001"),
    "hold": lambda day: day.holds("tax-1", "A001"),
    "resume": lambda day: day.resumes("tax-1", "A001"),
    "transfer": lambda day: day.transfers("tax-1", "A001", to_service="certificates"),
    "later": lambda day: day.transfers("tax-1", "A001", to_service="certificates", after_min=20),
}


@pytest.mark.parametrize(
    "acts",
    [
        ("call",),
        ("call", "pass"),
        ("call", "serve"),
        ("call", "finish"),
        ("call", "serve", "finish"),
        ("call", "serve", "hold"),
        ("call", "hold", "resume"),
        ("call", "transfer"),
        ("call", "serve", "transfer"),
        ("call", "later"),
    ],
    ids=" ".join,
)
def test_the_last_act_is_taken_back(day: HallDay, acts: tuple[str, ...]) -> None:
    *before, last = acts
    for act in before:
        ACTS[act](day)
    was = picture(day)
    ACTS[last](day)
    assert picture(day) != was
    assert day.undoes("tax-1", "A001") == "ActUndone"
    assert picture(day) == was
    assert day.undoes("tax-1", "A001") == "undo.nothing"  # once


def test_where_no_shows_go_back_into_the_line_that_is_taken_back_too() -> None:
    day = HallDay(small_plan(requeue_times=1, requeue_behind=1))
    day.opens("tax-1")
    day.takes("invoices")
    day.takes("invoices")
    day.calls("tax-1")
    was = picture(day)
    assert day.passes("tax-1", "A001") == "TicketRequeued"
    assert day.undoes("tax-1", "A001") == "ActUndone"
    assert picture(day) == was
    assert day.ticket("A001").passes == 0


def test_after_ten_seconds_it_is_too_late(day: HallDay) -> None:
    day.calls("tax-1")
    day.at_ms += 10_000
    assert day.undoes("tax-1", "A001") == "undo.late"
    day.at_ms -= 2000
    assert day.undoes("tax-1", "A001") == "ActUndone"


def test_how_long_is_the_site_s_choice() -> None:
    """Given a site with three seconds, and one that lets nothing be taken back."""
    for undo_s, becomes in ((3, ["undo.late", "ActUndone"]), (0, ["undo.late", "undo.late"])):
        day = HallDay(small_plan(undo_s=undo_s))
        day.opens("tax-1")
        day.takes("invoices")
        day.calls("tax-1")
        day.at_ms += 3000
        became = [day.undoes("tax-1", "A001")]
        day.at_ms -= 2000
        assert [*became, day.undoes("tax-1", "A001")] == becomes


def test_not_once_something_else_followed(day: HallDay) -> None:
    day.calls("tax-1")
    day.recalls("tax-1", "A001")
    assert day.undoes("tax-1", "A001") == "undo.followed"
    day.calls("tax-2")
    day.finishes("tax-2", "B001")
    day.transfers("tax-1", "A001", to_service="certificates")
    assert day.calls("tax-2") == "A001"
    assert day.undoes("tax-1", "A001") == "undo.followed"


def test_not_once_the_visitor_has_rated(day: HallDay) -> None:
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    day.rates("tax-1", "A001", 5)
    assert day.undoes("tax-1", "A001") == "undo.followed"


def test_only_the_window_s_own_last_act(day: HallDay) -> None:
    assert day.undoes("tax-1", "A001") == "undo.nothing"
    day.calls("tax-1")
    assert day.undoes("tax-2", "A001") == "undo.nothing"
    assert day.undoes("tax-1", "A002") == "undo.nothing"
    assert day.undoes("tax-9", "A001") == "window.unknown"
    day.passes("tax-1", "A001")
    day.closes("tax-1")
    assert day.undoes("tax-1", "A001") == "undo.nothing"


def test_a_visitor_who_went_on_to_another_window_is_not_called_back(day: HallDay) -> None:
    for service in ("invoices", "certificates"):
        day.takes(service, visitor="li")
    day.calls("tax-2")
    day.finishes("tax-2", "B001")
    for number in ("A001", "A002", "A003", "A004"):
        assert day.calls("tax-1") == number
        if number != "A004":
            day.finishes("tax-1", number)
    day.finishes("tax-1", "A004")
    assert day.calls("tax-2") == "B002"
    assert day.undoes("tax-1", "A004") == "visitor.elsewhere"


def test_not_once_the_visitor_took_another_ticket_for_what_it_was() -> None:
    """Given somebody who was sent on and took a ticket for the first service again, then they have no two of it."""
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices", visitor="li")
    day.calls("tax-1")
    day.transfers("tax-1", "A001", to_service="certificates")
    assert day.takes("invoices", visitor="li") == "A002"
    assert day.undoes("tax-1", "A001") == "undo.followed"


def test_what_was_called_is_called_next_again(day: HallDay) -> None:
    assert day.calls("tax-1") == "A001"
    day.undoes("tax-1", "A001")
    assert day.display("tax") == []
    assert day.calls("tax-1") == "A001"
