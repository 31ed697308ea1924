"""A kiosk asks who a visitor is; afterwards everything speaks of a random id only."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import topics
from firmware.wire.messages.visitor import VisitorFound, VisitorIdentify
from hub.decode import Reported, decode
from hub.reception import Reception
from hub.vault import Identity, Vault
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan

CARD = "440403199003072310"


class Desk:
    """A kiosk's questions against a real vault and the state of a real day."""

    def __init__(self, folder: Path) -> None:
        self.day = HallDay(small_plan())
        self.vault = Vault(folder)
        self.said: list[tuple[str, bytes]] = []
        self.reception = Reception(
            self.vault,
            lambda: self.day.plan,
            lambda: self.day.site,
            lambda topic, payload: self.said.append((topic, payload)),
            lambda: self.day.at_ms,
        )
        self._count = 0

    def asks(self, kind: str, value: str, person: str = "") -> VisitorFound:
        """The answer, through the bytes of the wire."""
        self._count += 1
        question = VisitorIdentify(boot="b1", ask=self._count, kind=kind, value=value, person=person)
        reported = decode(
            self.day.plan, topics.up("small", "kiosk-tax", question.name), question.encode(), self.day.at_ms
        )
        assert isinstance(reported, Reported)

        async def ask() -> None:
            self.reception.take(reported.device.id, reported.report)
            while len(self.said) < self._count:
                await asyncio.sleep(0)

        asyncio.run(ask())
        topic, payload = self.said[-1]
        assert topic == topics.down("small", "kiosk-tax", VisitorFound.name)
        found: VisitorFound = VisitorFound.decode(payload)
        assert (found.boot, found.ask) == ("b1", self._count)
        return found


@pytest.fixture
def desk(tmp_path: Path):
    desk = Desk(tmp_path)
    yield desk
    desk.reception.close()


def plain(found: VisitorFound) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(found.encode())
    return decoded


def test_a_card_is_known_from_then_on_and_shown_masked(desk: Desk):
    first = desk.asks("card", CARD, "李小龙")
    assert (first.result, first.shown, first.is_new) == ("found", "李*", True)
    assert desk.asks("card", CARD).visitor == first.visitor
    assert CARD not in str(plain(first))
    assert "小龙" not in str(plain(first))


def test_the_visitor_s_day_is_told(desk: Desk):
    visitor = desk.asks("card", CARD, "李小龙").visitor
    desk.day.books(visitor, "certificates", starts_in_min=10)
    assert desk.day.takes("invoices", visitor=visitor) == "A001"
    found = desk.asks("card", CARD)
    assert [(one.appointment, one.label, one.arrival) for one in found.appointments] == [
        (f"{visitor}-certificates", "证明", "on_time")
    ]
    assert [(one.number, one.state, one.ahead) for one in found.tickets] == [("A001", "waiting", 0)]
    assert desk.day.checks_in(visitor, found.appointments[0].appointment) == "B001"
    assert desk.asks("card", CARD).appointments == []


def test_by_code_and_phone_only_those_of_today_are_found(desk: Desk):
    li = desk.vault.put(Identity(name="李小龙", phone="13800138000", code="YY1"))
    assert desk.asks("phone", "8000").result == "unknown"
    desk.day.books(li, "invoices", starts_in_min=10)
    for kind, value in (("phone", "8000"), ("phone", "13800138000"), ("code", "yy1")):
        assert desk.asks(kind, value).visitor == li, kind
    assert desk.asks("code", "YY2").result == "unknown"


def test_a_phone_number_is_no_proof_of_who_stands_there(desk: Desk):
    """Others know it; a card or the code of the booking is shown by its holder."""
    li = desk.vault.put(Identity(name="李小龙", phone="13800138000", code="YY1"))
    desk.day.books(li, "invoices", starts_in_min=10)
    desk.asks("code", "YY1")
    assert desk.reception.showed("kiosk-tax", li)
    assert not desk.reception.showed("kiosk-law", li)
    for kind, value in (("phone", "8000"), ("phone", "13800138000"), ("code", "YY2")):
        desk.asks("code", "YY1")
        desk.asks(kind, value)
        assert not desk.reception.showed("kiosk-tax", li), kind
    assert not desk.reception.showed("kiosk-tax", "")


def test_of_several_nobody_is_told_anything(desk: Desk):
    for name, phone in (("李小龙", "13800138000"), ("王二", "13900138000")):
        desk.day.books(desk.vault.put(Identity(name=name, phone=phone)), "invoices", starts_in_min=10)
    found = desk.asks("phone", "8000")
    assert plain(found) == {"boot": "b1", "ask": 1, "result": "several"}
    assert desk.asks("phone", "13900138000").shown == "王*"


def test_a_very_busy_visitor_s_answer_fits(desk: Desk):
    visitor = desk.vault.put(Identity(code="YY1"))
    for n in range(12):
        desk.day.books(visitor, "invoices", starts_in_min=n, name=f"a-{n}" + "x" * 30)
    found = desk.asks("code", "YY1")
    assert len(found.appointments) == 8
    assert len(found.encode()) <= VisitorFound.max_bytes
