"""Frames of Novastar sending cards: a register is read or written, of the sender or of the cards behind it.

55 AA to the card, AA 55 back; ack, serial number, source, destination, type of card, port, number of the card (2), read
or write, 0, register (4), length (2), data, checksum: 5555 and every byte from the third on (2). All little-endian.
Sources: public programs that talk to real senders, and captures in them; on GitHub sarakusha/novastar,
dietervansteenwegen/Novastar_MCTRL300_basic_controller, bitfocus/companion-module-novastar-controller.
"""

import struct
from typing import NamedTuple

from drivers.faults import PartFault

SENDER, RECEIVER = 0, 1
PC = 0xFE
EVERY_PORT, EVERY_CARD = 0xFF, 0xFFFF
MOST_DATA = 256
DONE, CARD_SILENT = 0, 1
ACKS = {
    1: "the cards behind it do not answer",
    2: "a wrong checksum came; look for noise on the line",
    3: "a wrong checksum came from the cards",
    4: "no such register",
}
_HEAD = struct.Struct("<2sBBBBBBHBBLH")
_REQUEST, _REPLY = b"\x55\xaa", b"\xaa\x55"
SIZE = _HEAD.size + 2  # without data


class Target(NamedTuple):
    """Whose register: the sender's own, one card's (reading must name one), or every card's."""

    device: int = SENDER
    port: int = 0
    card: int = 0


THE_SENDER = Target()
FIRST_CARD = Target(RECEIVER, 0, 0)
ALL_CARDS = Target(RECEIVER, EVERY_PORT, EVERY_CARD)


class Reply(NamedTuple):
    """``ack`` 0 is done."""

    ack: int
    serial: int
    register: int
    data: bytes

    @property
    def reason(self) -> str:
        """Why it was not done."""
        return ACKS.get(self.ack, f"error {self.ack}")


def checksum(frame: bytes) -> bytes:
    """Of a frame without its own."""
    return struct.pack("<H", (0x5555 + sum(frame[2:])) & 0xFFFF)


def read_request(serial: int, register: int, size: int, target: Target = THE_SENDER) -> bytes:
    """``size`` bytes from ``register`` on, at most 256."""
    return _request(serial, register, 0, size, b"", target)


def write_request(serial: int, register: int, data: bytes, target: Target = ALL_CARDS) -> bytes:
    """At most 256 bytes. Written to every card, it may stay without an answer."""
    return _request(serial, register, 1, len(data), data, target)


def _request(serial: int, register: int, how: int, size: int, data: bytes, target: Target) -> bytes:
    head = (_REQUEST, 0, serial & 0xFF, PC, 0, target.device, target.port, target.card, how, 0, register, size)
    frame = _HEAD.pack(*head) + data
    return frame + checksum(frame)


def read(frame: bytes) -> Reply:
    """What a whole frame says. PartFault when it is none."""
    if len(frame) < SIZE:
        raise PartFault("sender", f"a frame of {len(frame)} bytes is cut short")
    if checksum(frame[:-2]) != frame[-2:]:
        raise PartFault("sender", "a frame with a wrong checksum; look for noise on the line, and at the speed")
    head, ack, serial, _, _, _, _, _, how, _, register, size = _HEAD.unpack_from(frame)
    data = frame[_HEAD.size : -2]
    if head != _REPLY:
        raise PartFault("sender", f"a frame that begins with {head.hex()} is no reply")
    if size != len(data) and not (how and not data):  # who wrote may be told how much that was
        raise PartFault("sender", f"a frame says {size} bytes of data and has {len(data)}")
    return Reply(ack, serial, register, data)


class Reader:
    """Finds replies in what comes; what lies between them is thrown away."""

    def __init__(self) -> None:
        self._heard = b""

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are whole now."""
        self._heard += data
        found: list[Reply] = []
        while True:
            start = self._heard.find(_REPLY)
            if start < 0:
                self._heard = self._heard[-1:] if self._heard.endswith(_REPLY[:1]) else b""
                return found
            self._heard = self._heard[start:]
            if len(self._heard) < SIZE:
                return found
            sizes = {0, int.from_bytes(self._heard[16:18], "little")}
            whole = [size for size in sizes if self._is_reply(size)]
            if whole:
                at = SIZE + whole[0]
                found.append(read(self._heard[:at]))
                self._heard = self._heard[at:]
            elif max(sizes) > MOST_DATA or len(self._heard) >= SIZE + max(sizes):
                self._heard = self._heard[1:]  # noise that looked like a beginning
            else:
                return found

    def _is_reply(self, size: int) -> bool:
        frame = self._heard[: SIZE + size]
        if len(frame) < SIZE + size:
            return False
        try:
            read(frame)
        except PartFault:
            return False
        return True
