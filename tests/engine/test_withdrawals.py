"""What is no longer true is not said: whatever ends a call takes its announcement back, if it is still to be heard."""

import pytest

from hub.engine.effects import Withdraw
from hub.engine.requests import Announce, ClearQueue, ConfirmAct, LookAtClock, TurnDay, WithdrawAnnouncement
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan

FIRST, SECOND = "20261122-1", "20261122-2"


def called_day(**settings: int) -> HallDay:
    """A001 was just called to window 1; the amplifier has not said it yet."""
    day = HallDay(small_plan(**settings))
    day.opens("tax-1", "tax-2")
    day.takes("invoices")
    day.takes("certificates")
    day.calls("tax-1")
    assert day.spoken() == ["pa: A001→1"]
    return day


# --- given a call that waits, when its ticket …, then it is withdrawn

ENDS = {
    "serve": lambda day: day.serves("tax-1", "A001"),
    "serve and finish at once": lambda day: day.finishes("tax-1", "A001"),
    "pass": lambda day: day.passes("tax-1", "A001"),
    "hold": lambda day: day.holds("tax-1", "A001"),
    "transfer to a service": lambda day: day.transfers("tax-1", "A001", to_service="certificates"),
    "transfer to a window": lambda day: day.transfers("tax-1", "A001", "certificates", to_window="tax-2"),
    "transfer for later": lambda day: day.transfers("tax-1", "A001", to_service="certificates", after_min=20),
    "undo": lambda day: day.undoes("tax-1", "A001"),
    "expire with the queue": lambda day: day.ask_for(ClearQueue, "admin", hall="tax"),
    "expire with the whole building's": lambda day: day.ask_for(ClearQueue, "admin"),
}


@pytest.mark.parametrize("what", ENDS)
def test_when_the_visitor_is_no_longer_asked_to_come_the_call_is_withdrawn(what: str) -> None:
    day = called_day()
    became = ENDS[what](day)
    assert "." not in became, became
    assert day.withdrawn == [f"{FIRST} {what.split()[0]}"]
    assert day.effects[-1] == Withdraw(act=FIRST)
    assert day.spoken() == []
    assert day.site.calling == {}


def test_no_show_that_is_put_back_into_the_line() -> None:
    day = called_day(requeue_times=1)
    assert day.passes("tax-1", "A001") == "TicketRequeued"
    assert day.withdrawn == [f"{FIRST} requeue"]


def test_one_that_goes_back_to_where_it_came_from() -> None:
    day = called_day()
    day.transfers("tax-1", "A001", to_service="certificates", to_window="tax-2", comes_back=True)
    day.calls("tax-2")
    while day.at("tax-2") != "A001":
        day.finishes("tax-2", day.at("tax-2"))
        day.calls("tax-2")
    again = day.site.calling["A001"]
    assert day.finishes("tax-2", "A001") == "TicketServed TicketReturned"
    assert day.withdrawn == [f"{again} serve"]


def test_at_midnight() -> None:
    day = called_day()
    day.at_ms = day.site.day_ends_at_ms - 2000  # called a moment before it
    day.recalls("tax-1", "A001")
    assert day.ask_for(TurnDay, "hub").startswith("TicketExpired")
    assert day.withdrawn == [f"{SECOND} expire"]
    assert day.spoken() == []


def test_at_an_hour_at_which_queues_are_cleared() -> None:
    day = HallDay(small_plan(clear_at=("12:00",)))
    day.opens("tax-1")
    day.takes("invoices")
    day.at_ms += 3 * 3_600_000 - 5000
    day.calls("tax-1")
    day.at_ms += 10_000
    assert "TicketExpired" in day.ask_for(LookAtClock, "hub")
    assert day.withdrawn == [f"{FIRST} expire"]


