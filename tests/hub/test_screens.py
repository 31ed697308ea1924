"""Screens: seen at once, told together when it can wait, nothing lost, nothing twice."""

import json
from typing import Any

import msgspec
import pytest

from firmware.wire.messages.queue import ShowEvaluation
from hub.effects.pages import all_slots
from hub.effects.screens import FLUSH_MS, PATIENT_REST_MS, REST_MS, Screens
from hub.engine.decide import decide
from hub.engine.effects import Effect, Refresh
from hub.engine.evaluations import CODE_PAGE
from hub.engine.events import Entry
from hub.engine.evolve import apply
from hub.engine.react import react
from hub.engine.refused import Refused
from hub.engine.requests import (
    CallNext,
    FinishTicket,
    OpenWindow,
    RateService,
    RecallTicket,
    ServeTicket,
    TakeTicket,
    TurnDay,
)
from hub.engine.state import Site
from tests.engine.small_site import MORNING_MS, small_plan

PLAN = small_plan()
EPOCH = 1_700_000_000
KIOSK = "hall/v1/small/kiosk-tax/down/show/services"
STRIP = "hall/v1/small/strip-tax/down/show/region/0"
TERMINAL = "hall/v1/small/call-tax-1/down/show/window"
DISPLAY = "hall/v1/small/display-tax/down/show/calls"


class Hall:
    """A site with its screens, a clock that stands still until told, and the messages that were published."""

    def __init__(self) -> None:
        self.site = Site()
        self.now_ms = 5_000_000
        self.published: list[tuple[str, Any]] = []
        self.rounds_due_ms: list[int] = []
        self.screens = Screens(
            PLAN,
            self.site,
            EPOCH,
            self._publish,
            lambda: self.now_ms,
            lambda ms: self.rounds_due_ms.append(self.now_ms + ms),
        )

    def _publish(self, topic: str, payload: bytes, qos: int, is_retained: bool) -> None:
        assert (qos, is_retained) == (1, True), "what a screen shows is retained state"
        self.published.append((topic, json.loads(payload) if payload else None))

    def round(self, *effects: Effect) -> list[str]:
        """One round of the pipeline: the topics that were told."""
        before = len(self.published)
        self.screens.prepare(list(effects))
        assert len(self.published) == before, "nothing is told before it is durable"
        self.screens.tell()
        return [topic for topic, _ in self.published[before:]]

    def ask(self, request: Any) -> list[Effect]:
        """What the request makes to be refreshed; it has happened."""
        outcome = decide(PLAN, self.site, request)
        assert not isinstance(outcome, Refused), outcome
        apply(PLAN, self.site, Entry(position=self.site.position + 1, at_ms=MORNING_MS, origin=None, events=outcome))
        return [effect for event in outcome for effect in react(PLAN, self.site, event)]

    def take(self, service: str = "invoices") -> list[Effect]:
        return self.ask(TakeTicket(at_ms=MORNING_MS, by="kiosk-tax", service=service))

    def open_and_call(self) -> list[Effect]:
        opened = self.ask(OpenWindow(at_ms=MORNING_MS, by="call-tax-1", window="tax-1"))
        return opened + self.ask(CallNext(at_ms=MORNING_MS, by="call-tax-1", window="tax-1"))

    def pass_time(self, ms: int) -> list[str]:
        """The rounds that were asked for come, in their time; the topics told by them."""
        end_ms = self.now_ms + ms
        told = []
        while self.rounds_due_ms and min(self.rounds_due_ms) <= end_ms:
            self.now_ms = min(self.rounds_due_ms)
            self.rounds_due_ms.remove(self.now_ms)
            told += self.round()
        self.now_ms = end_ms
        return told

    def shown(self, topic: str) -> dict[str, Any]:
        """The newest on that topic."""
        return next(content for told, content in reversed(self.published) if told == topic)


@pytest.fixture
def hall() -> Hall:
    """A hall whose screens show the empty morning, long ago."""
    hall = Hall()
    hall.screens.repeat()
    hall.round(*hall.ask(TurnDay(at_ms=MORNING_MS, by="hub")))
    hall.pass_time(10_000)
    hall.published.clear()
    return hall


def waiting(hall: Hall) -> int:
    return int(next(offer for offer in hall.shown(KIOSK)["offers"] if offer["service"] == "invoices").get("waiting", 0))


def test_repeating_tells_every_slot_of_every_device() -> None:
    hall = Hall()
    hall.screens.repeat()
    told = hall.round()
    assert len(told) == len(set(told)) == len(all_slots(PLAN))
    assert {content["epoch"] for _, content in hall.published} == {EPOCH}
    assert hall.round() == [], "once"
    hall.screens.repeat()
    assert sorted(hall.round()) == sorted(told), "and all of it again, for a broker that forgot"


