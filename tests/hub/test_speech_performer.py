"""Speech: what is to be played is told when durable, told again to who comes back, and never when it is too late."""

import json

import msgspec
import pytest

from hub.effects.speech import Speech
from hub.engine.decide import decide
from hub.engine.effects import Effect
from hub.engine.events import Entry
from hub.engine.evolve import apply
from hub.engine.react import react
from hub.engine.refused import Refused
from hub.engine.requests import (
    Announce,
    CallNext,
    ConfirmAct,
    OpenWindow,
    RecallTicket,
    Request,
    ServeTicket,
    TakeTicket,
)
from hub.engine.state import Site
from tests.engine.small_site import MORNING_MS, small_plan

PLAN = small_plan()
DOWN = "hall/v1/small/amplifier/down/"


class Hall:
    """A site with its speech performer, a clock, and the messages that were published."""

    def __init__(self) -> None:
        self.site = Site()
        self.now_ms = MORNING_MS
        self.published: list[tuple[str, dict[str, object], int, bool]] = []
        self.speech = Speech(PLAN, self.site, self._publish, lambda: self.now_ms)

    def _publish(self, topic: str, payload: bytes, qos: int, is_retained: bool) -> None:
        self.published.append((topic, json.loads(payload), qos, is_retained))

    def ask(self, request: Request) -> list[Effect]:
        outcome = decide(PLAN, self.site, request)
        assert not isinstance(outcome, Refused), outcome
        apply(PLAN, self.site, Entry(position=self.site.position + 1, at_ms=self.now_ms, origin=None, events=outcome))
        return [effect for event in outcome for effect in react(PLAN, self.site, event)]

    def call(self) -> list[Effect]:
        """A visitor comes and is called to window 1 of the tax hall."""
        self.ask(TakeTicket(at_ms=self.now_ms, by="kiosk-tax", service="invoices"))
        self.ask(OpenWindow(at_ms=self.now_ms, by="call-tax-1", window="tax-1"))
        return self.ask(CallNext(at_ms=self.now_ms, by="call-tax-1", window="tax-1"))

    def notice(self) -> list[Effect]:
        return self.ask(Announce(at_ms=self.now_ms, by="admin", channel="pa", phrase="keep-quiet"))

    def recall(self) -> list[Effect]:
        ticket = self.site.windows["tax-1"].ticket
        return self.ask(RecallTicket(at_ms=self.now_ms, by="call-tax-1", window="tax-1", ticket=ticket))

    def serve(self) -> list[Effect]:
        ticket = self.site.windows["tax-1"].ticket
        return self.ask(ServeTicket(at_ms=self.now_ms, by="call-tax-1", window="tax-1", ticket=ticket))

    def told(self) -> list[dict[str, object]]:
        """What is told now."""
        before = len(self.published)
        self.speech.tell()
        assert all(told[0].startswith(DOWN) and told[2:] == (1, False) for told in self.published[before:])
        return [{"topic": told[0][len(DOWN) :], **told[1]} for told in self.published[before:]]


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_call_is_told_once_when_it_is_durable(hall: Hall) -> None:
    hall.speech.prepare(hall.call())
    assert hall.published == []
    (play,) = hall.told()
    assert play["text"] == "请A001号到1号窗口办理"
    assert play["expires_at_ms"] == MORNING_MS + PLAN.settings.call_expires_s * 1000
    assert play["clips"]
    assert hall.told() == []


def test_what_is_pending_is_told_again_in_order_to_an_amplifier_that_comes_back(hall: Hall) -> None:
    hall.speech.prepare(hall.call() + hall.notice())
    first = hall.told()
    assert len(first) == 2
    hall.speech.repeat("amplifier")
    assert hall.told() == first, "with the same ids, so that what was played is not played again"
    hall.speech.repeat("another-amplifier")
    assert hall.told() == []
    hall.speech.repeat()
    assert hall.told() == first


def test_a_recall_takes_back_the_older_call(hall: Hall) -> None:
    hall.speech.prepare(hall.call())
    (first,) = hall.told()
    hall.speech.prepare(hall.recall())
    second, taken_back = hall.told()
    assert second["id"] != first["id"]
    assert taken_back == {"topic": "speech/withdraw", "id": first["id"], "expires_at_ms": first["expires_at_ms"]}
    hall.speech.repeat()
    assert hall.told() == [taken_back, second], "the older is taken back before the newer is said"


