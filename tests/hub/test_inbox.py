"""The inbox: acknowledged when durable and not before; what is malformed is counted, answered, and disturbs nothing."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import topics
from hub.code_link import CodeLinks
from hub.engine.events import Origin, ServiceRated
from hub.engine.requests import CallNext, FinishTicket, OpenWindow
from hub.inbox import Inbox
from hub.journal import Journal, JournalError
from hub.link import Receipt
from hub.pipeline import Pipeline
from hub.presence import Presence
from hub.refusals import KEPT, Refusals
from hub.replay import replay
from hub.vault import About, VaultFault
from tests.engine.small_site import MORNING_MS, small_plan

PLAN = small_plan()
KIOSK = "kiosk-tax"


class Stage:
    """An inbox over a real pipeline and journal. ``acked``: (receipt, entries in the journal at that moment)."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.pipeline = Pipeline(PLAN, replay(PLAN, journal), journal, [])
        self.presence = Presence(PLAN, {}, MORNING_MS)
        self.refusals = Refusals()
        self.acked: list[tuple[Receipt, int]] = []
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.hellos: list[str] = []
        self.inbox = Inbox(
            PLAN, self.pipeline, self.presence, self.refusals, self, lambda: MORNING_MS, self.hellos.append
        )
        self._packet_id = 0

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        assert (qos, retain) == (0, False), "answers are asked for again, not kept"
        self.said.append((topic, json.loads(payload)))

    def ack(self, receipt: Receipt) -> None:
        self.acked.append((receipt, len(self.journal.entries(0, 10_000))))

    def arrive(self, name: str, payload: Any, device: str = KIOSK) -> Receipt:
        """A message comes; bytes as they are, all else as JSON."""
        return self.arrive_on(topics.up(PLAN.id, device, name), payload)

    def arrive_on(self, topic: str, payload: Any) -> Receipt:
        self._packet_id += 1
        receipt = Receipt(1, self._packet_id)
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.inbox.take(topic, body, receipt)
        return receipt

    def take(self, seq: int, **fields: Any) -> Receipt:
        return self.arrive("ticket/take", {"boot": "b1", "seq": seq, "service": "invoices", **fields})

    @property
    def receipts(self) -> list[Receipt]:
        return [receipt for receipt, _ in self.acked]

    def answers(self, name: str, device: str = KIOSK) -> list[dict[str, Any]]:
        return [content for topic, content in self.said if topic == topics.down(PLAN.id, device, name)]


@pytest.fixture
def stage(tmp_path: Path):
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", PLAN.id)
    journal.open()
    stage = Stage(journal)
    yield stage
    stage.pipeline.close()
    journal.close()


def rounds(stage: Stage, work: Callable[[], Coroutine[None, None, None]] | None = None) -> None:
    """Everything that waits is decided, committed and told."""

    async def main() -> None:
        if work is not None:
            await work()
        await stage.pipeline.round()

    asyncio.run(main())


def test_a_request_is_acknowledged_and_answered_when_it_is_durable_and_not_before(stage: Stage) -> None:
    receipts = [stage.take(seq) for seq in (1, 2, 3)]
    assert (stage.acked, stage.said) == ([], [])
    rounds(stage)
    assert stage.receipts == receipts
    on_disk = len(stage.journal.entries(0, 100))
    assert on_disk >= 3
    assert {durable for _, durable in stage.acked} == {on_disk}, "all of the round was on the disk by then"
    assert [answer["number"] for answer in stage.answers("ticket/issued")] == ["A001", "A002", "A003"]


def test_what_could_not_be_written_is_neither_acknowledged_nor_answered(stage: Stage) -> None:
    stage.take(1)
    stage.journal.close()
    with pytest.raises(JournalError):
        rounds(stage)
    assert (stage.acked, stage.said) == ([], [])


def test_what_arrives_again_is_answered_the_same(stage: Stage) -> None:
    first = stage.take(1)
    rounds(stage)
    again = stage.take(1)  # after its commit
    also = stage.take(2)
    twin = stage.take(2)  # twice in one round
    rounds(stage)
    assert set(stage.receipts) == {first, again, also, twin}
    one, same, two, twins = sorted(stage.answers("ticket/issued"), key=lambda answer: answer["seq"])
    assert one == same
    assert two == twins
    assert one["number"] != two["number"]
    assert len({ticket.number for ticket in stage.pipeline.site.tickets.values()}) == 2


