"""An ID card reader with a SAM_V module, and hands that lay cards on it; behind a serial line or on a USB bus.

Its frames are written from the published protocol, not from the driver.
"""

import asyncio
from collections.abc import Callable

from simulators.parts.identity_cards import Card

HEAD = b"\xaa\xaa\xaa\x96\x69"
SAM_ID = bytes.fromhex("0503 0100 81F0 3401 2A00 0000 7856 3412")
PACKET_BYTES = 64


def reply(status: int, data: bytes = b"") -> bytes:
    """One frame of the reader."""
    body = (4 + len(data)).to_bytes(2, "big") + bytes((0, 0, status)) + data
    check = 0
    for byte in body:
        check ^= byte
    return HEAD + body + bytes((check,))


class CardReader:
    """``say`` gets what the reader sends. `hear` takes what the host sends, in pieces of any size."""

    def __init__(self, say: Callable[[bytes], None] | None = None) -> None:
        self.say: Callable[[bytes], None] = say or (lambda data: None)
        self.is_authorised = True
        self.is_silent = False  # has no power
        self.delay_s = 0.0  # before each reply
        self.piece_bytes = 0  # replies come in pieces of this size
        self.commands: list[bytes] = []
        self._card: Card | None = None
        self._is_found = False  # a card that was selected must leave the field before it is found again
        self._withdrawn_at: int | None = None
        self._is_spoilt = False
        self._come = b""
        self._late: set[asyncio.TimerHandle] = set()

    # hands

    def insert_card(self, card: Card) -> None:
        """Lay it on."""
        self._card, self._is_found = card, False

    def withdraw_card(self) -> None:
        """Take it away."""
        self._card, self._is_found = None, False

    def withdraw_at_byte(self, count: int) -> None:
        """Take it away when so many bytes of the reply to "read" have been sent: nothing more comes."""
        self._withdrawn_at = count

    def spoil_next_text(self) -> None:
        """A bit of the next card's text falls over on the way: its check sum is wrong."""
        self._is_spoilt = True

    # the module

    def hear(self, data: bytes) -> None:
        """Bytes of the host."""
        self._come += data
        while (frame := self._frame()) is not None:
            self.commands.append(frame)
            if not self.is_silent:
                self._answer(frame)

    def _frame(self) -> bytes | None:
        start = self._come.find(HEAD)
        if start < 0 or len(self._come) < start + 7:
            return None
        end = start + 7 + int.from_bytes(self._come[start + 5 : start + 7], "big")
        if len(self._come) < end:
            return None
        frame, self._come = self._come[start + 7 : end], self._come[end:]
        return frame

    def _answer(self, frame: bytes) -> None:
        answer = self._reply_to(frame[:2])
        if self._is_spoilt and len(answer) > 300:
            self._is_spoilt = False
            answer = answer[:100] + bytes((answer[100] ^ 0x08,)) + answer[101:]
        if frame[:2] == b"\x30\x01" and self._withdrawn_at is not None:
            answer, self._withdrawn_at = answer[: self._withdrawn_at], None
            self.withdraw_card()
        size = self.piece_bytes or len(answer) or 1
        for at in range(0, len(answer), size):
            self._send_later(answer[at : at + size])

    def _send_later(self, piece: bytes) -> None:
        if not self.delay_s:
            self.say(piece)
            return
        loop = asyncio.get_running_loop()
        self._late.add(loop.call_later(self.delay_s, self.say, piece))

    def _reply_to(self, what: bytes) -> bytes:
        if not self.is_authorised:
            return reply(0x66)
        if what == b"\x20\x01":
            if self._card is None or self._is_found:
                return reply(0x80)
            return reply(0x9F, bytes(4))
        if what == b"\x20\x02":
            if self._card is None:
                return reply(0x81)
            self._is_found = True
            return reply(0x90, self._card.serial)
        if what == b"\x30\x01":
            if self._card is None or not self._is_found:
                return reply(0x41)
            card = self._card
            parts = len(card.text).to_bytes(2, "big") + len(card.photo).to_bytes(2, "big")
            return reply(0x90, parts + card.text + card.photo)
        if what == b"\x12\xff":
            return reply(0x90, SAM_ID)
        return reply(0x90 if what in (b"\x11\xff", b"\x10\xff") else 0x21)

    def close(self) -> None:
        """What was still to be sent is not."""
        for handle in self._late:
            handle.cancel()
        self._late.clear()


class UsbCardReader:
    """The reader on a USB bus: ``plug_in(…, pipes=reader.pipes)``; one pair of pipes, or with ``is_split`` two.

    With two, a frame's first seven bytes travel on the first pair (out 02, in 81), the rest on the second (06, 85).
    """

    def __init__(self, *, is_split: bool = False) -> None:
        self.reader = CardReader(self._say)
        self.head, self.body = _Pipe(self.reader), _Pipe(self.reader)
        self.pipes: dict[int, _Pipe] = {0x02: self.head, 0x81: self.head}
        if is_split:
            self.pipes |= {0x06: self.body, 0x85: self.body}
        self._is_split = is_split

    def _say(self, data: bytes) -> None:
        cut = 7 if self._is_split else len(data)
        self.head.put(data[:cut])
        self.body.put(data[cut:])


class _Pipe:
    """A pair of endpoints: `simulators.usb_bus.FarSide`. Whichever pair it took, what goes out ends at the reader."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self._to_host = b""
        self._news = asyncio.Event()

    def put(self, data: bytes) -> None:
        """For the host."""
        if data:
            self._to_host += data
            self._news.set()

    async def take(self, data: bytes, timeout_s: float) -> int:
        """All of it."""
        self._reader.hear(data)
        return len(data)

    async def give(self, timeout_s: float) -> bytes:
        """One packet."""
        if not self._to_host:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), timeout_s)
            except TimeoutError:
                return b""
        data, self._to_host = self._to_host[:PACKET_BYTES], self._to_host[PACKET_BYTES:]
        return data

    async def answer(self, request_type: int, request: int) -> bytes:
        """It has no control transfers of its own."""
        return b""