def test_a_call_that_is_no_longer_true_is_taken_back_until_the_amplifier_answers(hall: Hall) -> None:
    hall.speech.prepare(hall.call())
    (play,) = hall.told()
    hall.speech.prepare(hall.serve())
    (taken_back,) = hall.told()
    assert (taken_back["topic"], taken_back["id"]) == ("speech/withdraw", play["id"])
    hall.speech.repeat("amplifier")
    assert hall.told() == [taken_back], "and not what it takes back"
    hall.ask(ConfirmAct(at_ms=hall.now_ms, by="amplifier", act=str(play["id"]), result="withdrawn"))
    hall.speech.repeat("amplifier")
    assert hall.told() == []


def test_what_ended_being_true_within_its_round_is_taken_back_only(hall: Hall) -> None:
    """Its amplifier was never asked, and answers all the same: the state does not go on waiting for it."""
    hall.speech.prepare(hall.call() + hall.serve())
    assert [told["topic"] for told in hall.told()] == ["speech/withdraw"]


def test_what_is_too_late_to_be_said_needs_not_be_taken_back(hall: Hall) -> None:
    hall.speech.prepare(hall.call())
    hall.told()
    hall.now_ms += PLAN.settings.call_expires_s * 1000
    hall.speech.prepare(hall.serve())
    hall.speech.repeat()
    assert hall.told() == []


def test_what_was_played_is_not_told_again(hall: Hall) -> None:
    hall.speech.prepare(hall.call() + hall.notice())
    first, second = hall.told()
    hall.ask(ConfirmAct(at_ms=hall.now_ms, by="amplifier", act=str(first["id"]), result="done"))
    hall.speech.repeat("amplifier")
    assert hall.told() == [second]


def test_what_has_expired_is_neither_told_nor_repeated(hall: Hall) -> None:
    effects = hall.call()
    hall.now_ms += PLAN.settings.call_expires_s * 1000
    hall.speech.prepare(effects)
    hall.speech.repeat("amplifier")
    assert hall.told() == []
    late = hall.recall()
    hall.speech.prepare(late)
    hall.speech.repeat("amplifier")
    assert {play["expires_at_ms"] for play in hall.told()} == {hall.now_ms + PLAN.settings.call_expires_s * 1000}


def test_a_notice_waits_behind_calls(hall: Hall) -> None:
    hall.speech.prepare(hall.call())
    hall.speech.prepare(hall.ask(Announce(at_ms=hall.now_ms, by="admin", channel="pa", phrase="closing-soon")))
    call, notice = hall.told()
    assert int(str(call["priority"])) < int(str(notice["priority"]))
    assert notice["text"] == "服务厅即将结束今天的服务，请抓紧时间办理"


def test_what_ended_within_its_round_is_not_told(hall: Hall) -> None:
    effects = hall.call()
    act = next(iter(hall.site.announcements))
    hall.ask(ConfirmAct(at_ms=hall.now_ms, by="amplifier", act=act, result="done"))
    hall.speech.prepare(effects)
    assert hall.told() == []


def test_a_channel_that_the_site_file_lost_silences_no_other(hall: Hall) -> None:
    """Its announcements are still in the state of the journal; they must not keep the hub from its broker."""
    hall.call()
    hall.site.announcements["old"] = type(next(iter(hall.site.announcements.values())))(
        id="old", channel="attic", phrase="closing-soon", priority=5, expires_at_ms=hall.now_ms + 60_000
    )
    hall.speech.repeat()
    hall.speech.repeat("amplifier")
    assert [play["text"] for play in hall.told()] == ["请A001号到1号窗口办理"] * 2


def test_a_call_is_as_loud_as_its_channel_at_this_hour(hall: Hall) -> None:
    effects = hall.call()
    channels = tuple(msgspec.structs.replace(channel, volumes=("00:00 60",)) for channel in PLAN.channels)
    hall.speech.take_plan(msgspec.structs.replace(PLAN, channels=channels))
    hall.speech.prepare(effects)
    (play,) = hall.told()
    assert play["volume"] == 60
