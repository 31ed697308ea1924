"""The far side of the link for tests: a broker that does as it is told, on a real loopback socket."""

import asyncio

from firmware.wire import packets
from tests.portable.bench import Dice, until

try:
    from time import ticks_us as _seed
except ImportError:
    from time import monotonic_ns as _seed


class FarBroker:
    """Answers as a broker does, as far as ``acks``, ``pongs``, ``accept`` and ``refuse`` let it; notes what it got."""

    def __init__(self):
        self.port = 0
        self.acks = True  # answer PUBLISH with PUBACK
        self.pongs = True
        self.accept = 0  # CONNACK return code
        self.remembers = False  # CONNACK says: session present
        self.refuse = ()  # topic filters that get 0x80
        self.got = []  # (type, flags, body) of all packets, of all connections
        self.connections = 0
        self.on_publish = None  # called with topic, payload
        self.on_puback = None  # called
        self.notes = True  # keep what came in ``got``
        self._writer = None
        self._server = None

    async def open(self):
        """Listen on a free port of the loopback."""
        dice = Dice(_seed() & 0xFFFFFF | 1)
        while not self._server:
            port = 20000 + dice.below(40000)
            try:
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
            except OSError:
                continue
            self.port = port
        return self

    async def close(self):
        await self.cut()
        self._server.close()
        await self._server.wait_closed()

    async def cut(self):
        """Pull the plug of the connection."""
        if self._writer:
            writer, self._writer = self._writer, None
            await _close(writer)

    async def send(self, *pieces):
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()

    def of(self, kind):
        return [(flags, body) for found, flags, body in self.got if found == kind]

    def published(self):
        """(topic, payload, packet id, is repeat) of each PUBLISH."""
        found = []
        for flags, body in self.of(packets.PUBLISH):
            topic, payload, packet_id = packets.read_publish(flags, body)
            found.append((topic, payload, packet_id, bool(flags & 8)))
        return found

    def topics(self):
        return [topic for topic, _, _, _ in self.published()]

    async def until_got(self, kind, count=1):
        await until(lambda: len(self.of(kind)) >= count, f"{count} packets of type {kind}")

    async def _serve(self, reader, writer):
        self._writer = writer
        self.connections += 1
        cutter = packets.Reader(20000)
        while True:
            try:
                data = await reader.read(1024)
            except OSError:
                break
            if not data:
                break
            for kind, flags, body, _ in cutter.feed(data):
                if self.notes:
                    self.got.append((kind, flags, body))
                answer = self._answer(kind, flags, body)
                if answer and self._writer is writer:
                    writer.write(answer)
                    await writer.drain()
        if self._writer is writer:
            self._writer = None
        await _close(writer)

    def _answer(self, kind, flags, body):
        if kind == packets.CONNECT:
            return packets.packet(packets.CONNACK << 4, bytes((1 if self.remembers else 0, self.accept)))
        if kind == packets.SUBSCRIBE:
            codes = [packets.SUBSCRIPTION_REFUSED if name in self.refuse else qos for name, qos in read_filters(body)]
            return packets.packet(packets.SUBACK << 4, body[:2] + bytes(codes))
        if kind == packets.PUBACK and self.on_puback:
            self.on_puback()
        if kind == packets.PINGREQ and self.pongs:
            return packets.PONG
        if kind == packets.PUBLISH:
            topic, payload, packet_id = packets.read_publish(flags, body)
            if self.on_publish:
                self.on_publish(topic, payload)
            if packet_id and self.acks:
                return packets.puback(packet_id)
        return None


async def _close(writer):
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass


def read_filters(body):
    """(topic filter, QoS) pairs of a SUBSCRIBE."""
    found = []
    at = 2
    while at < len(body):
        end = at + 2 + (body[at] << 8 | body[at + 1])
        found.append((str(body[at + 2 : end], "utf-8"), body[end]))
        at = end + 1
    return found
