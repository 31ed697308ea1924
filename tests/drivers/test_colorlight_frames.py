"""The frames of Colorlight cards: as published, in other dialects, and what a card answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.faults import PartFault
from drivers.linux.colorlight.frames import (
    ADDRESSES,
    MOST_PX,
    ORDERS,
    Card,
    Dialect,
    brightness_frame,
    discovery_frame,
    in_order,
    read_answer,
    row_frame,
    show_frame,
    thanks_frame,
)
from simulators.parts.card_chain import SimulatedCards
from simulators.parts.strip import SimulatedStrip


def frame(text: str) -> bytes:
    return bytes.fromhex(text)


def test_frames_as_published() -> None:
    row = "112233445566 222233445566 55 0005 0000 0003 08 88 0000FF 0000FF 0000FF"
    assert row_frame(Dialect(), 0, 5, in_order(b"\xff\0\0" * 3, "bgr")) == frame(row)
    show = frame("112233445566 222233445566 01 07") + bytes(21) + frame("40 05 00 40 40 40") + bytes(71)
    assert show_frame(Dialect(), 0x40) == show
    assert len(show) == 112
    assert brightness_frame(0x30) == ADDRESSES + frame("0A 30 30 30 FF") + bytes(60)
    assert discovery_frame() == ADDRESSES + frame("07 00") + bytes(270)
    assert thanks_frame()[12:18] == frame("07 00 00 00 01 00")


def test_other_public_programs_speak_other_dialects() -> None:
    fpp = Dialect(flags="0880", order="rgb", sync="0101")
    assert row_frame(fpp, 1, 0, in_order(b"\1\2\3", "rgb"))[12:] == frame("55 0000 0001 0001 08 80 01 02 03")
    assert show_frame(fpp, 255) == ADDRESSES + b"\1\1" + bytes(98)


def test_rows_beyond_255_and_the_longest_frame() -> None:
    longest = row_frame(Dialect(), 1000, 300, bytes(MOST_PX * 3))
    assert longest[12:15] == frame("55 01 2C"), "seen as an EtherType: 0x5501"
    assert len(longest) == 1512


@given(st.binary(min_size=0, max_size=90).map(lambda data: data[: len(data) // 3 * 3]), st.sampled_from(ORDERS))
def test_colours_come_back_from_any_order(rgb: bytes, order: str) -> None:
    turned = in_order(rgb, order)
    back = bytearray(len(rgb))
    for place, colour in enumerate(order):
        back["rgb".index(colour) :: 3] = turned[place::3]
    assert bytes(back) == rgb


def test_a_card_says_who_it_is() -> None:
    answer = SimulatedCards(SimulatedStrip(512, 128)).take(discovery_frame())
    assert read_answer(answer) == Card("13.14", 512, 128)
    assert SimulatedCards(SimulatedStrip(512, 128)).take(thanks_frame()) == b""
    with pytest.raises(PartFault, match="37 bytes is cut short"):
        read_answer(answer[:37])


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=200, max_size=900), st.integers(0, 40), st.booleans())
def test_whatever_a_card_answers_is_read_or_a_part_fault(noise: bytes, size: int, is_answer: bool) -> None:
    """700 pieces of each noise."""
    for at in range(700):
        try:
            read_answer((ADDRESSES + b"\x08\x05" if is_answer else b"") + noise[at % len(noise) :][:size])
        except PartFault:
            pass
