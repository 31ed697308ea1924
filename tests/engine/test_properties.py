"""Whatever people press, in whatever order: nobody is lost, doubled or in two places, and replay tells it all again."""

from collections import Counter
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.effects.pages import all_slots, content
from hub.engine import moves
from hub.engine.clock import is_due
from hub.engine.days import day_of
from hub.engine.effects import Refresh
from hub.engine.evolve import BOOTS_KEPT, apply
from hub.engine.places import visit_of
from hub.engine.refused import CODES
from hub.engine.rendered import may_rate
from hub.engine.requests import UndoAct
from hub.engine.state import Site
from hub.engine.subjects import SUBJECTS
from tests.engine.hall_day import PLAIN, HallDay, picture
from tests.engine.random_steps import WINDOWS, any_step, next_at, press
from tests.engine.seldom_steps import any_plan


def assert_everybody_is_in_one_place(site: Site) -> None:
    """Each open ticket stands exactly where its state says; nobody else stands anywhere."""
    stands = Counter()
    for service, queue in site.services.items():
        for kind, line in lines_of(queue):
            for id in line:
                ticket = site.tickets[id]
                assert (ticket.state, ticket.service, ticket.window) == ("waiting", service, "")
                assert kind_of(ticket) == kind
                stands[id] += 1
    for name, state in site.windows.items():
        for kind, line in lines_of(state):
            for id in line:
                assert (site.tickets[id].state, site.tickets[id].window) == ("waiting", name)
                assert kind_of(site.tickets[id]) == kind
                stands[id] += 1
        for id in state.held:
            assert (site.tickets[id].state, site.tickets[id].window) == ("held", name)
            stands[id] += 1
        if state.ticket:
            assert state.state != "closed"
            assert site.tickets[state.ticket].state in ("called", "serving")
            assert site.tickets[state.ticket].window == name
            stands[state.ticket] += 1
        if state.rating:
            assert may_rate(site, name, state.rating)
        if state.state == "closed":
            assert not any(line for _, line in lines_of(state))
            assert not state.held
    for id in site.later:
        assert site.tickets[id].state == "waiting"
        stands[id] += 1
    assert stands == Counter(id for id, ticket in site.tickets.items() if ticket.state not in moves.TICKET_OVER)


def lines_of(place) -> tuple:
    return (("priority", place.priority), ("booked", place.booked), ("waiting", place.waiting))


def kind_of(ticket) -> str:
    return "priority" if ticket.priority != "none" else "booked" if ticket.booked else "waiting"


def assert_lines_are_in_order_of_waiting(site: Site) -> None:
    for place in (*site.services.values(), *site.windows.values()):
        for _, line in lines_of(place):
            since = [site.tickets[id].since_ms for id in line]
            assert since == sorted(since)


def assert_nobody_is_at_two_windows(site: Site) -> None:
    """Neither a visitor with two tickets nor a clerk."""
    at_windows = [site.tickets[state.ticket] for state in site.windows.values() if state.ticket]
    visits = [visit_of(ticket) for ticket in at_windows]
    assert len(visits) == len(set(visits))
    assert site.visits == {visit_of(t): t.id for t in at_windows if t.visit or t.visitor}
    staff = [state.staff for state in site.windows.values() if state.staff]
    assert sorted(staff) == sorted(site.staff)
    assert {id: state.staff for id, state in site.windows.items() if state.staff} == {
        window: staff for staff, window in site.staff.items()
    }


def assert_only_what_is_true_is_said(day: HallDay) -> None:
    """Every call that an amplifier may still say is of a ticket that is called to that window, and of no older one."""
    site = day.site
    still = [a for a in site.announcements.values() if a.phrase == "call" and not a.withdrawn]
    still = [a for a in still if a.expires_at_ms > day.at_ms]
    called = {(t.number, day.plan.window[t.window].number) for t in site.tickets.values() if t.state == "called"}
    assert {(a.number, a.window) for a in still} <= called
    assert len({a.number for a in still}) == len(still)


def assert_displays_show_only_who_is_asked_for(day: HallDay) -> None:
    shown = [call.number for calls in day.site.calls.values() for call in calls]
    here = {ticket.number for ticket in day.site.tickets.values() if ticket.state in ("called", "serving")}
    assert len(shown) == len(set(shown))
    assert set(shown) <= here
    assert all(len(calls) <= day.plan.settings.displayed_calls for calls in day.site.calls.values())


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(10, 250))
def test_a_random_day(chance, steps):
    plan = any_plan(chance, recall_limit=1, displayed_calls=2, requeue_times=chance.randint(0, 1), undo_s=60)
    day = HallDay(plan)
    day.opens(*WINDOWS)
    for _ in range(steps):
        step = any_step(chance)
        became = press(day, step)  # `ask` asserts that decide changed nothing
        assert became in CODES or "." not in became
        if step[0] == "LookAtClock" and "TicketReleased" not in became:
            assert not is_due(day.plan, day.site, day.at_ms)
        assert_everybody_is_in_one_place(day.site)
        assert_displays_show_only_who_is_asked_for(day)
        assert_only_what_is_true_is_said(day)
        assert_lines_are_in_order_of_waiting(day.site)
        assert_nobody_is_at_two_windows(day.site)
    assert_one_open_ticket_each(day)
    assert_numbers_are_given_once(day)
    assert_one_rating_each(day)
    assert_names_are_given_once(day)
    assert_nobody_who_came_was_missed(day)
    assert_replay_is_the_same(day)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(20, 120))
