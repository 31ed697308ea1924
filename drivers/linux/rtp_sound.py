"""Existing IP broadcast terminals: sound as RTP (RFC 3550, 3551), G.711 at 8 kHz, 20 ms a packet, to a multicast group.

Terminals listen all the time; between announcements nothing is sent. The first packet after such a silence has the
marker bit, and the timestamp goes on as if the silence had been sent, so that a receiver's jitter buffer starts anew.
"""

import asyncio
import random
import socket
import struct
import time
from array import array

from drivers.health import Health
from drivers.linux.g711 import PCMA, Halver, encoded
from drivers.volume import scaled

PACKET_MS = 20
SAMPLES = 160  # of 8 kHz in a packet
PCM_BYTES = 640  # of 16 kHz in a packet
LATE_S = 0.1  # so late a packet is not hurried after: the ear heard a gap
LOOK_S = 0.5  # between two looks whether the network is there
GROUP, PORT = "224.168.168.168", 34567


class RtpSound:
    """A `SoundPort`. ``interface``: the address of the network card to send from, empty for the default route's.

    ``ttl``: routers that a packet may pass, 1 for none. ``payload_type``: `PCMA` or `PCMU`.
    """

    def __init__(
        self,
        group: str = GROUP,
        port: int = PORT,
        *,
        ttl: int = 1,
        interface: str = "",
        payload_type: int = PCMA,
    ) -> None:
        self.health = Health()
        self.to = (group, port)
        self.interface = interface
        self.payload_type = payload_type
        self._ttl = ttl
        self._socket: socket.socket | None = None
        self._percent = 100
        self._waiting = b""  # less than a packet of PCM
        self._halver = Halver()
        self._ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(16)
        self._stamp_0 = random.getrandbits(32)
        self._epoch_s = time.monotonic()  # at timestamp _stamp_0
        self._due_s = 0.0  # when the next packet leaves; 0: nothing plays

    async def watch(self) -> None:
        """For ever: notices that the network went, even if nobody plays, and that it is back."""
        while True:
            await asyncio.sleep(LOOK_S)
            if not self._due_s:
                self._close()
                try:
                    self._open()
                except OSError:
                    pass  # health says it

    def volume(self, percent: int) -> None:
        """For what is written from now on."""
        self._percent = percent

    async def write(self, pcm: bytes) -> None:
        """Take samples; returns when all whole packets of them have left, in time. OSError when the network is away."""
        self._waiting += scaled(pcm, self._percent)
        while len(self._waiting) >= PCM_BYTES:
            packet, self._waiting = self._waiting[:PCM_BYTES], self._waiting[PCM_BYTES:]
            await self._send(packet)

    async def drain(self) -> None:
        """The rest, filled up with silence; returns when it has been heard."""
        if self._waiting:
            packet, self._waiting = self._waiting.ljust(PCM_BYTES, b"\0"), b""
            await self._send(packet)
        if self._due_s:
            await asyncio.sleep(max(0.0, self._due_s - time.monotonic()))
        self._rest()

    async def cut(self) -> None:
        """Nothing more leaves."""
        self._rest()

    def _rest(self) -> None:
        self._waiting, self._due_s = b"", 0.0
        self._halver = Halver()

    async def _send(self, pcm: bytes) -> None:
        now_s = time.monotonic()
        is_first = not self._due_s or now_s - self._due_s > LATE_S
        if is_first:
            self._due_s = now_s
        await asyncio.sleep(max(0.0, self._due_s - now_s))
        stamp = self._stamp_0 + round((self._due_s - self._epoch_s) * 8000)
        # V=2, no padding, no extension, no contributors; marker and payload type (RFC 3550, 5.1).
        head = struct.pack(
            ">BBHII", 0x80, self.payload_type | is_first << 7, self._sequence, stamp & 0xFFFFFFFF, self._ssrc
        )
        self._sequence = self._sequence + 1 & 0xFFFF
        self._due_s += PACKET_MS / 1000
        samples: array[int] = self._halver.halved(pcm)
        try:
            (self._socket or self._open()).send(head + encoded(samples, self.payload_type))
        except OSError as error:
            self._rest()
            self._close()
            self.health.set("unplugged")
            raise OSError(f"RTP to {self.to[0]}: {error.strerror}; check the network cable and the interface") from None

    def _open(self) -> socket.socket:
        """The socket, if there is a way to the group. OSError when there is none."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, self._ttl)
            if self.interface:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(self.interface))
            made.setblocking(False)
            made.connect(self.to)
        except OSError:
            made.close()
            self.health.set("unplugged")
            raise
        self._socket = made
        self.health.set("")
        return made

    def close(self) -> None:
        """Give the socket back."""
        self._close()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