def test_a_refused_request_is_acknowledged_and_told_why(stage: Stage) -> None:
    receipt = stage.take(1, service="no-such")
    rounds(stage)
    assert stage.receipts == [receipt]
    assert stage.answers("refused") == [{"boot": "b1", "seq": 1, "code": "service.unknown"}]
    assert not stage.refusals.counts, "a rule's no is not a stranger"


MALFORMED = [
    ("ticket/take", b"{", "malformed"),
    ("ticket/take", b"\xff\xfe", "malformed"),
    ("ticket/take", b"[" * 400, "malformed"),
    ("ticket/take", b"", "malformed"),
    ("ticket/take", {"boot": "b1", "seq": 1, "service": 7}, "malformed"),
    ("ticket/take", {"boot": "b1", "seq": 0, "service": "invoices"}, "malformed"),
    ("ticket/take", {"service": "invoices"}, "malformed"),
    ("ticket/take", b'{"service":"' + b"x" * 600 + b'"}', "oversize"),
    ("ticket/call", {"boot": "b1", "seq": 1}, "message not allowed"),
    ("ticket/steal", {"boot": "b1", "seq": 1}, "message not allowed"),
    ("heartbeat", {"boot": "b1"}, "malformed"),
]


@pytest.mark.parametrize(("name", "payload", "reason"), MALFORMED)
def test_what_is_malformed_is_acknowledged_at_once_and_counted(
    stage: Stage, name: str, payload: Any, reason: str
) -> None:
    receipt = stage.arrive(name, payload)
    assert stage.receipts == [receipt], "or the broker would bring it again for ever"
    assert stage.refusals.counts == {reason: 1}
    newest = stage.refusals.newest[-1]
    assert (newest.who, newest.at_ms) == (KIOSK, MORNING_MS)
    assert newest.detail.startswith(f"{name}: ")
    rounds(stage)
    assert stage.journal.entries(0, 10) == []


@pytest.mark.parametrize(
    "topic",
    ["hall/v1/small/ghost/up/ticket/take", "hall/v1/elsewhere/kiosk-tax/up/ticket/take", "x", "", "a/b/c/d/e/f"],
)
def test_who_is_not_of_the_site_is_counted_and_not_answered(stage: Stage, topic: str) -> None:
    receipt = stage.arrive_on(topic, {"boot": "b1", "seq": 1, "service": "invoices"})
    assert stage.receipts == [receipt]
    assert stage.refusals.counts.total() == 1
    assert stage.said == []


@pytest.mark.parametrize("wrong", [{"service": 7}, {"service": "UPPER"}, {"priority": "king"}, {"language": None}])
def test_a_sender_that_names_boot_and_seq_is_told(stage: Stage, wrong: dict[str, Any]) -> None:
    stage.take(5, **wrong)
    assert stage.said == [(topics.down(PLAN.id, KIOSK, "refused"), {"boot": "b1", "seq": 5, "code": "malformed"})]


@pytest.mark.parametrize(
    "origin", [{}, {"boot": "b1"}, {"seq": 5}, {"boot": "B!", "seq": 5}, {"boot": "b1", "seq": -1}]
)
def test_a_sender_that_does_not_is_not(stage: Stage, origin: dict[str, Any]) -> None:
    stage.arrive("ticket/take", {**origin, "service": 7})
    assert stage.said == []
    assert stage.refusals.counts == {"malformed": 1}


def test_nothing_that_a_stranger_wrote_reaches_the_terminal_or_memory_without_end(stage: Stage) -> None:
    for n in range(KEPT + 10):
        stage.arrive_on(f"hall/v1/small/kiosk-tax/up/\x1b[31m{n}" + "x" * 5000, b"\x1b[2J")
    assert len(stage.refusals.newest) == KEPT
    assert stage.refusals.counts == {"message not allowed": KEPT + 10}
    assert all(item.detail.isprintable() and len(item.detail) <= 120 for item in stage.refusals.newest)