def test_what_somebody_did_is_told_at_once(hall: Hall) -> None:
    hall.round(*hall.take())
    told = hall.round(*hall.open_and_call())
    assert {STRIP, DISPLAY, TERMINAL} <= set(told)
    assert hall.shown(DISPLAY)["called"][0]["number"] == "A001"


def test_who_is_called_is_seen_soon_even_after_a_count_was_told(hall: Hall) -> None:
    """A display that has just told how many wait rests no longer than an eye when somebody is called."""
    hall.round(*hall.take())
    assert DISPLAY in hall.pass_time(FLUSH_MS)
    assert DISPLAY in hall.round(*hall.open_and_call()) + hall.pass_time(REST_MS["show/calls"] + FLUSH_MS)
    assert hall.shown(DISPLAY)["called"][0]["number"] == "A001"


def test_a_call_is_not_kept_back_by_the_finish_before_it(hall: Hall) -> None:
    hall.round(*hall.take(), *hall.take(), *hall.open_and_call())
    ticket = hall.site.windows["tax-1"].ticket
    hall.ask(ServeTicket(at_ms=MORNING_MS, by="call-tax-1", window="tax-1", ticket=ticket))
    hall.pass_time(1_000)
    finished = hall.ask(FinishTicket(at_ms=MORNING_MS, by="call-tax-1", window="tax-1", ticket=ticket))
    assert STRIP in hall.round(*finished)
    hall.pass_time(1)
    called = hall.ask(CallNext(at_ms=MORNING_MS, by="call-tax-1", window="tax-1"))
    assert STRIP in hall.round(*called)
    assert hall.shown(STRIP)["flash_ms"] > 0


def test_a_count_of_a_quiet_screen_is_told_soon(hall: Hall) -> None:
    hall.round(*hall.take())
    assert KIOSK in hall.pass_time(FLUSH_MS)
    assert waiting(hall) == 1


def test_a_rush_is_told_together_when_the_screen_has_rested(hall: Hall) -> None:
    hall.round(*hall.take())
    hall.pass_time(FLUSH_MS)
    for _ in range(49):
        assert KIOSK not in hall.round(*hall.take()) + hall.pass_time(1)
    told = hall.pass_time(PATIENT_REST_MS["show/services"] + FLUSH_MS)
    assert told.count(KIOSK) == 1
    assert waiting(hall) == 50


def test_a_long_rush_costs_a_screen_one_message_a_rest(hall: Hall) -> None:
    told = []
    for _ in range(500):  # one every 20 ms: 10 s
        told += hall.round(*hall.take())
        told += hall.pass_time(20)
    told += hall.pass_time(PATIENT_REST_MS["show/services"] + FLUSH_MS)
    seconds = 500 * 20 / 1000
    assert seconds * 0.8 <= told.count(KIOSK) <= seconds + 2
    assert waiting(hall) == 500, "and the last is never left untold"


def test_nobody_is_woken_when_nothing_is_held(hall: Hall) -> None:
    hall.round(*hall.take())
    hall.round(*hall.take())
    assert hall.rounds_due_ms
    hall.pass_time(5_000)
    assert hall.rounds_due_ms == []


# A flash is never lost


def recall(hall: Hall) -> list[Effect]:
    ticket = hall.site.windows["tax-1"].ticket
    return hall.ask(RecallTicket(at_ms=MORNING_MS, by="call-tax-1", window="tax-1", ticket=ticket))


def test_a_flash_outlives_what_else_happens_to_the_slot_in_its_round(hall: Hall) -> None:
    hall.round(*hall.take())
    calls = hall.open_and_call()
    hall.round(*calls, Refresh("strip-tax", "show/region", 0, can_wait=True), Refresh("strip-tax", "show/region", 0))
    assert hall.shown(STRIP)["flash_ms"] > 0


def test_the_same_number_called_again_flashes_again(hall: Hall) -> None:
    hall.round(*hall.take(), *hall.open_and_call())
    hall.pass_time(1_000)
    hall.published.clear()
    assert STRIP in hall.round(*recall(hall))
    assert hall.shown(STRIP)["flash_ms"] > 0


