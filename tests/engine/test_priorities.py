"""The green lane: given by a person to somebody who waits, with a reason, or taken away; and it is told who did it."""

import pytest

from tests.engine.hall_day import HallDay


@pytest.fixture
def day() -> HallDay:
    """Window 1 of the tax hall is open; A001 to A003 wait."""
    day = HallDay()
    day.opens("tax-1", "tax-2")
    for _ in range(3):
        day.takes("invoices")
    return day


def test_who_can_hardly_stand_is_called_next(day: HallDay) -> None:
    """Given three who wait, when the guide gives the last one a priority and says why, then that one is called next."""
    assert day.gives_priority("A003", "disabled", "轮椅", by="wang") == "TicketPrioritised"
    assert [day.calls("tax-1"), day.finishes("tax-1", "A003"), day.calls("tax-1")][::2] == ["A003", "A001"]
    given = next(
        event for entry in day.journal for event in entry.events if type(event).__name__ == "TicketPrioritised"
    )
    assert (given.was, given.priority, given.reason, given.by) == ("none", "disabled", "轮椅", "wang")
    assert (day.ticket("A003").priority, day.ticket("A003").reason) == ("disabled", "轮椅")


def test_among_those_with_a_priority_whoever_came_first_goes_first(day: HallDay) -> None:
    assert day.takes("invoices", priority="elderly") == "A004"
    day.gives_priority("A002", "elderly")
    assert day.calls("tax-1") == "A002"


def test_a_priority_that_is_taken_away_leaves_the_place_of_who_came_then(day: HallDay) -> None:
    day.takes("invoices", priority="elderly")
    day.takes("invoices")
    assert day.gives_priority("A004", "none", "不符合条件") == "TicketPrioritised"
    assert line(day) == ["A001", "A002", "A003", "A004", "A005"]


def test_without_a_reason_nobody_gets_one(day: HallDay) -> None:
    assert day.gives_priority("A003", "elderly", " ") == "priority.reason"
    assert day.gives_priority("A003", "none", "x") == ""  # it has none: nothing changes
    assert day.calls("tax-1") == "A001"


def test_only_of_those_who_wait_or_are_held(day: HallDay) -> None:
    assert day.gives_priority("A009", "elderly") == "ticket.unknown"
    day.calls("tax-1")
    assert day.gives_priority("A001", "elderly") == "ticket.called"
    day.serves("tax-1", "A001")
    assert day.gives_priority("A001", "elderly") == "ticket.serving"
    day.holds("tax-1", "A001")
    assert day.gives_priority("A001", "elderly") == "TicketPrioritised"
    day.resumes("tax-1", "A001")
    day.finishes("tax-1", "A001")
    assert day.gives_priority("A001", "elderly") == "ticket.over"


def test_wherever_somebody_waits(day: HallDay) -> None:
    """In a window's own line, and for later."""
    for number in ("A001", "A002"):
        assert day.calls("tax-1") == number
        day.transfers("tax-1", number, to_service="certificates", after_min=20 if number == "A002" else 0)
    day.calls("tax-2")
    day.transfers("tax-2", "A001", to_window="tax-1")
    for number in ("A001", "A002"):
        assert day.gives_priority(number, "pregnant") == "TicketPrioritised"
    assert [len(day.site.windows["tax-1"].priority), day.site.later.keys()] == [1, {day.id_of("A002")}]
    assert day.calls("tax-1") == "A001"


def test_the_booked_too_and_back(day: HallDay) -> None:
    day.books("li", "invoices", starts_in_min=5)
    assert day.checks_in("li", "li-invoices") == "A004"
    day.gives_priority("A004", "elderly")
    day.gives_priority("A004", "none")
    assert [len(day.site.services["invoices"].booked), len(day.site.services["invoices"].priority)] == [1, 0]


def test_what_was_done_before_cannot_be_taken_back_then(day: HallDay) -> None:
    day.calls("tax-1")
    day.holds("tax-1", "A001")
    day.gives_priority("A001", "elderly")
    assert day.undoes("tax-1", "A001") == "undo.followed"


def line(day: HallDay) -> list[str]:
    queue = day.site.services["invoices"]
    return [day.site.tickets[id].number for part in (queue.priority, queue.booked, queue.waiting) for id in part]
