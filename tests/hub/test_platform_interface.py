"""A platform with an interface of its own: as strict as its document, which knows nothing of our mapping."""

from typing import Any

import pytest

from hub.engine import moves, reasons
from hub.engine.events import AnyEvent, Entry
from hub.platform import mapping
from hub.platform.contract import TYPES, records
from simulators.platform.interface import Interface
from simulators.platform.received import Received
from tests.hub.test_platform_contract import PLAN, sample

DOCUMENT = Interface("sample")
SAMPLE = mapping.load("sample")
TAKEN = {
    "businessId": "doumen-1-7-0", "siteCode": "doumen", "hallCode": "", "eventType": "0", "batchNo": "1",
    "eventTime": "2026-11-22 09:30:00", "objectId": "ticket:20261122-H001", "sequence": "7000000", "source": "hallhub",
    "queueNo": "H001", "businessCode": "residence", "deviceCode": "k1", "vipLevel": "", "waitCount": 0,
    "ticketTime": "2026-11-22 09:30:00", "isOffline": "0", "reserveSeq": "", "isReserve": "0", "peopleCount": 1,
    "firstTicket": "",
}  # fmt: skip


def mapped(event: AnyEvent, position: int = 7) -> dict[str, Any]:
    return SAMPLE.put(records(PLAN, 1, Entry(position=position, at_ms=1, origin=None, events=(event,)))[0])


@pytest.mark.parametrize("kind", sorted(TYPES, key=lambda kind: kind.__name__))
def test_the_sample_mapping_is_to_the_sample_platforms_taste(kind: type) -> None:
    if TYPES[kind].type not in SAMPLE.leave_out:
        assert DOCUMENT.complaint(mapped(sample(kind))) == ""


def test_its_document_has_an_event_for_each_code_of_the_mapping_and_no_other() -> None:
    assert set(SAMPLE.tables["types"].values()) == set(DOCUMENT._events)
    assert set(DOCUMENT._tables["evalDetail"]) == {str(code) for codes in reasons.OFFERED.values() for code in codes}
    assert set(DOCUMENT._tables["appStatus"]) == set(moves.states(moves.CASE)) - {""}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"queueNo": None}, "queueNo is missing"),
        ({"queueNo": 7}, "queueNo must be text, not int"),
        ({"queueNo": ""}, "queueNo must not be empty"),
        ({"queueNo": "H" * 13}, "queueNo is longer than 12"),
        ({"waitCount": "3"}, "waitCount must be a number from 0, not '3'"),
        ({"waitCount": True}, "waitCount must be a number"),
        ({"waitCount": -1}, "waitCount must be a number"),
        ({"vipLevel": "老人"}, "vipLevel '老人' is not in the code table vipLevel"),
        ({"isOffline": "2"}, "isOffline '2' is not in the code table yes"),
        ({"eventType": "99"}, "eventType '99' is no event of this interface"),
        ({"eventType": 0}, "eventType 0 is no event"),
        ({"eventTime": "2026-11-22T09:30:00"}, "eventTime '2026-11-22T09:30:00' is no time like"),
        ({"eventTime": "2026-11-31 09:30:00"}, "is no time like"),
        ({"ticketTime": "2026-11-22 9:30:00"}, "ticketTime '2026-11-22 9:30:00' is no time like"),
        ({"sequence": "7e6"}, "sequence '7e6' must be digits"),
        ({"source": "another"}, "source 'another' is not in the code table source"),
        ({"objectId": "window:w1"}, "objectId 'window:w1' must be ticket:"),
        ({"userName": "张三"}, "userName is not in the interface of event 0"),
    ],
)
def test_an_event_that_is_not_to_the_document_is_rejected_with_the_reason(change: dict[str, Any], says: str) -> None:
    event = {key: value for key, value in {**TAKEN, **change}.items() if value is not None}
    assert says in DOCUMENT.complaint(event)
    received = Received(reading=DOCUMENT)
    assert [one["verdict"] for one in received.take([event])] == ["rejected"]
    assert received.count == 0
    assert [one["verdict"] for one in received.repair([event])] == ["rejected"]


def test_what_is_no_event_at_all_is_rejected() -> None:
    received = Received(reading=DOCUMENT)
    assert {one["verdict"] for one in received.take([None, [], "x", {}, {"businessId": 1, "objectId": []}])} == {
        "rejected"
    }


def test_codes_that_a_site_did_not_register_are_rejected() -> None:
    strict = Interface("sample", {"businessCode": ["passport"]})
    assert strict.complaint(TAKEN) == "businessCode 'residence' is not in the code table businessCode"
    assert strict.complaint(TAKEN | {"businessCode": "passport"}) == ""


def test_reasons_of_a_rating_are_checked_one_by_one() -> None:
    rated = mapped(sample(next(kind for kind in TYPES if TYPES[kind].type == "service.rated")))
    rated |= {"writingEvaluation": "窗口太少"}
    for codes, says in (("", ""), ("510", ""), ("207,215", "evalDetail '215' is not in"), ("207,", "'' is not in")):
        assert says in DOCUMENT.complaint(rated | {"evalDetail": codes})
        assert bool(says) == bool(DOCUMENT.complaint(rated | {"evalDetail": codes}))


def test_a_poor_rating_must_say_why() -> None:
    rated = mapped(sample(next(kind for kind in TYPES if TYPES[kind].type == "service.rated")))
    mute = rated | {"evalDetail": "", "writingEvaluation": ""}
    for level, says in (("5", ""), ("3", ""), ("2", "evalDetail or writingEvaluation must say why, below 3")):
        assert DOCUMENT.complaint(mute | {"satisfaction": level}) == says
    assert DOCUMENT.complaint(mute | {"satisfaction": "1", "writingEvaluation": "窗口太少"}) == ""


def test_order_and_doubles_are_watched_in_its_own_words() -> None:
    called = {
        key: value for key, value in TAKEN.items() if key in DOCUMENT._common
    } | {"eventType": "5", "windowCode": "w1"}  # fmt: skip

    def at(sequence: int, event: dict[str, Any] = called, **more: str) -> dict[str, Any]:
        return {**event, "businessId": f"e-{more.get('batchNo', '1')}-{sequence}", "sequence": str(sequence), **more}

    received = Received(reading=DOCUMENT)
    said = received.take([at(5), at(6, TAKEN), at(6, TAKEN), at(9), at(8), at(10)])
    assert [one["verdict"] for one in said] == ["rejected", "rejected", "rejected", "rejected", "rejected", "rejected"]
    assert "nothing is known of this ticket with which this could begin" in said[0]["reason"]
    said = received.take([at(6, TAKEN), at(6, TAKEN), at(10)])
    assert [one["verdict"] for one in said] == ["accepted", "duplicate", "accepted"]
    assert received.take([at(9)])[0]["reason"].startswith("out of order: a later record")
    assert received.take([at(1, batchNo="2")])[0]["verdict"] == "accepted", "after a backup was put back"
    assert received.day("2026-11-22")["5"].keys() == {"e-1-10", "e-2-1"}
