"""Frames of an ID card reader (SAM_V): commands out, replies in; a photo is dropped while it arrives.

Out: AA AA AA 96 69, length (2, big endian), command, parameter, data, check. In: the same with SW1 SW2 SW3 in place of
the command. The length counts what follows it; the check is the XOR of everything from the length on
(communication protocol of the SAM_V module of GA 450 readers).
"""

from drivers.faults import PartFault

PART = "reader"
START = b"\xaa\xaa\xaa\x96\x69"
HEAD_BYTES = len(START) + 2  # start and length
LEAST, MOST = 4, 2314  # what a length may say: a status; text, photo and fingerprints
TEXT_BYTES, PHOTO_BYTES = 256, 1024

# command, parameter, most bytes of data in the reply; -1: text of a card, with a photo behind it
RESET = (0x10, 0xFF, 0)
STATUS = (0x11, 0xFF, 0)
SAM_ID = (0x12, 0xFF, 16)
FIND = (0x20, 0x01, 4)
SELECT = (0x20, 0x02, 8)
READ = (0x30, 0x01, -1)
READ_WITH_FINGERPRINTS = (0x30, 0x10, -1)
READ_ADDRESS = (0x30, 0x03, 70)

OK, FOUND, NO_CARD, NOT_AUTHORISED, SELF_TEST = 0x90, 0x9F, 0x80, 0x66, 0x60
STATUS_WORDS = {
    0x10: "the reader got a wrong check sum",
    0x11: "the reader got a wrong length",
    0x21: "the reader does not know the command",
    0x24: "the reader met an unknown error",
    0x31: "the card did not prove itself to the reader",
    0x32: "the reader did not prove itself to the card",
    0x33: "what the card says of itself does not agree",
    0x40: "another sort of card",
    0x41: "the card could not be read",
    0x47: "the card gave no random number",
    0x60: "the reader failed its self-test; switch it off and on",
    0x66: "the reader's security module is not authorised; have its maker look at it",
    0x80: "no card",
    0x81: "the card could not be selected",
    0x91: "the card has no such content",
}


def command(what: "tuple[int, int, int]", data: bytes = b"") -> bytes:
    """The bytes of one command."""
    length = 3 + len(data)
    body = bytes((length >> 8, length & 255, what[0], what[1])) + data
    return START + body + bytes((check(body),))


def check(body: bytes) -> int:
    """XOR of all bytes."""
    sum_ = 0
    for byte in body:
        sum_ ^= byte
    return sum_


def said(status: int) -> str:
    """A status word for people."""
    return STATUS_WORDS.get(status, "status %02X" % status)


class Reply:
    """``status`` is SW3; ``data`` is what follows, of a card's text without its heads, and may be overwritten."""

    def __init__(self, status: int, data: bytearray) -> None:
        self.status = status
        self.data = data


class FrameReader:
    """Takes the bytes of one reply as they come; noise, photo and fingerprints are dropped byte by byte.

    A frame longer than the reply to this command can be is the late reply to an earlier one, and is passed over.
    """

    def __init__(self, what: "tuple[int, int, int]") -> None:
        self._most = what[2]
        self._reset()

    def _reset(self) -> None:
        self._at = 0  # bytes of the frame seen
        self._length = 0
        self._sum = 0
        self._kept = bytearray()

    def feed(self, chunk: bytearray) -> "Reply | None":
        """The reply, once it is whole. ``chunk`` is overwritten. Raises PartFault for a frame that cannot be."""
        try:
            for byte in chunk:
                reply = self._take(byte)
                if reply is not None:
                    return reply
            return None
        finally:
            wipe(chunk)

    def _take(self, byte: int) -> "Reply | None":
        at = self._at
        if at < len(START):
            self._find_start(byte)
            return None
        self._at += 1
        if at < HEAD_BYTES:
            self._length = self._length << 8 | byte
            self._sum ^= byte
            if self._at == HEAD_BYTES and not LEAST <= self._length <= MOST:
                length = self._length
                self._reset()
                raise PartFault(PART, "a reply of %d bytes; check the cable" % length)
            return None
        place = at - HEAD_BYTES
        if place < self._length - 1:
            self._sum ^= byte
            self._keep(place, byte)
            return None
        return self._end(byte)

    def _find_start(self, byte: int) -> None:
        if byte == START[self._at]:
            self._at += 1
        elif not (byte == START[0] and self._at == 3):  # one AA more: the last three count
            self._at = 1 if byte == START[0] else 0

    def _keep(self, place: int, byte: int) -> None:
        """The status words; then short data; or a text with its heads, the lengths of the parts."""
        if place < 3:
            most = 3
        elif self._most < 0:
            most = 3 + self._heads() + TEXT_BYTES
        else:
            most = 0 if self._is_late() else 3 + self._most
        if place < most:
            self._kept.append(byte)

    def _is_late(self) -> bool:
        return self._most >= 0 and self._length - 4 > self._most

    def _heads(self) -> int:
        """Bytes before a text: two lengths, or three where fingerprints follow the photo."""
        return 4 if self._length <= 4 + 4 + TEXT_BYTES + PHOTO_BYTES else 6

    def _end(self, byte: int) -> "Reply | None":
        kept, length, heads = self._kept, self._length, self._heads()
        is_late, is_right, is_text = self._is_late(), byte == self._sum, self._most < 0
        self._reset()
        try:
            if not is_right:
                raise PartFault(PART, "a reply with a wrong check sum; check the cable")
            if kept[0] or kept[1]:
                raise PartFault(PART, "a reply with strange status words")
            if is_late:
                return None
            if not is_text or kept[2] != OK:
                return Reply(kept[2], kept[3:])
            return Reply(OK, _text(kept, heads, length))
        finally:
            wipe(kept)


def _text(kept: bytearray, heads: int, length: int) -> bytearray:
    """The text of a reply whose parts are as long as its heads say."""
    parts = [kept[at] << 8 | kept[at + 1] for at in range(3, 3 + heads, 2) if at + 1 < len(kept)]
    if not parts or parts[0] != TEXT_BYTES or 4 + heads + sum(parts) != length:
        raise PartFault(PART, "a reply whose parts do not add up to its length")
    return kept[3 + heads :]


def wipe(data: bytearray) -> None:
    """Overwrites what should not stay in memory."""
    data[:] = bytes(len(data))
