"""A poor rating becomes a case, which goes from hand to hand until the visitor has a reply."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from firmware.words import WORDS
from hub.engine import hours, moves, requests
from hub.engine.evolve import apply
from hub.engine.state import Site
from tests.engine.hall_day import PLAIN, HallDay
from tests.engine.small_site import DAY_MS, MORNING_MS, small_plan

WAY = ("accept", "assign", "contact", "rectify", "reply", "review", "close")


def poor_day(visitor="wang", **settings):
    """Sunday 2026-11-22: A001 was served at window 1, and very dissatisfied."""
    day = HallDay(small_plan(**settings))
    day.opens("tax-1")
    day.takes("invoices", visitor=visitor)
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    day.rates("tax-1", "A001", 1, (115,))
    return day


CASE = "20261122-A001-1"


def does(day, *acts):
    return [day.moves_case(CASE, act, to="c7" if act == "assign" else "") for act in acts]


def test_given_a_poor_rating_then_a_case_is_there_and_good_ones_make_none():
    day = poor_day()
    case = day.site.cases[CASE]
    assert (case.state, case.level, case.reasons, case.window) == ("received", 1, (115,), "tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    day.finishes("tax-1", "A002")
    day.rates("tax-1", "A002", 3)
    assert list(day.site.cases) == [CASE]


def test_from_screening_to_the_end():
    day = poor_day()
    assert does(day, *WAY) == ["screened", "assigned", "contacted", "rectifying", "replied", "reviewed", "closed"]
    case = day.site.cases[CASE]
    assert case.is_valid
    done = [(step.act, step.by, step.to) for step in case.steps]
    assert done[:2] == [("accept", "boss", ""), ("assign", "boss", "c7")]


@pytest.mark.parametrize("act", ["mistaken", "malicious"])
def test_what_was_rated_by_mistake_or_in_malice_is_closed_and_does_not_count(act):
    day = poor_day()
    assert does(day, act, "assign", "close") == [act, "case.act", "closed"]
    assert not day.site.cases[CASE].is_valid


def test_a_known_visitor_is_called_back_before_anything_is_mended():
    day = poor_day()
    assert does(day, "accept", "assign", "rectify") == ["screened", "assigned", "case.not_contacted"]
    assert does(day, "miss", "miss", "miss", "rectify")[-1] == "rectifying"  # nobody answered three times


def test_a_visitor_whom_nobody_knows_cannot_be_called_back():
    day = poor_day(visitor="")
    assert does(day, "accept", "assign", "rectify")[-1] == "rectifying"


def test_whoever_is_to_mend_it_neither_reviews_nor_judges_it():
    day = poor_day()
    does(day, "accept", "assign", "contact", "reply")
    assert day.moves_case(CASE, "review", by="c7") == "case.own"
    assert day.moves_case(CASE, "review", by="boss") == "reviewed"


def test_an_appeal_is_judged_once():
    day = poor_day()
    does(day, "accept", "assign")
    assert day.moves_case(CASE, "appeal", by="c7") == "appealed"
    assert day.moves_case(CASE, "overturn", by="c7") == "case.own"
    assert does(day, "uphold", "contact") == ["upheld", "contacted"]
    assert day.moves_case(CASE, "appeal", by="c7") == "case.appealed"


def test_an_appeal_that_is_granted_ends_the_case_and_it_does_not_count():
    day = poor_day()
    assert does(day, "accept", "assign", "appeal", "overturn", "close")[-2:] == ["overturned", "closed"]
    assert not day.site.cases[CASE].is_valid


def test_a_visitor_who_is_not_content_has_it_mended_again():
    day = poor_day()
    does(day, *WAY[:-1])
    assert does(day, "rectify", "reply", "review", "close")[-1] == "closed"


def test_assigning_needs_a_name_and_nothing_else_takes_one():
    day = poor_day()
    does(day, "accept")
    assert day.moves_case(CASE, "assign") == "case.whom"
    assert day.moves_case(CASE, "assign", to="c7") == "assigned"
    assert day.moves_case(CASE, "contact", to="c7") == "case.whom"


def test_unknown_cases_and_acts_are_refused():
    day = poor_day()
    assert day.ask_for(requests.MoveCase, "boss", case="nothing", act="accept") == "case.unknown"
    assert does(day, "dance", "receive", "close") == ["case.act"] * 3


def test_the_deadline_is_the_end_of_the_fifth_working_day():
    day = poor_day()
    friday_midnight = MORNING_MS - 9 * 3_600_000 + 6 * DAY_MS  # rated on a Sunday, so Monday is the first
    assert day.site.cases[CASE].deadline_ms == friday_midnight


def test_what_is_not_replied_to_in_time_is_noted_once_and_can_still_be_done():
    day = poor_day(rectify_workdays=1)
    does(day, "accept", "assign")
    day.at_ms = day.site.cases[CASE].deadline_ms - 2000
    assert "CaseOverdue" not in day.ask_for(requests.LookAtClock, "hub")
    assert day.ask_for(requests.LookAtClock, "hub").endswith("CaseOverdue")
    assert "CaseOverdue" not in day.ask_for(requests.LookAtClock, "hub")
    assert day.site.cases[CASE].is_overdue
    assert does(day, "contact", "reply")[-1] == "replied"


def test_what_is_replied_to_is_never_overdue():
    day = poor_day(rectify_workdays=1)
    does(day, "accept", "assign", "contact", "reply")
    day.at_ms += 30 * DAY_MS
    assert "CaseOverdue" not in day.ask_for(requests.LookAtClock, "hub")


def test_cases_outlive_their_day():
    day = poor_day()
    day.at_ms += DAY_MS
    assert day.ask_for(requests.MoveCase, "boss", case=CASE, act="accept").endswith("DayTurned CaseMoved")
    assert day.site.cases[CASE].state == "screened"


def test_working_days_by_the_calendar():
    plan = structs.replace(small_plan(), holidays=(date(2026, 11, 23),), extra_days=(date(2026, 11, 28),))
    ends = [(hours.workdays_after_ms(plan, MORNING_MS, n) - MORNING_MS) // DAY_MS for n in (1, 4, 5)]
    assert ends == [2, 5, 6]  # Tuesday; Friday; the Saturday that is worked


def test_every_state_and_act_has_words():
    needed = {f"case.state.{state}" for state in moves.states(moves.CASE)}
    needed |= {f"case.act.{act}" for _, act in moves.CASE if act != "receive"}
    assert needed - set(WORDS) == set()
    assert moves.ends(moves.CASE) == {"closed"}


ACTS = sorted({act for _, act in moves.CASE} | {"receive", "dance"})
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(("boss", "c7"))), max_size=40)


@settings(max_examples=120, deadline=None)
@given(STEPS, st.sampled_from(("", "wang")))
def test_whatever_people_try_only_legal_moves_happen_and_the_journal_tells_it_again(steps, visitor):
    day = poor_day(visitor=visitor)
    deadline_ms = day.site.cases[CASE].deadline_ms
    for act, by in steps:
        before = day.site.cases[CASE].state
        became = day.moves_case(CASE, act, by=by, to="c7" if act == "assign" else "")
        legal = moves.CASE.get((before, act)) if act != "receive" else None
        assert became == legal or became.startswith("case.")
        assert (became == "case.act") == (legal is None)
        case = day.site.cases[CASE]
        assert case.state == (before if became.startswith("case.") else legal)
        assert case.deadline_ms == deadline_ms
        assert case.is_valid or case.state in ("mistaken", "malicious", "overturned", "closed")
        assert not (case.state == "closed" and case.is_valid and not case.replied_at_ms)
    again = Site()
    for entry in day.journal:
        apply(day.plan, again, entry)
    assert PLAIN.encode(again.cases) == PLAIN.encode(day.site.cases)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 40 * DAY_MS), st.integers(0, 5 * DAY_MS), st.integers(1, 20), st.sets(st.integers(0, 60)))
def test_a_later_rating_is_never_due_earlier_and_there_are_as_many_working_days(after_ms, later_ms, count, off):
    free = tuple(date.fromordinal(date(2026, 11, 22).toordinal() + day) for day in off)
    plan = structs.replace(small_plan(), holidays=free)
    at_ms = MORNING_MS + after_ms
    due_ms = hours.workdays_after_ms(plan, at_ms, count)
    assert due_ms <= hours.workdays_after_ms(plan, at_ms + later_ms, count)
    days = range(hours.local_day(plan, at_ms) + 1, hours.local_day(plan, due_ms - 1) + 1)
    assert sum(hours.is_workday(plan, day) for day in days) == count


# 差评 by one key of a keypad: no reason yet


def by_a_key():
    day = HallDay(small_plan())
    day.opens("tax-1")
    day.takes("invoices", visitor="wang")
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    day.rates("tax-1", "A001", 2)
    return day


def why_of(day, name):
    return [event.why for entry in day.journal for event in entry.events if type(event).__name__ == name]


def test_given_a_poor_rating_by_a_key_then_it_counts_and_is_marked():
    day = by_a_key()
    assert (why_of(day, "ServiceRated"), why_of(day, "CaseOpened")) == (["key"], ["key"])
    assert why_of(poor_day(), "ServiceRated") == ["reasons"]


def test_when_the_visitor_is_called_back_then_the_reason_is_asked_for():
    day = by_a_key()
    does(day, "accept", "assign")
    assert day.moves_case(CASE, "contact") == "case.why"
    assert day.moves_case(CASE, "contact", reasons=(115,)) == "case.reason", "a code of another level"
    assert day.moves_case(CASE, "contact", reasons=(214, 213)) == "contacted"
    assert day.site.cases[CASE].reasons == (213, 214)
    told = [event.reasons for entry in day.journal for event in entry.events if type(event).__name__ == "CaseMoved"]
    assert told[-1] == (214, 213)


def test_when_the_visitor_does_not_say_why_then_a_note_says_so():
    day = by_a_key()
    does(day, "accept", "assign")
    assert day.moves_case(CASE, "contact", note="w3") == "contacted"


def test_reasons_come_with_a_call_back_only():
    day = by_a_key()
    assert day.moves_case(CASE, "accept", reasons=(214,)) == "case.reason"
    does(day, "accept", "assign")
    assert day.moves_case(CASE, "miss", reasons=(214,)) == "case.reason"
    assert day.moves_case(CASE, "miss") == "assigned"