@pytest.mark.parametrize("later_ms", range(0, 200, 7))
def test_a_flash_while_the_strip_rests_is_told_after_its_rest(hall: Hall, later_ms: int) -> None:
    """Whenever another change of the slot comes in between."""
    hall.round(*hall.take(), *hall.open_and_call())
    hall.pass_time(10)
    hall.published.clear()
    told = hall.round(*recall(hall))
    hall.now_ms += later_ms  # the loop is busy: the round that was asked for is late
    told += hall.round(Refresh("strip-tax", "show/region", 0)) + hall.pass_time(1_000)
    assert STRIP in told
    assert any(content["flash_ms"] > 0 for topic, content in hall.published if topic == STRIP)


# Nothing twice, nothing that is not there


def test_a_device_that_the_site_file_lost_has_no_screen_to_tell(hall: Hall) -> None:
    """An alarm that was raised before can still be closed."""
    assert hall.round(Refresh("help-attic", "show/alarm"), *hall.take(), *hall.open_and_call())


def test_a_terminal_says_where_a_phone_rates_the_service_just_done_and_that_it_was_rated(hall: Hall) -> None:
    hall.screens.link = lambda ticket, nth: f"https://h.cn/e/{ticket}?nth={nth}"
    terminal = "hall/v1/small/rate-tax-1/down/show/evaluation"
    hall.round(*hall.take())
    hall.round(*hall.open_and_call())
    ticket = hall.site.windows["tax-1"].ticket
    clerk = {"at_ms": MORNING_MS, "by": "call-tax-1", "window": "tax-1", "ticket": ticket}
    hall.round(*hall.ask(ServeTicket(**clerk)), *hall.ask(FinishTicket(**clerk)))
    shown = dict(hall.published)[terminal]
    assert (shown["ticket"], shown["link"]) == (ticket, f"https://h.cn/e/{ticket}?nth=1")
    rating = RateService(at_ms=MORNING_MS, by=CODE_PAGE, window="tax-1", ticket=ticket, nth=1, level=5)
    assert hall.round(*hall.ask(rating)) == [terminal]
    shown = dict(hall.published)[terminal]
    assert (shown.get("ticket", ""), shown.get("link", ""), shown["rated"]) == ("", "", ticket)
    longest = ShowEvaluation(
        epoch=2**40,
        rev=2**53,
        ticket="t" * 24,
        number="n" * 12,
        staff="工" * 16,
        staff_name="名" * 24,
        photo="0" * 64,
        url="h" * 160,
        link="h" * 160,
        rated="t" * 24,
    )
    assert len(longest.encode()) <= ShowEvaluation.max_bytes


def test_what_did_not_change_is_not_told(hall: Hall) -> None:
    assert hall.round(*(Refresh(s.device, s.message, s.slot) for s in all_slots(PLAN))) == []
    hall.round(*hall.take())
    hall.pass_time(5_000)
    assert hall.round(Refresh("kiosk-tax", "show/services", 0)) == [], "though the revision is another"


def test_the_revision_grows_with_every_change_of_a_slot(hall: Hall) -> None:
    for _ in range(5):
        hall.round(*hall.take())
        hall.pass_time(2_000)
    revisions = [content["rev"] for topic, content in hall.published if topic == KIOSK]
    assert len(revisions) >= 5
    assert revisions == sorted(set(revisions))


def test_what_was_told_with_all_is_not_told_again_when_its_rest_is_over(hall: Hall) -> None:
    hall.round(*hall.take())
    hall.screens.repeat()
    hall.round()
    assert waiting(hall) == 1
    assert KIOSK not in hall.pass_time(5_000)


def test_what_a_device_showed_is_cleared_when_it_is_gone_and_told_when_it_is_back() -> None:
    hall = Hall()
    hall.screens.repeat()
    hall.round()
    gone = msgspec.structs.replace(PLAN, devices=tuple(d for d in PLAN.devices if d.id != "strip-tax"))
    hall.screens.take_plan(gone)
    told = dict(hall.published[-len(hall.round()) :])
    assert set(told) == {topic for topic in (dict(hall.published)) if "/strip-tax/" in topic}, "the others go on"
    assert set(told.values()) == {None}
    assert STRIP in told
    hall.screens.repeat()
    assert STRIP in hall.round(), "cleared again: the broker may have been away"
    assert hall.published[-1][1] is not None, "what is there is told after it"
    hall.screens.take_plan(PLAN)
    hall.round()
    assert dict(hall.published)[STRIP] is not None


def test_a_call_of_a_strip_that_is_gone_costs_nothing() -> None:
    hall = Hall()
    hall.screens.take_plan(msgspec.structs.replace(PLAN, devices=()))
    hall.round()
    assert hall.round(Refresh(device="strip-tax", message="show/region", slot=0, flash=True)) == []