def test_a_malformed_message_between_two_good_ones_disturbs_neither(stage: Stage) -> None:
    first, _, last = stage.take(1), stage.arrive("ticket/take", b"{"), stage.take(2)
    rounds(stage)
    assert {first, last} <= set(stage.receipts)
    assert [answer["number"] for answer in stage.answers("ticket/issued")] == ["A001", "A002"]


def test_a_hello_is_welcomed_with_the_hubs_clock(stage: Stage) -> None:
    receipt = stage.arrive("hello", {"boot": "b7", "kind": "ticket_kiosk", "version": "0.1.0"})
    assert stage.receipts == [receipt]
    assert stage.answers("welcome") == [{"boot": "b7", "at_ms": MORNING_MS}]
    assert stage.hellos == [KIOSK]
    assert stage.presence.seen[KIOSK].is_online
    rounds(stage)
    assert stage.pipeline.site.online[KIOSK] is True


def test_whoever_asks_is_there(stage: Stage) -> None:
    stage.take(1)
    assert stage.presence.seen[KIOSK].is_online
    stage.arrive("ticket/take", b"{", "kiosk-law")
    assert not stage.presence.seen["kiosk-law"].is_online, "what cannot be read proves nothing"


def rated_in_words(stage: Stage) -> Receipt:
    """A001 was served at window 1, and the visitor writes why that was bad."""
    stage.take(1)
    for seq, name in ((1, "window/open"), (2, "ticket/call")):
        stage.arrive(name, {"boot": "c1", "seq": seq}, "call-tax-1")
    rounds(stage)
    ticket = stage.pipeline.site.windows["tax-1"].ticket
    stage.arrive("ticket/finish", {"boot": "c1", "seq": 3, "ticket": ticket}, "call-tax-1")
    rounds(stage)
    rating = {"boot": "r1", "seq": 9, "ticket": ticket, "level": 1, "remark": "13800000000"}
    return stage.arrive("evaluation/rate", rating, "rate-tax-1")


def test_what_a_visitor_writes_does_not_reach_the_journal(stage: Stage) -> None:
    """The journal has the place that whoever keeps it tells."""
    kept: list[tuple[str, int, str, About]] = []

    def keep(origin: Origin, text: str, about: About) -> str:
        kept.append((origin.device, origin.seq, text, about))
        return "w7"

    stage.inbox.keep_words = keep
    receipt = rated_in_words(stage)
    rounds(stage)
    assert kept == [("rate-tax-1", 9, "13800000000", About("20261122-A001"))]
    assert receipt in stage.receipts
    told = str(stage.journal.entries(0, 100))
    assert "13800000000" not in told
    assert "words='w7'" in told


def test_words_of_a_rating_that_was_not_taken_are_forgotten(stage: Stage) -> None:
    kept: list[str] = []
    stage.inbox.keep_words = lambda origin, text, about: kept.append(text) or "w7"
    stage.inbox.forget_words = kept.append
    rated_in_words(stage)
    rounds(stage)
    assert kept == ["13800000000"]
    stage.arrive(
        "evaluation/rate", {"boot": "r1", "seq": 10, "ticket": "20261122-A001", "level": 1, "remark": "y"}, "rate-tax-1"
    )
    rounds(stage)
    assert kept == ["13800000000", "y", "w7"], "rated once already"


def test_a_rating_whose_words_cannot_be_kept_is_not_taken_yet(stage: Stage) -> None:
    def keep(origin: Origin, text: str, about: About) -> str:
        raise VaultFault("the disk is full")

    stage.inbox.keep_words = keep
    receipt = rated_in_words(stage)
    rounds(stage)
    assert receipt not in stage.receipts
    assert stage.answers("ack", "rate-tax-1") == []
    assert not any(ticket.level for ticket in stage.pipeline.site.tickets.values())


def test_a_ticket_tells_where_it_is_rated(stage: Stage, tmp_path: Path) -> None:
    links = stage.inbox.links = CodeLinks(tmp_path, "https://hall.example")
    stage.take(1)
    rounds(stage)
    (answer,) = stage.answers("ticket/issued")
    assert answer["link"] == links.link("20261122-A001")
    assert links.shown("a001 " + answer["check"], ["20261122"]) == "20261122-A001"


