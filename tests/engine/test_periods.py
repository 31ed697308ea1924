"""Every state is a timed period."""

from itertools import pairwise

from hub.engine.periods import periods
from tests.engine.hall_day import HallDay


def told(day: HallDay, number: str) -> list[tuple[str, str, str, int]]:
    events = (event for entry in day.journal for event in entry.events)
    found = periods(day.id_of(number), events)
    assert all(a.ended_at_ms == b.began_at_ms for a, b in pairwise(found))
    return [
        (p.state, p.window, p.service, (p.ended_at_ms - p.began_at_ms) // 60_000 if p.ended_at_ms else -1)
        for p in found
    ]


def test_a_visit_is_a_row_of_periods():
    day = HallDay()
    day.opens("tax-1", "tax-2")
    day.takes("certificates")
    day.takes("invoices")
    for minutes, act in (
        (7, lambda: day.calls("tax-2")),
        (2, lambda: day.serves("tax-2", "B001")),
        (5, lambda: day.holds("tax-2", "B001")),
        (11, lambda: day.resumes("tax-2", "B001")),
        (1, lambda: day.transfers("tax-2", "B001", to_window="tax-1")),
    ):
        day.minutes_pass(minutes)
        act()
    assert told(day, "B001") == [
        ("waiting", "", "certificates", 7),
        ("called", "tax-2", "certificates", 2),
        ("serving", "tax-2", "certificates", 5),
        ("held", "tax-2", "certificates", 11),
        ("called", "tax-2", "certificates", 1),
        ("waiting", "tax-1", "certificates", -1),
    ]
    assert told(day, "A001") == [("waiting", "", "invoices", -1)]


def test_a_ticket_that_is_over_has_no_open_period():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.minutes_pass(3)
    day.calls("tax-1")
    day.minutes_pass(4)
    day.finishes("tax-1", "A001")
    assert told(day, "A001") == [
        ("waiting", "", "invoices", 3),
        ("called", "tax-1", "invoices", 4),
        ("serving", "tax-1", "invoices", 0),
    ]


def test_what_was_taken_back_has_not_been():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.minutes_pass(3)
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    day.undoes("tax-1", "A001")
    assert [period[0] for period in told(day, "A001")] == ["waiting", "called"]
    day.minutes_pass(2)
    day.passes("tax-1", "A001")
    assert told(day, "A001") == [("waiting", "", "invoices", 3), ("called", "tax-1", "invoices", 2)]