def test_what_is_taken_back_leaves_all_as_it_was(chance, steps):
    day = HallDay(any_plan(chance, requeue_times=1))
    day.opens(*WINDOWS)
    for _ in range(steps):
        press(day, any_step(chance))
        at = chance.choice(WINDOWS)
        was = picture(day)
        became = press(day, ("clerk", at, chance.randint(0, 9)))
        last = day.site.windows[at].last if at in day.site.windows else None
        if became.startswith("Ticket") and last is not None and last.at_ms == day.at_ms:
            assert day.ask_for(UndoAct, f"call-{at}", window=at, ticket=last.ticket) == "ActUndone"
            assert picture(day) == was
    assert_replay_is_the_same(day)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(20, 80))
def test_whatever_looks_otherwise_is_shown_anew(chance, steps):
    """No screen goes on showing what is no longer so."""
    day = HallDay(any_plan(chance, requeue_times=1))
    slots = [slot for slot in all_slots(day.plan) if slot.message not in ("show/region", "show/light")]
    day.opens(*WINDOWS)
    was = pages_of(day, slots)
    for _ in range(steps):
        press(day, any_step(chance))
        now = pages_of(day, slots)
        refreshed = {(e.device, e.message, e.slot) for e in day.effects if isinstance(e, Refresh)}
        assert {key for key in now if now[key] != was[key]} <= refreshed
        was = now


def test_random_days_have_everything_that_can_be_asked_for():
    """A new kind of request is no part of these days until somebody says how it is made."""
    chance, day, verbs = Random(1), HallDay(), set()
    for _ in range(1500):
        step = any_step(chance)
        verbs.add((next_at(day, step[1], step[2]) if step[0] == "clerk" else step)[0])
        press(day, step)
    asked = {request.__name__ for subject in SUBJECTS for request in subject.DECIDES}
    assert asked - verbs == {"TurnDay"}, "what `wait` does"


def pages_of(day: HallDay, slots: list) -> dict:
    found = {(slot.device, slot.message, slot.slot): content(day.plan, day.site, 1, slot).to_plain() for slot in slots}
    return {key: {**page, "rev": 0} for key, page in found.items()}


def events_of(day: HallDay, name: str) -> list:
    return [event for entry in day.journal for event in entry.events if type(event).__name__ == name]


def assert_one_open_ticket_each(day: HallDay) -> None:
    """Per visitor and service, unless a clerk sent a visitor's other ticket there."""
    site = day.site
    open_ones = [t for t in site.tickets.values() if t.visitor and t.state not in moves.TICKET_OVER and not t.transfers]
    moved = {t.visitor for t in site.tickets.values() if t.transfers or t.returns_to}
    held = Counter((t.visitor, t.service) for t in open_ones if t.visitor not in moved)
    assert all(count == 1 for count in held.values())


def assert_numbers_are_given_once(day: HallDay) -> None:
    taken = events_of(day, "TicketTaken")
    assert len({event.ticket for event in taken}) == len(taken)
    assert len({(event.ticket[:8], event.service, event.serial) for event in taken}) == len(taken)
    days = [event.day for event in events_of(day, "DayTurned")]
    assert days == sorted(set(days))


def assert_one_rating_each(day: HallDay) -> None:
    """Of each service rendered, as often as a ticket was served."""
    rated = [(event.ticket, event.nth) for event in events_of(day, "ServiceRated")]
    assert len(set(rated)) == len(rated)
    served = Counter(event.ticket for event in events_of(day, "TicketServed"))
    assert all(1 <= nth <= served[ticket] for ticket, nth in rated)
    poor = [f"{event.ticket}-{event.nth}" for event in events_of(day, "ServiceRated") if event.level <= 2]
    assert [event.case for event in events_of(day, "CaseOpened")] == poor


def assert_nobody_who_came_was_missed(day: HallDay) -> None:
    """Whoever took a ticket for what they had booked, on the day for which they had booked it."""
    today, came, expected = "", set(), {}
    for event in (event for entry in day.journal for event in entry.events):
        kind = type(event).__name__
        if kind == "DayTurned":
            today, came = event.day, set()
        elif kind == "TicketTaken":
            came.add((event.visitor, event.service, today))
        elif kind in ("AppointmentBooked", "AppointmentChanged"):
            visitor = event.appointment.partition("-")[0]
            expected[event.appointment] = (visitor, event.service, day_of(day.plan, event.starts_at_ms).day)
        elif kind == "AppointmentMissed":
            assert expected[event.appointment] not in came


def assert_names_are_given_once(day: HallDay) -> None:
    names = [event.alarm for event in events_of(day, "AlarmRaised")]
    names += [event.act for event in events_of(day, "AnnouncementQueued")]
    assert len(set(names)) == len(names)


def assert_replay_is_the_same(day: HallDay) -> None:
    """From the start, and from a snapshot in the middle, through the bytes of a journal."""
    for kept in (0, len(day.journal) // 2):
        site = Site()
        for entry in day.journal[:kept]:
            apply(day.plan, site, entry)
        site = msgspec.json.decode(PLAIN.encode(site), type=Site)
        for entry in day.journal[kept:]:
            again = msgspec.json.decode(PLAIN.encode(entry), type=type(entry))
            apply(day.plan, site, again)
        assert PLAIN.encode(site) == PLAIN.encode(day.site)


def test_the_newest_lives_of_a_device_are_remembered():
    day = HallDay()
    day.takes("invoices")
    (entry,) = day.journal
    for life in range(BOOTS_KEPT + 3):
        for seq in (2, 1):
            origin = msgspec.structs.replace(entry.origin, boot=f"life-{life}", seq=seq)
            apply(day.plan, day.site, msgspec.structs.replace(entry, origin=origin, events=()))
    assert day.site.heard["kiosk-entrance"] == {f"life-{life}": 2 for life in range(3, BOOTS_KEPT + 3)}
