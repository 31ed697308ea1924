"""The hub's one MQTT connection: acknowledges only when told to, and writes what gathers in one piece.

It speaks the packets that the devices speak (`firmware.wire.packets`). When a connection is lost, what was on its way
is forgotten on purpose: after the next one the hub shows and says everything anew, and an old retained state sent late
would replace a newer one. So there is no window to keep and nothing to repeat, which is why this is small.
"""

import asyncio
import ssl
from collections.abc import Callable

import msgspec

from firmware.wire import packets
from firmware.wire.fields import Malformed

RETRY_S = 1.0  # after a connection that failed: brokers close clients that come back faster
KNOCK_S = 0.1  # while nobody listens: the hub must be there before its devices are back
KEEPALIVE_S = 15
OPEN_S = 10.0
MAX_PACKET_BYTES = 65536  # more than any declared message; the rest of a longer one is read past
MAX_UNSENT_BYTES = 32 * 1024 * 1024
MAX_UNCONFIRMED = 60_000  # packet ids are two bytes


class Receipt(msgspec.Struct, frozen=True):
    """What to give to `Link.ack` once the message is durable. Valid for the connection that brought it; 0: QoS 0."""

    connection: int
    packet_id: int


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is and as whom to speak. ``ca``: path of the CA's PEM file, or empty for no TLS; with TLS
    ``certificate`` and ``key`` are the PEM files that the broker asks for."""

    host: str
    port: int
    user: str
    password: str
    ca: str = ""
    certificate: str = ""
    key: str = ""


class Link:
    """``on_message(topic, payload, receipt)`` for each message on ``filter``; ``on_up()`` after each subscription."""

    def __init__(
        self,
        address: Address,
        filter: str,
        on_message: Callable[[str, bytes, Receipt], None],
        on_up: Callable[[], None],
        keepalive_s: int = KEEPALIVE_S,
    ) -> None:
        self._address = address
        self.keepalive_s = keepalive_s
        self._filter = filter
        self._on_message = on_message
        self._on_up = on_up
        self._connection: _Connection | None = None
        self._count = 0
        self.last_error = ""

    @property
    def is_up(self) -> bool:
        """Whether the broker took the subscription of the present connection."""
        return self._connection is not None and self._connection.is_subscribed

    async def run(self) -> None:
        """Connects, stays connected, comes back. Ends only when cancelled."""
        while True:
            try:
                was_up = await self._connect()
                rest_s = KNOCK_S if was_up else RETRY_S
            except (OSError, TimeoutError, ValueError) as fault:
                self.last_error = f"broker {self._address.host}:{self._address.port}: {fault or 'no answer in time'}"
                rest_s = KNOCK_S if isinstance(fault, ConnectionRefusedError) else RETRY_S
            await asyncio.sleep(rest_s)

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        """Sends now, or not at all while the link is down: after the next connection everything is said anew."""
        if self._connection is not None and self._connection.is_subscribed:
            self._connection.publish(topic, payload, qos, retain)

    def ack(self, receipt: Receipt) -> None:
        """Tells the broker that the message is durable here. A receipt of an earlier connection means nothing."""
        if receipt.packet_id and self._connection is not None and receipt.connection == self._count:
            self._connection.write(packets.puback(receipt.packet_id))

    async def _connect(self) -> bool:
        """One connection, from its opening to its end; whether it ever was up."""
        address = self._address
        self._count += 1
        tls = _tls(address) if address.ca else None
        loop = asyncio.get_running_loop()
        connection = _Connection(self, self._count)
        await asyncio.wait_for(
            loop.create_connection(
                lambda: connection, address.host, address.port, ssl=tls, server_hostname=address.host if tls else None
            ),
            OPEN_S,
        )
        self._connection = connection
        try:
            connection.write(packets.connect(address.user, address.user, address.password, self.keepalive_s))
            await connection.supervise()
            self.last_error = connection.reason
            return connection.was_up
        finally:
            self._connection = None
            connection.end("the hub closed it")

    # What a connection tells

    def subscribe_on(self, connection: "_Connection") -> None:
        connection.write(packets.subscribe(1, [(self._filter, 1)]))

    def came_up(self) -> None:
        self.last_error = ""
        self._on_up()

    def received(self, topic: str, payload: bytes, receipt: Receipt) -> None:
        self._on_message(topic, payload, receipt)


def _tls(address: Address) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=address.ca)
    if address.certificate:
        context.load_cert_chain(address.certificate, address.key)
    return context


class _Connection(asyncio.Protocol):
    """One TCP connection: packets in, packets out. asyncio has set TCP_NODELAY."""

    def __init__(self, link: Link, number: int) -> None:
        self.is_subscribed = False
        self.was_up = False
        self.reason = ""
        self._link = link
        self._number = number
        self._reader = packets.Reader(MAX_PACKET_BYTES)
        self._transport: asyncio.Transport | None = None
        self._gathered: list[bytes] = []
        self._packet_id = 1
        self._unconfirmed = 0
        self._lost = asyncio.Event()
        self._is_heard = True

    # asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(f"the connection to the broker was lost: {exc or 'closed by the broker'}")

    def data_received(self, data: bytes) -> None:
        self._is_heard = True
        try:
            for kind, flags, body, _is_cut in self._reader.feed(data):
                self._take(kind, flags, body)
        except Malformed as fault:
            self.end(f"the broker sent what is not MQTT: {fault}")

    # The link calls

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        packet_id = 0
        if qos:
            self._packet_id = packet_id = self._packet_id % 65535 + 1
            self._unconfirmed += 1
            if self._unconfirmed > MAX_UNCONFIRMED:
                self.end("the broker confirms nothing")
        self.write(packets.publish(topic, payload, packet_id, retain))

    def write(self, packet: bytes) -> None:
        """Sent with what else gathers until the loop comes round: one write instead of many."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._gathered.append(packet)

    async def supervise(self) -> None:
        """Until the connection ends: a ping every third of the keepalive time, and an end to long silence."""
        silent_s = 0.0
        ping_s = self._link.keepalive_s / 3
        while not self._lost.is_set():
            try:
                await asyncio.wait_for(self._lost.wait(), ping_s)
            except TimeoutError:
                silent_s = 0.0 if self._is_heard else silent_s + ping_s
                self._is_heard = False
                if silent_s >= self._link.keepalive_s:
                    self.end("the broker did not answer in time")
                self.write(packets.PING)

    def end(self, reason: str) -> None:
        """Closes, once; the first reason counts."""
        if not self._lost.is_set():
            self.reason = reason
            self.is_subscribed = False
            self._lost.set()
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, []
        if self._transport is None or self._lost.is_set():
            return
        self._transport.write(b"".join(gathered))
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.end("the broker does not read")

    def _take(self, kind: int, flags: int, body: bytes) -> None:
        if kind == packets.PUBLISH:
            topic, payload, packet_id = packets.read_publish(flags, body)
            self._link.received(topic, payload, Receipt(self._number, packet_id))
        elif kind == packets.PUBACK:
            self._unconfirmed -= 1
        elif kind == packets.CONNACK:
            code = packets.read_connack(body)[1]
            if code:
                self.end(f"the broker refused the hub with code {code}; are its accounts those of this hub?")
            else:
                self._link.subscribe_on(self)
        elif kind == packets.SUBACK:
            if packets.SUBSCRIPTION_REFUSED in body[2:]:
                self.end("the broker refused the hub's subscription")
            else:
                self.is_subscribed = self.was_up = True
                self._link.came_up()
