"""The figures of a small day by hand; days put together; acts taken back; what is kept equals what is worked out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.engine.events import Entry
from hub.engine.requests import AcknowledgeAlarm, AdmitTicket, AskLease
from hub.journal import Journal, ReportDay, ReportDays
from hub.reports.figures import Day, Figures
from hub.reports.fold import Fold
from hub.reports.keeper import Keeper
from hub.reports.sketch import ERROR, Sketch
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


def folded(entries: list[Entry]) -> list[Day]:
    fold = Fold()
    ended = [done.day for entry in entries if (done := fold.read(entry))]
    return [*ended, fold.day]


def a_small_day(day: HallDay) -> HallDay:
    """Nine o'clock: three for certificates, one for invoices, one for the notary, of which one does not come."""
    day.opens("tax-1", "tax-2", "law-1")
    day.signs_in("tax-2", "7")
    first, second, third = (day.takes("certificates") for _ in range(3))
    invoice, notary = day.takes("invoices"), day.takes("notary")
    day.minutes_pass(10)
    assert day.calls("tax-2") == first
    day.minutes_pass(1)
    day.serves("tax-2", first)
    day.minutes_pass(5)
    day.finishes("tax-2", first)
    day.rates("tax-2", first, 5)
    assert day.calls("tax-2") == second
    day.recalls("tax-2", second)
    day.passes("tax-2", second)
    assert day.calls("tax-2") == third
    day.finishes("tax-2", third)  # never said that it began: one press
    day.rates("tax-2", third, 2)
    assert day.calls("tax-1") == invoice
    day.serves("tax-1", invoice)
    day.minutes_pass(3)
    day.transfers("tax-1", invoice, to_service="certificates")
    assert day.calls("law-1") == notary
    day.presses("help-law")
    return day


def test_a_ticket_of_a_kiosk_that_was_alone_counts_for_its_hour_and_one_of_yesterday_for_none() -> None:
    hall = HallDay(small_plan(offline_numbers=4))
    hall.opens("tax-1")
    lent = {"holder": "disk", "service": "invoices", "away_since_ms": hall.at_ms}
    assert "LeaseGranted" in hall.ask_for(AskLease, "kiosk-tax", holder="disk")
    taken_ms = hall.at_ms + 60_000
    hall.minutes_pass(130)
    for day, serial, told in ((hall.site.day, 701, "TicketTaken"), ("20261121", 702, "OfflineTicketRefused")):
        said = hall.ask_for(AdmitTicket, "kiosk-tax", day=day, serial=serial, taken_at_ms=taken_ms, **lent)
        assert said == told
    hall.calls("tax-1")
    (today,) = folded(hall.journal)
    whole = today.total()
    assert (whole.taken, whole.called, whole.hours) == (1, 1, {9: 1})
    assert whole.waits.mean_s() == (hall.at_ms - taken_ms) / 1000, "from the time on the paper"


def test_a_small_day_by_hand() -> None:
    (day,) = folded(a_small_day(HallDay()).journal)
    whole = day.total()
    assert (whole.taken, whole.called, whole.recalled, whole.finished) == (5, 5, 1, 2)
    assert (whole.no_show, whole.transferred, whole.expired) == (1, 1, 0)
    assert whole.levels == [0, 1, 0, 0, 1]
    assert whole.hours == {9: 5}
    clerk = day.cells["certificates", "tax-2", "7"]
    assert (clerk.called, clerk.finished, clerk.no_show, clerk.levels) == (3, 2, 1, [0, 1, 0, 0, 1])
    # The clerk worked 5 min and the second of the press; then from the call to the only press, a second.
    assert clerk.stays.count == 2
    assert clerk.stays.sum_ms == 301_000 + 1_000
    assert day.cells["invoices", "tax-1", ""].stays.sum_ms == 181_000
    assert day.alarms["help-law"].raised == 1


def test_waiting_is_from_the_line_to_the_call() -> None:
    day = HallDay()
    day.opens("law-1")
    number = day.takes("notary")
    day.minutes_pass(10)
    assert day.calls("law-1") == number
    (figures,) = folded(day.journal)
    waits = figures.cells["notary", "law-1", ""].waits
    assert (waits.count, waits.sum_ms) == (1, 601_000)
    assert figures.total().hour_waits_ms == {9: 601_000}


def test_who_is_parked_is_not_being_served() -> None:
    day = HallDay()
    day.opens("law-1")
    number = day.takes("notary")
    day.calls("law-1")
    day.serves("law-1", number)
    day.minutes_pass(2)
    day.holds("law-1", number)
    day.minutes_pass(30)
    day.resumes("law-1", number)
    day.serves("law-1", number)
    day.minutes_pass(3)
    day.finishes("law-1", number)
    (figures,) = folded(day.journal)
    whole = figures.total()
    assert (whole.called, whole.finished, whole.stays.count, whole.stays.sum_ms) == (1, 1, 1, 302_000)


@pytest.mark.parametrize("act", ["finishes", "passes", "holds"])
def test_an_act_that_was_taken_back_has_not_been(act: str) -> None:
    day = HallDay()
    day.opens("law-1")
    number = day.takes("notary")
    day.calls("law-1")
    before = folded(day.journal)[0]
    assert "Ticket" in getattr(day, act)("law-1", number)
    assert day.undoes("law-1", number) == "ActUndone"
    assert folded(day.journal)[0].total() == before.total()


