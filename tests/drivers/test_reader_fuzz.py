"""100,000 inputs for each parser of cards, codes, keypads and fingers: something right, a PartFault, or nothing."""

from collections.abc import Callable, Iterator
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.code_scanner import LONGEST, Letters
from drivers.faults import PartFault
from drivers.id_card import framing
from drivers.id_card.framing import FIND, READ, SAM_ID, SELECT, FrameReader, command
from drivers.id_card.identity import Identity
from drivers.linux.input_events import Event, InputDevice
from drivers.linux.keyboard_wedge import KeyboardWedge
from drivers.linux.touch import SLOTS, Finger
from drivers.rs485 import frames, keys
from simulators.parts.card_reader import reply
from simulators.parts.identity_cards import LAYOUTS, Card

INPUTS = 100_000
EXAMPLES, SIZE = 100, 2000
EACH = INPUTS // EXAMPLES  # inputs cut out of one example


def fuzz(one: Callable[[bytes, int], None]) -> None:
    """Gives ``one`` that many pieces of what hypothesis makes up, and a number from 0 with each."""
    count = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(min_size=SIZE, max_size=SIZE), st.integers(0, 255))
    def run(data: bytes, seed: int) -> None:
        nonlocal count
        for piece in pieces(data, seed):
            one(piece, count)
            count += 1

    run()
    assert count >= INPUTS


def pieces(data: bytes, seed: int) -> Iterator[bytes]:
    """Short ones, of what hypothesis likes to make (mostly zeros) and of noise in turn."""
    noise = Random(data + bytes((seed,))).randbytes(len(data))
    for at in range(EACH):
        start = at * 2 % (len(data) - 1)
        yield (noise if at & 1 else data)[start : start + (seed + 7 * at) % 24]


def spliced(whole: bytes, piece: bytes, number: int) -> bytes:
    """``whole`` with the piece in place of, or between, some of its bytes."""
    at = number % (len(whole) + 1)
    return whole[:at] + piece + whole[at + (len(piece) if number & 1 else 0) :]


def test_frames_of_a_card_reader() -> None:
    known = [reply(0x80), reply(0x9F, bytes(4)), reply(0x90, bytes(8)), command(FIND), reply(0x90)]
    whats = (FIND, SELECT, SAM_ID, READ)
    seen = {"reply": 0, "fault": 0}

    def one(piece: bytes, number: int) -> None:
        reader = FrameReader(whats[number % 4])
        try:
            found = reader.feed(bytearray(spliced(known[number % 5], piece, number // 7)))
            assert len(reader._kept) <= 3 + 6 + framing.TEXT_BYTES, "of whatever comes"
            seen["reply"] += found is not None
            assert found is None or len(found.data) <= 16
        except PartFault:
            seen["fault"] += 1

    fuzz(one)
    assert min(seen.values()) > 100, seen


def test_texts_of_cards() -> None:
    texts = [Card(kind).text for kind in LAYOUTS]
    seen, reasons = {"identity": 0, "fault": 0}, set[str]()

    def one(piece: bytes, number: int) -> None:
        text = texts[number % 4]
        at = number * 13 % 256
        try:
            identity = Identity(bytearray((text[:at] + piece + text[at + len(piece) :])[:256]))
        except PartFault as fault:
            reasons.add(fault.reason)
            seen["fault"] += 1
            return
        assert identity.take()["number"].isascii()
        seen["identity"] += 1

    fuzz(one)
    assert min(seen.values()) > 100, seen
    assert len(reasons) < 5, "what is wrong with a card is said without what stands on it"


def test_frames_of_keypads() -> None:
    known = frames.frame(3, frames.SHOW, frames.counts(12, 345)) + frames.frame(7, 0x01, b"\x06\x0f")
    seen = {"frame": 0, "spoilt": 0}

    def one(piece: bytes, number: int) -> None:
        reader = frames.FrameReader()
        found = reader.feed(spliced(known, piece, number))
        for address, function, data in found:
            assert 0 <= address <= 255
            assert len(data) <= frames.LONGEST
            assert isinstance(keys.word(data), str)
            assert frames.frame(address, function, data)
        assert [word for word in (keys.word(piece),) if word and not word.isascii()] == []
        seen["frame"] += len(found)
        seen["spoilt"] += reader.spoilt

    fuzz(one)
    assert min(seen.values()) > 100, seen


def test_characters_of_codes() -> None:
    letters = Letters()

    def one(piece: bytes, number: int) -> None:
        for byte in piece:
            letters.add(chr(byte))
        if number % 3 == 0:
            code = letters.end()
            assert len(code) <= LONGEST
            assert code.isprintable()

    fuzz(one)


def test_events_of_the_kernel_however_they_are_cut() -> None:
    device = InputDevice("/dev/none")
    seen = 0

    def one(piece: bytes, number: int) -> None:
        nonlocal seen
        device._waiting += piece
        while (event := device.come()) is not None:
            assert (event.type | event.code) >> 16 == 0
            assert -(1 << 31) <= event.value < 1 << 31
            seen += 1
        assert len(device._waiting) < 24

    fuzz(one)
    assert seen > 10_000


def test_keys_of_a_wedge() -> None:
    wedge = KeyboardWedge(InputDevice("/dev/none"))
    seen = 0

    def one(piece: bytes, number: int) -> None:
        nonlocal seen
        for at in range(0, len(piece) - 2, 3):
            code = 28 if piece[at] > 200 else piece[at + 1] % 100
            kind = 0 if piece[at] < 2 else 1
            text = wedge._take(Event(kind, code, piece[at + 2] % 3))
            assert len(text) <= LONGEST
            assert text.isprintable()
            seen += bool(text)

    fuzz(one)
    assert seen > 100


def test_fingers_on_a_panel() -> None:
    finger = Finger()
    codes = (0x00, 0x01, 0x2F, 0x35, 0x36, 0x39, 0x39, 0x14A)
    seen = 0

    def one(piece: bytes, number: int) -> None:
        nonlocal seen
        for at in range(0, len(piece) - 2, 3):
            kind, value = (0, 1, 3)[piece[at] % 3], piece[at + 2] % 4 - 1
            if piece[at] > 250:
                value = int.from_bytes(piece[at + 1 : at + 3], "little", signed=True)
            code = codes[piece[at + 1] % 8] if kind else 3 * (piece[at + 1] > 250)
            seen += finger.take(Event(kind, code, value))
        assert len(finger._contacts) <= SLOTS

    fuzz(one)
    assert seen > 100
