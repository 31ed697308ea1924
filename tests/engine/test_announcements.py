"""What amplifiers are to play: queued once, ended once, and never more than can be spoken."""

from firmware.wire.messages.speech import PAGE
from firmware.words import WORDS
from hub.engine.announcements import MOST_WAITING, SWEPT_EVERY
from hub.engine.effects import Play
from hub.engine.phrases import PHRASES
from hub.engine.requests import Announce, ConfirmAct
from tests.engine.hall_day import HallDay


def called_day():
    day = HallDay()
    day.opens("tax-1")
    day.takes("invoices")
    day.calls("tax-1")
    return day


def test_a_call_is_to_be_played_until_it_is_too_late():
    day = called_day()
    assert day.effects[-1] == Play(act="20261122-1")
    (call,) = day.site.announcements.values()
    assert call.expires_at_ms == day.at_ms + day.plan.settings.call_expires_s * 1000


def test_a_persons_own_words_are_queued_with_their_clips_priority_and_end():
    day = HallDay()
    own = {"text": "三楼停电", "clips": ("said/ab12",), "priority": PAGE, "expires_s": 60}
    assert day.ask_for(Announce, "admin", channel="pa", **own) == "DayTurned AnnouncementQueued"
    (queued,) = day.site.announcements.values()
    assert (queued.phrase, queued.text, queued.clips, queued.priority) == ("text", "三楼停电", ("said/ab12",), PAGE)
    assert queued.expires_at_ms == day.at_ms + 60_000


def test_the_amplifier_ends_it_once():
    day = called_day()
    assert day.ask_for(ConfirmAct, "amplifier", act="20261122-1", result="done") == "AnnouncementEnded"
    assert day.site.announcements == {}
    assert day.ask_for(ConfirmAct, "amplifier", act="20261122-1", result="done") == ""


def test_another_device_cannot_end_it():
    day = called_day()
    assert day.ask_for(ConfirmAct, "help-tax", act="20261122-1", result="done") == "act.elsewhere"
    assert day.ask_for(ConfirmAct, "hub", act="20261122-1", result="expired") == "AnnouncementEnded"


def test_a_person_has_a_phrase_played():
    day = HallDay()
    assert day.ask_for(Announce, "admin", channel="pa", phrase="closing-soon") == "DayTurned AnnouncementQueued"
    (queued,) = day.site.announcements.values()
    assert (queued.channel, queued.phrase, queued.priority) == ("pa", "closing-soon", 4)
    assert day.ask_for(Announce, "admin", channel="roof", phrase="closing-soon") == "channel.unknown"
    assert day.ask_for(Announce, "admin", channel="pa", phrase="call") == "phrase.unknown"


def test_every_phrase_has_words():
    assert [name for name in PHRASES if f"phrase.{name}" not in WORDS] == []


def test_what_is_too_late_is_forgotten():
    day = HallDay()
    for _ in range(SWEPT_EVERY - 1):
        day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
    day.at_ms += 3_600_000
    day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
    assert list(day.site.announcements) == [f"20261122-{SWEPT_EVERY}"]


def test_a_silent_amplifier_does_not_fill_the_memory():
    day = HallDay()
    for _ in range(MOST_WAITING + 3 * SWEPT_EVERY):
        day.at_ms -= 1000  # all at the same moment, so none is ever too late
        day.ask_for(Announce, "admin", channel="pa", phrase="keep-quiet")
    assert len(day.site.announcements) <= MOST_WAITING + SWEPT_EVERY
    assert f"20261122-{day.site.serial}" in day.site.announcements