def test_a_rating_is_of_who_finished_though_another_sits_there_now() -> None:
    day = HallDay()
    day.opens("law-1")
    day.signs_in("law-1", "7")
    number = day.takes("notary")
    day.calls("law-1")
    day.finishes("law-1", number)
    day.signs_out("law-1")
    day.signs_in("law-1", "8")
    day.rates("law-1", number, 4)
    (figures,) = folded(day.journal)
    assert figures.cells["notary", "law-1", "7"].levels == [0, 0, 0, 1, 0]


def test_appointments_and_alarms_reach_over_midnight() -> None:
    day = HallDay()
    day.books("v1", "notary", 24 * 60 + 10)
    day.books("v2", "certificates", 24 * 60 + 10)
    day.presses("help-tax")
    day.at_ms += DAY_MS
    day.checks_in("v1", "v1-notary")
    alarm = next(iter(day.site.alarms))
    day.ask_for(AcknowledgeAlarm, "admin", alarm=alarm)
    day.at_ms += DAY_MS
    day.takes("notary")
    first, second, _third = folded(day.journal)
    assert (first.alarms["help-tax"].raised, first.alarms["help-tax"].answers.count) == (1, 0)
    assert second.cells["notary", "", ""].kept == 1
    assert second.cells["certificates", "", ""].missed == 1
    assert second.alarms["help-tax"].answers.sum_ms >= DAY_MS


# Percentiles, and putting together

DURATIONS = some.lists(some.integers(0, 8 * 3_600_000), min_size=1, max_size=200)


@given(DURATIONS, some.sampled_from([0.5, 0.9, 1.0]))
def test_percentiles_are_within_what_is_said(durations: list[int], part: float) -> None:
    sketch = Sketch()
    for ms in durations:
        sketch.add(ms)
    exact_s = sorted(durations)[max(1, -(-int(part * 10) * len(durations) // 10)) - 1] / 1000
    found_s = sketch.quantile_s(part)
    assert found_s is not None
    assert abs(found_s - exact_s) <= max(1, ERROR * exact_s * 1.001)
    assert sketch.mean_s() == pytest.approx(sum(durations) / len(durations) / 1000)


@given(DURATIONS, DURATIONS)
def test_two_sketches_together_are_one_of_both(one: list[int], other: list[int]) -> None:
    sketches = [Sketch(), Sketch(), Sketch()]
    for ms in one:
        sketches[0].add(ms)
        sketches[2].add(ms)
    for ms in other:
        sketches[1].add(ms)
        sketches[2].add(ms)
    sketches[0].merge(sketches[1])
    assert sketches[0] == sketches[2]


@given(some.lists(some.integers(0, 11), max_size=60))
def test_parts_are_the_whole_and_days_merge_in_any_order(steps: list[int]) -> None:
    day = HallDay()
    day.opens("tax-1", "tax-2", "law-1")
    for step in steps:
        _step(day, step)
    days = folded(day.journal)
    onward, backward = Day(), Day()
    for one in days:
        onward.merge(one)
    for one in reversed(days):
        backward.merge(one)
    assert onward.total() == backward.total()
    by_service: dict[str, Figures] = {}
    for (service, _, _), cell in onward.cells.items():
        by_service.setdefault(service, Figures()).merge(cell)
    whole = Figures()
    for figures in by_service.values():
        whole.merge(figures)
    assert whole == onward.total()
    assert whole.taken == sum("TicketTaken" in type(e).__name__ for entry in day.journal for e in entry.events)
    assert whole.taken >= whole.finished + whole.no_show + whole.expired


def _step(day: HallDay, step: int) -> None:
    window = ("tax-1", "tax-2", "law-1")[step % 3]
    at = day.at(window)
    if step < 5:
        day.takes(("invoices", "certificates", "notary")[step % 3])
    elif step == 5:
        day.at_ms += DAY_MS
        day.opens("tax-1", "tax-2", "law-1")
    elif not at:
        day.calls(window)
    elif step < 9:
        day.finishes(window, at)
    else:
        day.passes(window, at)
        day.undoes(window, at)


# What is kept


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    opened: list[Journal] = []

    def open_() -> Journal:
        opened.append(Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small"))
        opened[-1].open()
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def three_days() -> HallDay:
    day = HallDay(small_plan())
    day.books("v1", "notary", 24 * 60 + 10)
    for _ in range(3):
        a_small_day(day)
        day.at_ms += DAY_MS
    return day


def test_days_that_are_kept_are_those_of_the_journal(journal: Callable[[], Journal]) -> None:
    """In one go, or by a new keeper after each entry: a hub that is started again and again."""
    told = three_days().journal
    store = journal()
    for entry in told:
        store.append([entry])
        Keeper(store).read_on()
    assert Keeper(store).days("00000000", "99999999") == folded(told)


def test_what_another_program_counted_is_counted_again(journal: Callable[[], Journal]) -> None:
    told = three_days().journal
    store = journal()
    store.append(told)
    ReportDays(store, version=0).keep(ReportDay(day="20261122", position=3, body=b"old", carry=b"old"), {})
    assert Keeper(store).days("00000000", "99999999") == folded(told)


def test_only_the_days_that_were_asked_for(journal: Callable[[], Journal]) -> None:
    store = journal()
    store.append(three_days().journal)
    found = Keeper(store).days("20261123", "20261123")
    assert [day.day for day in found] == ["20261123"]
    assert Keeper(store).days("20250101", "20250131") == []