def test_a_paper_for_a_number_that_anybody_may_type_proves_nothing(stage: Stage, tmp_path: Path) -> None:
    """Else whoever heard a number called would print it again and rate for its holder."""
    stage.inbox.links = CodeLinks(tmp_path, "https://hall.example")
    stage.inbox.showed = lambda device, visitor: (device, visitor) == (KIOSK, "v-1")
    stage.take(1, visitor="v-1")
    for seq, visitor in ((2, ""), (3, "v-2"), (4, "v-1")):
        stage.arrive("ticket/reprint", {"boot": "b1", "seq": seq, "number": "A001", "visitor": visitor})
    stage.take(5)
    stage.arrive("ticket/reprint", {"boot": "b1", "seq": 6, "number": "A002"})
    stage.take(7, visitor="v-1")  # has an open ticket: that one again
    stage.take(8, visitor="v-3")
    stage.take(9, visitor="v-3")  # and so has this one, who said so by the end of a phone number
    rounds(stage)
    by_seq = {answer["seq"]: answer for answer in stage.answers("ticket/issued")}
    assert {seq for seq, answer in by_seq.items() if "reprint" in answer} == {2, 3, 4, 6, 7, 9}
    assert {seq for seq, answer in by_seq.items() if "check" in answer and "link" in answer} == {1, 4, 5, 7, 8}
    assert {seq for seq, answer in by_seq.items() if "check" in answer or "link" in answer} == {1, 4, 5, 7, 8}


def served(stage: Stage) -> None:
    """A001 is finished at window 1."""
    ask = {"by": "call-tax-1", "window": "tax-1", "at_ms": MORNING_MS}
    stage.take(1)
    for request in (OpenWindow(**ask), CallNext(**ask), FinishTicket(**ask, ticket="20261122-A001")):
        stage.pipeline.offer(request, None, lambda entry: None)
    rounds(stage)


def test_at_a_kiosk_a_paper_of_this_hub_rates_and_nothing_else_does(stage: Stage, tmp_path: Path) -> None:
    links = stage.inbox.links = CodeLinks(tmp_path, "")
    served(stage)
    kept: list[str] = []
    stage.inbox.keep_words = lambda origin, text, about: kept.append((text, about.ticket)) or f"w-{origin.seq}"
    forgotten: list[str] = []
    stage.inbox.forget_words = forgotten.append
    ticket = "20261122-A001"
    good = links.token(ticket)
    forged = [ticket, "A001", good[:-1] + ("b" if good[-1] == "a" else "a"), f"{ticket}.{links.check(ticket)}"]
    for seq, code in enumerate([*forged, good, good], 11):
        body = {"boot": "b1", "seq": seq, "code": code, "nth": 1, "level": 2, "remark": "很慢", "ticket": ticket}
        stage.arrive("rating/paper", body)
    rounds(stage)
    assert [no["code"] for no in stage.answers("refused")] == ["evaluation.paper"] * 4 + ["evaluation.done"]
    assert stage.pipeline.site.tickets[ticket].level == 2
    assert kept == [("很慢", ticket)] * 2, "words that no paper proves are not kept"
    assert forgotten == ["w-16"]
    told = [event for entry in stage.journal.entries(0, 100) for event in entry.events]
    (rating,) = [event for event in told if isinstance(event, ServiceRated)]
    assert (rating.terminal, rating.source, rating.window, rating.words) == (KIOSK, "kiosk", "tax-1", "w-15")


def test_no_device_but_a_kiosk_rates_by_paper(stage: Stage, tmp_path: Path) -> None:
    links = stage.inbox.links = CodeLinks(tmp_path, "")
    served(stage)
    body = {"boot": "b1", "seq": 1, "code": links.token("20261122-A001"), "nth": 1, "level": 5}
    for device in ("call-tax-1", "rate-tax-1", "display-tax", "help-tax"):
        stage.arrive("rating/paper", body, device=device)
    rounds(stage)
    assert not stage.pipeline.site.tickets["20261122-A001"].level
    assert stage.refusals.counts["message not allowed"] == 4
