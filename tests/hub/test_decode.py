"""Decode: whatever arrives on whatever topic, the hub gets a typed value or `Malformed`, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.kinds import KINDS
from firmware.wire import topics
from firmware.wire.fields import Malformed
from firmware.wire.messages.registry import UP
from hub.decode import Asked, Reported, decode
from hub.engine import requests
from hub.engine.events import Origin
from tests.engine.small_site import small_plan

PLAN = small_plan()
NOW_MS = 1_795_309_200_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
field_names = st.sampled_from(sorted({name for message in UP.values() for name in message.fields()}))
likely_payloads = st.dictionaries(field_names, json_values, max_size=6).map(lambda value: json.dumps(value).encode())
real_topics = st.builds(
    topics.up,
    st.just(PLAN.id),
    st.sampled_from([device.id for device in PLAN.devices]),
    st.sampled_from(sorted(UP)),
)


def up(device: str, name: str) -> str:
    return topics.up(PLAN.id, device, name)


@given(topic=st.text(max_size=80) | real_topics, payload=st.binary(max_size=700) | likely_payloads)
def test_whatever_the_bytes_decode_raises_nothing_but_malformed(topic: str, payload: bytes) -> None:
    try:
        decoded = decode(PLAN, topic, payload, NOW_MS)
    except Malformed:
        return
    assert isinstance(decoded, Asked | Reported)


def test_a_press_says_how_long_the_button_was_held() -> None:
    button = next(device.id for device in PLAN.devices if device.kind == "help_button")
    decoded = decode(PLAN, up(button, "help/press"), b'{"boot": "b", "seq": 1, "held_ms": 700}', NOW_MS)
    assert isinstance(decoded, Asked)
    assert decoded.request == requests.RaiseAlarm(at_ms=NOW_MS, by=button, held_ms=700)


@given(topic=real_topics, payload=likely_payloads)
def test_what_is_decoded_is_what_the_kind_may_send(topic: str, payload: bytes) -> None:
    try:
        decode(PLAN, topic, payload, NOW_MS)
    except Malformed:
        return
    _, device, name = topics.parse_up(topic)
    assert name in KINDS[PLAN.device[device].kind].sends


def test_a_take_becomes_a_request_with_its_origin() -> None:
    payload = b'{"boot":"b1","seq":7,"service":"invoices","priority":"elderly"}'
    decoded = decode(PLAN, up("kiosk-tax", "ticket/take"), payload, NOW_MS)
    assert decoded == Asked(
        requests.TakeTicket(at_ms=NOW_MS, by="kiosk-tax", service="invoices", priority="elderly"),
        Origin(device="kiosk-tax", boot="b1", seq=7),
    )


def test_a_terminal_speaks_for_its_own_window_only() -> None:
    payload = b'{"boot":"b1","seq":1,"window":"law-1"}'
    decoded = decode(PLAN, up("call-tax-1", "ticket/call"), payload, NOW_MS)
    assert isinstance(decoded, Asked)
    assert decoded.request == requests.CallNext(at_ms=NOW_MS, by="call-tax-1", window="tax-1")


@pytest.mark.parametrize(
    ("topic", "payload", "where"),
    [
        ("hall/v1/elsewhere/kiosk-tax/up/ticket/take", b"{}", "topic"),
        ("hall/v1/small/ghost/up/ticket/take", b"{}", "device"),
        ("hall/v1/small/kiosk-tax/up/ticket/call", b"{}", "topic"),
        ("hall/v1/small/kiosk-tax/up/ticket/steal", b"{}", "topic"),
        ("hall/v1/small/kiosk-tax/down/ack", b"{}", "topic"),
        ("hall/v1/small/kiosk-tax/up/ticket/take", b'{"service":"invoices"}', "seq"),
        ("hall/v1/small/kiosk-tax/up/ticket/take", b"{" * 100, ""),
        ("hall/v1/small/kiosk-tax/up/ticket/take", b" " * 513, ""),
        ("hall/v1/small/kiosk-tax/up/ticket/take", b'{"boot":"b","seq":1,"service":"\xe2\x98\x83"}', "service"),
    ],
)
def test_the_fault_says_where(topic: str, payload: bytes, where: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode(PLAN, topic, payload, NOW_MS)
    assert caught.value.where == where


def test_a_fault_names_the_request_so_that_the_sender_can_be_answered() -> None:
    with pytest.raises(Malformed) as caught:
        decode(PLAN, up("kiosk-tax", "ticket/take"), b'{"boot":"b1","seq":3,"service":7}', NOW_MS)
    assert (caught.value.boot, caught.value.seq) == ("b1", 3)


def test_a_part_that_fails_is_one_that_the_kind_has() -> None:
    payload = b'{"boot":"b1","seq":2,"part":"printer","fault":"paper_out"}'
    decoded = decode(PLAN, up("kiosk-tax", "part/fault"), payload, NOW_MS)
    assert isinstance(decoded, Asked)
    assert decoded.request == requests.NotePart(at_ms=NOW_MS, by="kiosk-tax", part="printer", fault="paper_out")
    with pytest.raises(Malformed, match="a ticket_kiosk has no such part"):
        decode(PLAN, up("kiosk-tax", "part/fault"), payload.replace(b"printer", b"lamp"), NOW_MS)
    with pytest.raises(Malformed, match="fault"):
        decode(PLAN, up("kiosk-tax", "part/fault"), payload.replace(b"paper_out", b"13800000000"), NOW_MS)
