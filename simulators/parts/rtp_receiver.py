"""An IP broadcast terminal: hears RTP with G.711, measures how it came, and writes what was heard to WAV.

It reads the packets by RFC 3550 and decodes by ITU-T G.711 on its own; nothing of the sender is used.
"""

import asyncio
import socket
import struct
import wave
from pathlib import Path

RATE_HZ = 8000
PCMU, PCMA = 0, 8


class NotRtp(ValueError):
    """The bytes are no RTP packet with G.711."""


class Packet:
    """One RTP packet (RFC 3550, 5.1)."""

    def __init__(self, payload_type: int, is_marked: bool, sequence: int, stamp: int, ssrc: int, payload: bytes):
        self.payload_type = payload_type
        self.is_marked = is_marked
        self.sequence = sequence
        self.stamp = stamp
        self.ssrc = ssrc
        self.payload = payload


def parse(data: bytes) -> Packet:
    """Raises `NotRtp`."""
    if len(data) < 12 or data[0] >> 6 != 2:
        raise NotRtp("not RTP version 2")
    sequence, stamp, ssrc = struct.unpack(">HII", data[2:12])
    at = 12 + 4 * (data[0] & 15)
    if data[0] & 0x10:
        if len(data) < at + 4:
            raise NotRtp("its extension is cut short")
        at += 4 + 4 * struct.unpack(">H", data[at + 2 : at + 4])[0]
    end = len(data)
    if data[0] & 0x20:
        end -= data[-1]
        if not data[-1]:
            raise NotRtp("padded with nothing")
    if at > end:
        raise NotRtp("longer than it is")
    payload_type = data[1] & 0x7F
    if payload_type not in (PCMU, PCMA):
        raise NotRtp(f"payload type {payload_type} is not G.711")
    return Packet(payload_type, bool(data[1] & 0x80), sequence, stamp, ssrc, data[at:end])


def decoded(payload: bytes, payload_type: int) -> list[int]:
    """16-bit samples."""
    law = _from_a_law if payload_type == PCMA else _from_u_law
    return [law(code) for code in payload]


def _from_a_law(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    size = mantissa * 16 + 8 if not exponent else (mantissa * 16 + 264) << exponent - 1
    return size if code & 0x80 else -size


def _from_u_law(code: int) -> int:
    code = ~code & 0xFF
    size = ((code & 15) * 8 + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size


class RtpReceiver(asyncio.DatagramProtocol):
    """``await open()`` joins the group on ``interface``. What was heard and how it came is in the attributes."""

    def __init__(self, group: str, port: int, interface: str = "127.0.0.1") -> None:
        self.samples: list[int] = []  # all that was heard; silence between talk spurts is not in it
        self.spurts: list[int] = []  # where in `samples` a packet with the marker bit began
        self.lost = 0  # numbers that did not come in their turn
        self.late = 0  # packets that came after a later one, or twice: not heard
        self.not_rtp = 0  # packets that were none
        self.jitter_ms = 0.0  # interarrival jitter, RFC 3550, 6.4.1
        self.gaps_ms: list[float] = []  # between two packets of a spurt, as they arrived
        self.first_at_s = 0.0  # of the newest spurt, by the loop's clock
        self._group, self._interface = group, interface
        self.port = port
        self._last: Packet | None = None
        self._last_at_s = 0.0
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> "RtpReceiver":
        """Raises OSError."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((self._group, self.port))
        self.port = made.getsockname()[1]
        joined = socket.inet_aton(self._group) + socket.inet_aton(self._interface)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=made)
        return self

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """One packet."""
        try:
            packet = parse(data)
        except NotRtp:
            self.not_rtp += 1
            return
        self.heard(packet, asyncio.get_running_loop().time())

    def heard(self, packet: Packet, at_s: float) -> None:
        """``at_s``: when it came."""
        last = self._last
        if last is not None:
            ahead = (packet.sequence - last.sequence) & 0xFFFF
            if not 0 < ahead < 0x8000:
                self.late += 1
                return
            self.lost += ahead - 1
        if packet.is_marked or last is None:
            self.spurts.append(len(self.samples))
            self.first_at_s = at_s
        else:
            sent_s = ((packet.stamp - last.stamp) & 0xFFFFFFFF) / RATE_HZ
            late_ms = abs(at_s - self._last_at_s - sent_s) * 1000
            self.jitter_ms += (late_ms - self.jitter_ms) / 16
            self.gaps_ms.append((at_s - self._last_at_s) * 1000)
        self.samples += decoded(packet.payload, packet.payload_type)
        self._last, self._last_at_s = packet, at_s

    def write_wav(self, path: Path) -> None:
        """All that was heard."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(struct.pack(f"<{len(self.samples)}h", *self.samples))
