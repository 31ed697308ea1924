"""A kiosk asks what may be rated with a paper: only a paper of this hub says anything, and why not is told in words."""

from pathlib import Path

import pytest

from firmware.wire import topics
from firmware.wire.messages.rating import FOUND, RateByPaper, RatingFind, RatingFound
from firmware.words import WORDS
from hub.code_link import CodeLinks, is_bare
from hub.decode import Reported, decode
from hub.engine import requests
from hub.engine.plan import Plan
from hub.engine.state import Site
from hub.rating_desk import PER_KIOSK, RatingDesk
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan

URL = "https://hall.example/zh"


class Desk:
    """A kiosk's questions against the state of a real day; it is the running hub as the desk sees it."""

    def __init__(self, folder: Path) -> None:
        self.day = HallDay(small_plan(rate_days=2))
        self.links = CodeLinks(folder, URL)
        self.clock_s = 1000.0
        self.said: list[tuple[str, bytes]] = []
        self.desk = RatingDesk(
            self.links, self, lambda topic, payload: self.said.append((topic, payload)), lambda: self.clock_s
        )

    @property
    def plan(self) -> Plan:
        return self.day.plan

    @property
    def site(self) -> Site:
        return self.day.site

    def now_ms(self) -> int:
        return self.day.at_ms

    def asks(self, text: str, kiosk: str = "kiosk-tax") -> RatingFound:
        """The answer, through the bytes of the wire."""
        question = RatingFind(boot="b1", ask=len(self.said) + 1, text=text)
        reported = decode(self.plan, topics.up("small", kiosk, question.name), question.encode(), self.day.at_ms)
        assert isinstance(reported, Reported)
        self.desk.take(reported.device.id, reported.report)
        topic, payload = self.said[-1]
        assert topic == topics.down("small", kiosk, RatingFound.name)
        found: RatingFound = RatingFound.decode(payload)
        assert (found.boot, found.ask) == ("b1", len(self.said))
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A001 was served at window 1 of the tax hall; A002 waits."""
    desk = Desk(tmp_path)
    desk.day.opens("tax-1", "tax-2")
    desk.day.takes("invoices")
    desk.day.takes("invoices")
    desk.day.calls("tax-1")
    desk.day.finishes("tax-1", "A001")
    return desk


def test_a_paper_may_be_scanned_or_typed(desk: Desk) -> None:
    ticket = desk.day.id_of("A001")
    check = desk.links.check(ticket)
    before = len(desk.day.journal)
    said = (desk.links.link(ticket), f"{ticket}.{check}", "A001" + check, f"a001-{check.lower()}", f" A001 {check} ")
    for text in (*said, desk.links.link(ticket, 2)):
        found = desk.asks(text)
        assert (found.result, found.number) == ("found", "A001"), text
        assert [(one.nth, one.label, one.window) for one in found.services] == [(1, "发票", 1)]
        assert desk.links.ticket(found.code) == ticket
    assert len(desk.day.journal) == before, "asking changes nothing"


def test_somebody_else_s_number_says_nothing(desk: Desk) -> None:
    ticket, other = desk.day.id_of("A001"), desk.day.id_of("A002")
    check = desk.links.check(ticket)
    for text in ("A001", "a001", ticket):
        assert desk.asks(text).result == "no_code"
    for text in ("A002" + check, f"{other}.{check}", "A001" + check[::-1], "预约12", "x" * 144, "9" * 40):
        assert (desk.asks(text).result, desk.asks(text).code) == ("unknown", ""), text
        desk.clock_s += 60


def test_why_nothing_can_be_rated_is_told(desk: Desk) -> None:
    waiting, served = desk.day.id_of("A002"), desk.day.id_of("A001")
    assert desk.asks("A002" + desk.links.check(waiting)).result == "early"
    desk.day.rates("tax-1", "A001", 5)
    done = desk.asks("A001" + desk.links.check(served))
    assert (done.result, done.code, done.services) == ("done", "", [])
    desk.day.calls("tax-1")
    desk.day.finishes("tax-1", "A002")
    for days, result in ((2, "found"), (1, "over")):
        desk.day.at_ms += days * DAY_MS
        desk.day.ask_for(requests.TurnDay, "hub")
        assert desk.asks("A002" + desk.links.check(waiting)).result == result
        assert desk.asks(desk.links.link(waiting)).result == result


def test_each_result_has_its_words() -> None:
    assert {"screen.rate." + result for result in FOUND if result != "found"} <= set(WORDS)


def test_of_several_services_all_that_nobody_rated_are_told(desk: Desk) -> None:
    desk.day.calls("tax-1")
    desk.day.serves("tax-1", "A002")
    desk.day.transfers("tax-1", "A002", to_service="certificates")
    desk.day.calls("tax-2")
    desk.day.finishes("tax-2", "A002")
    ticket = desk.day.id_of("A002")
    told = [(one.nth, one.label, one.window) for one in desk.asks(desk.links.link(ticket)).services]
    assert told == [(1, "发票", 1), (2, "证明", 2)]
    assert desk.day.rates_at_kiosk(ticket, 2, 5) == "ServiceRated"
    assert [one.nth for one in desk.asks(desk.links.link(ticket)).services] == [1]


def test_the_longest_of_each_message_fits() -> None:
    service = {"nth": 99, "label": "务" * 40, "label_en": "é" * 60, "window": 9999}
    found = RatingFound(
        boot="b" * 16, ask=2**31 - 1, result="found", number="号" * 12, code="c" * 64, services=[service] * 4
    )
    rating = RateByPaper(
        boot="b" * 16, seq=2**31 - 1, code="c" * 64, nth=99, level=1, reasons=[115] * 8, remark="慢" * 80
    )
    asked = RatingFind(boot="b" * 16, ask=2**31 - 1, text="码" * 144)
    for message in (found, rating, asked):
        assert len(message.encode()) <= message.max_bytes, message.name


def test_who_tries_letters_is_stopped_and_others_are_not(desk: Desk) -> None:
    ticket = desk.day.id_of("A001")
    check = desk.links.check(ticket)
    wrong = [letters for letters in ("23456789"[at:] + "ABCDEF"[: 8 - at] for at in range(8)) if letters[:6] != check]
    results = [desk.asks("A001" + wrong[at % len(wrong)][:6]).result for at in range(PER_KIOSK + 1)]
    assert results == ["unknown"] * PER_KIOSK + ["often"]
    assert desk.asks("A001" + check).result == "often"
    assert desk.asks("A001" + check, kiosk="kiosk-law").result == "found"
    desk.clock_s += 60
    assert desk.asks("A001" + check).result == "found"


def test_the_letters_belong_to_one_ticket_and_one_hub(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    here, there = CodeLinks(tmp_path, URL), CodeLinks(tmp_path / "other", URL)
    tickets = [f"20261122-A{serial:03}" for serial in range(1, 1000)]
    checks = [here.check(ticket) for ticket in tickets]
    assert len(set(checks)) == len(tickets)
    assert not set(zip(tickets, checks, strict=True)) & {(ticket, there.check(ticket)) for ticket in tickets}
    assert {len(check) for check in checks} == {6}
    assert not set("".join(checks)) & set("01IO"), "letters that are read for others"


@pytest.mark.parametrize(
    ("text", "is_so"), [("HA001", True), ("20261122-JB701", True), ("HA001ABCDEF", False), ("", False), ("1234", False)]
)
def test_a_number_alone_is_known_as_one(text: str, is_so: bool) -> None:
    assert is_bare(text) == is_so
