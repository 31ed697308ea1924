"""What became of announcements, as a person sees it: heard, withdrawn and why, too late, or still to be heard."""

from firmware.wire.messages.device import RESULTS
from firmware.words import WORDS
from hub.engine.announcements import UNTRUE_BY
from hub.engine.requests import Announce, ConfirmAct, WithdrawAnnouncement
from hub.speech.outcomes import UNANSWERED, WAITING, Outcome, outcomes
from tests.engine.hall_day import HallDay


def seen(day: HallDay) -> list[tuple[str, str, str]]:
    return [(one.text, one.became, one.because) for one in told(day)]


def told(day: HallDay) -> list[Outcome]:
    return outcomes(day.plan, day.journal, day.at_ms)


def test_a_call_that_waits_is_served_answered_for_and_told() -> None:
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    assert seen(day) == [("请A001号到1号窗口办理", WAITING, "")]
    day.serves("tax-1", "A001")
    served_at_ms = day.at_ms
    assert seen(day) == [("请A001号到1号窗口办理", WAITING, "serve")]
    day.ask_for(ConfirmAct, "amplifier", act="20261122-1", result="withdrawn")
    (one,) = told(day)
    assert (one.became, one.because, one.priority, one.channel) == ("withdrawn", "serve", 3, "pa")
    assert (one.withdrawn_at_ms, one.ended_at_ms) == (served_at_ms, day.at_ms)


def test_one_that_had_begun_was_heard_though_it_was_withdrawn() -> None:
    day = HallDay()
    day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
    day.ask_for(WithdrawAnnouncement, "admin", act="20261122-1")
    day.ask_for(ConfirmAct, "amplifier", act="20261122-1", result="done")
    assert seen(day) == [(WORDS["phrase.keep-quiet"][0], "done", "person")]


def test_an_amplifier_that_never_answered_is_told_of() -> None:
    day = HallDay()
    day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
    day.at_ms += day.plan.settings.call_expires_s * 1000
    assert seen(day) == [(WORDS["phrase.keep-quiet"][0], UNANSWERED, "")]


def test_answers_to_what_was_announced_before_are_passed_over() -> None:
    day = HallDay()
    for _ in range(2):
        day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
        day.ask_for(WithdrawAnnouncement, "admin", act=f"20261122-{day.site.serial}")
    day.ask_for(ConfirmAct, "amplifier", act="20261122-1", result="withdrawn")
    assert [one.act for one in outcomes(day.plan, day.journal[2:], day.at_ms)] == ["20261122-2"]


def test_every_outcome_and_every_reason_has_words() -> None:
    keys = [f"act.result.{became}" for became in (WAITING, UNANSWERED, *RESULTS)]
    keys += [f"speech.because.{because}" for because in ("person", *UNTRUE_BY.values())]
    keys += [f"speech.priority.{priority}" for priority in range(5)]
    assert [key for key in keys if key not in WORDS] == []