def test_a_window_cannot_close_on_somebody_it_has_called_so_no_call_to_a_closed_window_waits() -> None:
    day = called_day()
    assert day.closes("tax-1") == "window.busy"
    assert day.spoken() == ["pa: A001→1"]
    day.passes("tax-1", "A001")
    assert day.closes("tax-1") == "WindowClosed"
    assert day.spoken() == []


# --- a recall


def test_a_recall_supersedes_the_call_that_waits() -> None:
    day = called_day()
    assert day.recalls("tax-1", "A001") == "TicketRecalled AnnouncementQueued"
    assert day.withdrawn == [f"{FIRST} recall"]
    assert day.spoken() == ["pa: A001→1"]
    assert day.site.calling == {"A001": SECOND}
    day.serves("tax-1", "A001")
    assert day.withdrawn == [f"{SECOND} serve"], "the newer one, once"


def test_a_recall_of_one_who_was_heard_supersedes_nothing() -> None:
    day = called_day()
    day.ask_for(ConfirmAct, "amplifier", act=FIRST, result="done")
    assert day.recalls("tax-1", "A001") == "TicketRecalled AnnouncementQueued"
    assert day.withdrawn == []


# --- what stays


@pytest.mark.parametrize(
    "what",
    [
        lambda day: day.pauses("tax-1"),
        lambda day: day.takes("invoices"),
        lambda day: day.calls("tax-2"),
        lambda day: day.ask_for(ClearQueue, "admin", hall="law"),
    ],
    ids=["its window is paused", "another comes", "another is called", "another hall is cleared"],
)
def test_a_call_that_is_true_stays(what) -> None:
    day = called_day()
    assert what(day)
    assert day.withdrawn == []
    assert "pa: A001→1" in day.spoken()


def test_what_was_heard_or_failed_or_came_too_late_is_not_withdrawn() -> None:
    for result in ("done", "failed", "expired"):
        day = called_day()
        day.ask_for(ConfirmAct, "amplifier", act=FIRST, result=result)
        day.serves("tax-1", "A001")
        assert day.withdrawn == []


def test_todays_number_is_not_yesterdays_visitor() -> None:
    day = called_day()
    day.at_ms += 24 * 3_600_000
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    day.recalls("tax-1", "A001")
    assert day.withdrawn == ["20261123-2 recall"]


# --- what becomes of it


@pytest.mark.parametrize("result", ["withdrawn", "done", "expired"])
def test_the_amplifier_says_what_became_of_it_once(result: str) -> None:
    day = called_day()
    day.serves("tax-1", "A001")
    assert day.site.announcements[FIRST].withdrawn == "serve"
    assert day.ask_for(ConfirmAct, "amplifier", act=FIRST, result=result) == "AnnouncementEnded"
    assert day.site.announcements == {}
    assert day.ask_for(ConfirmAct, "amplifier", act=FIRST, result=result) == ""


def test_a_person_takes_back_what_they_had_announced() -> None:
    day = HallDay()
    day.ask_for(Announce, "admin", channel="pa", phrase="closing-soon")
    assert day.ask_for(WithdrawAnnouncement, "admin", act="20261122-7") == "act.over"
    day.ask_for(WithdrawAnnouncement, "admin", act=FIRST)
    assert (day.withdrawn, day.effects) == ([f"{FIRST} person"], [Withdraw(act=FIRST)])
    assert day.ask_for(WithdrawAnnouncement, "admin", act=FIRST) == ""
    day.ask_for(ConfirmAct, "amplifier", act=FIRST, result="withdrawn")
    assert day.ask_for(WithdrawAnnouncement, "admin", act=FIRST) == "act.over"


def test_a_full_state_forgets_and_does_not_stumble() -> None:
    """So many wait that the call a recall withdraws is forgotten by the recall itself."""
    day = called_day()
    for _ in range(574):
        day.at_ms -= 1000
        day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
    day.at_ms -= 1000
    assert day.recalls("tax-1", "A001") == "TicketRecalled AnnouncementQueued"
    assert day.withdrawn == [f"{FIRST} recall"]
    assert FIRST not in day.site.announcements
