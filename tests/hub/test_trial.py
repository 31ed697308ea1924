"""A recorded day lived again: under its own rules nearly as it was, under others as they say."""

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from hub import policy_file
from hub.engine import requests
from hub.journal import Journal
from hub.trial.compare import compare
from hub.trial.reading import read_day
from hub.trial.simulate import live
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan

PRIORITY_LAST = 'rules = ["when priority then last"]'


def morning() -> HallDay:
    """Sixty visitors come every two minutes, each tenth with a priority; window 1 takes four minutes each, until all
    are served."""
    day = HallDay()
    day.opens("tax-1")
    free_ms = day.at_ms
    for n in range(60):
        day.minutes_pass(2)
        free_ms = serve_until(day, day.at_ms, free_ms)
        day.takes("invoices", priority="elderly" if n % 10 == 9 else "none")
    serve_until(day, day.at_ms + 10 * 3_600_000, free_ms)
    return day


def serve_until(day: HallDay, until_ms: int, free_ms: int) -> int:
    """The clerk works on; gives when the window is free again."""
    now = day.at_ms
    while free_ms <= until_ms:
        day.at_ms = free_ms - 1000
        window = day.site.windows["tax-1"]
        if window.ticket:
            day.finishes("tax-1", day.at("tax-1"))
        if not day.calls("tax-1").startswith("A"):
            free_ms = max(free_ms, now) + 60_000
            if until_ms > now and not day.site.services["invoices"].waiting and not window.ticket:
                break
            continue
        free_ms = day.at_ms + 4 * 60_000
    day.at_ms = max(now, 0)
    return free_ms


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory):
    """The morning out of a journal's file."""
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('trial') / 'journal.db'}", "small")
    journal.open()
    day = morning()
    journal.append(day.journal)
    yield read_day(journal, day.plan, date(2026, 11, 22))
    journal.close()


def test_the_day_is_read_as_it_was(recorded):
    assert len(recorded.visitors) == 60
    served = [visitor for visitor in recorded.visitors if visitor.recorded_ms is not None]
    assert len(served) > 50
    assert {round(leg.took_ms / 60_000) for visitor in served[:40] for leg in visitor.legs} == {4}
    assert [shift.window for shift in recorded.shifts] == ["tax-1"]


def test_under_its_own_rules_the_day_is_nearly_as_it_was(recorded):
    waited = live(small_plan(), recorded)
    errors = [
        abs(waited[v.taken.ticket] - v.recorded_ms) / 60_000 for v in recorded.visitors if v.recorded_ms is not None
    ]
    assert sum(errors) / len(errors) < 5


def test_other_rules_show_who_would_have_waited(recorded):
    plan = small_plan()
    rows = {(row.service, row.kind): row for row in compare(plan, recorded, policy_file.read(plan, PRIORITY_LAST))}
    priority, plain = rows["invoices", "priority"], rows["invoices", "plain"]
    assert (priority.tickets, plain.tickets) == (6, 54)
    assert priority.old[1] < 10 < priority.new[1]
    assert plain.new[1] <= plain.old[1]
    assert rows["", "priority"].new == priority.new


def test_the_same_rules_make_no_difference(recorded):
    plan = small_plan()
    assert all(row.old == row.new for row in compare(plan, recorded, plan.policy))


def test_a_kiosk_that_was_alone_is_lived_again_from_the_time_on_its_paper(tmp_path: Path):
    """The hub heard of it 20 minutes late, and so does the trial; but it waited all the time."""
    day = HallDay(small_plan(offline_numbers=4))
    day.ask_for(requests.AskLease, "kiosk-tax", holder="disk")
    day.opens("tax-1")
    day.minutes_pass(30)
    taken_at_ms = day.at_ms - 20 * 60_000
    day.ask_for(
        requests.AdmitTicket, "kiosk-tax", holder="disk", day=day.site.day, service="invoices", serial=701,
        taken_at_ms=taken_at_ms, away_since_ms=taken_at_ms,
    )  # fmt: skip
    assert day.calls("tax-1") == "A701"
    day.minutes_pass(3)
    day.finishes("tax-1", "A701")
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small")
    journal.open()
    journal.append(day.journal)
    read = read_day(journal, day.plan, date(2026, 11, 22))
    journal.close()
    (visitor,) = read.visitors
    assert visitor.recorded_ms >= 20 * 60_000
    (waited_ms,) = live(day.plan, read).values()
    assert 20 * 60_000 <= waited_ms <= visitor.recorded_ms


def test_a_priority_that_a_person_gave_is_lived_again(tmp_path: Path):
    day = HallDay()
    day.opens("tax-1")
    for _ in range(3):
        day.takes("invoices")
        day.minutes_pass(1)
    day.calls("tax-1")
    day.gives_priority("A003", "elderly")
    for number in ("A001", "A003", "A002"):
        day.minutes_pass(4)
        day.finishes("tax-1", number)
        day.calls("tax-1")
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small")
    journal.open()
    journal.append(day.journal)
    read = read_day(journal, day.plan, date(2026, 11, 22))
    journal.close()
    assert [visitor.kind for visitor in read.visitors] == ["plain", "plain", "priority"]
    waited = live(day.plan, read)
    assert waited["20261122-A003"] < waited["20261122-A002"]


def test_a_service_that_the_site_has_lost_is_left_out(recorded, tmp_path: Path):
    plan = small_plan()
    less = structs.replace(plan, services=plan.services[1:], windows=plan.windows[1:])
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", "small")
    journal.open()
    journal.append(morning().journal)
    assert read_day(journal, less, date(2026, 11, 22)).visitors == []
    assert read_day(journal, plan, date(2026, 11, 21)).visitors == []
    journal.close()
