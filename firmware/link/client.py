"""The MQTT session of a device: connects, keeps connected, delivers QoS 1 messages at least once and in order.

What is sent to the broker with QoS 1 stays in a bounded window until its PUBACK; after a reconnect it goes again
with the same packet id (OASIS MQTT 3.1.1, 4.4). A PUBACK only says that the broker has it, not that the hub has: the
outbox waits for the hub's own answer.

The owner gets plain calls, from the event loop: ``link_up()``, ``link_down(reason)``, ``link_room()`` (the window has
room again), ``link_received(topic, payload)``, ``link_error(text)`` and ``link_leaving()`` (last words).
"""

import asyncio

from firmware.clock import now_ms
from firmware.link import sockets
from firmware.wire import packets
from firmware.wire.fields import Malformed

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class _Flight:
    """A QoS 1 PUBLISH without its PUBACK yet; ``connection`` is the one on which it went last."""

    def __init__(self, packet_id: int, key: "Any", packet: bytes) -> None:
        self.packet_id = packet_id
        self.key = key
        self.packet = packet
        self.connection = 0


class Client:
    """``address``: host, port, TLS context or None; ``hello``: the CONNECT packet; ``filters()``: (filter, QoS)."""

    window_limit = 16  # QoS 1 packets on their way to the broker
    open_s = 10  # until CONNACK and SUBACK
    ask_again_ms = 60000  # a subscription that the broker refused: its access list may follow later

    def __init__(
        self,
        address: "tuple[str, int, Any]",
        hello: bytes,
        filters: "Any",
        owner: "Any",
        backoff: "Any",
        keepalive_s: int = 15,
        max_bytes: int = 1024,
        opener: "Any" = None,
    ) -> None:
        self.is_up = False
        self.keepalive_s = keepalive_s
        self._address = address
        self._hello = hello
        self._filters = filters
        self._owner = owner
        self._backoff = backoff
        self._max_bytes = max_bytes
        self._open = opener or sockets.open_socket
        self._socket: "Any" = None
        self._reader: "Any" = None
        self._connection = 0  # counts them
        self._dup = False  # the broker still has the session, so what goes again is a repeat
        self._window: "list[_Flight]" = []
        self._packet_id = 0
        self._asked: "list[tuple[str, int]]" = []  # filters in the SUBSCRIBE that waits for its SUBACK
        self._refused: "list[tuple[str, int]]" = []
        self._refused_ms = 0
        self.due_ms = now_ms()  # when its loop turns next, at the latest; for a watchdog
        self._heard_ms = 0
        self._sent_ms = 0
        self._rest_s = 0

    # --- for the owner

    def report(self, topic: str, payload: bytes, retain: bool = False) -> bool:
        """Publish with QoS 0, if the link is up; False when it is not."""
        if self.is_up:
            self._write(packets.publish(topic, payload, 0, retain))
        return self.is_up

    def deliver(self, key: "Any", topic: str, payload: bytes, retain: bool = False) -> bool:
        """Publish with QoS 1; ``key`` names the message, so that it is not twice in the window.

        True when it is on its way; False when the link is down or the window is full: ``link_room()`` tells when to
        try again.
        """
        if not self.is_up:
            return False
        for flight in self._window:
            if flight.key == key:
                self._send(flight)
                return True
        if len(self._window) >= self.window_limit:
            return False
        packet_id = self._next_id()
        flight = _Flight(packet_id, key, packets.publish(topic, payload, packet_id, retain))
        self._window.append(flight)
        flight.connection = self._connection
        self._write(flight.packet)
        return True

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            reason, up_ms = await self._one_connection()
            self._backoff.lasted(up_ms)
            self._owner.link_down(reason)
            self.due_ms = now_ms() + (self._rest_s * 1000 or self._backoff.next_ms())
            while now_ms() < self.due_ms:
                await asyncio.sleep(max(0, min(self.due_ms - now_ms(), 1000)) / 1000)
            self._rest_s = 0

    def rest(self, seconds: int, reason: str) -> None:
        """Say goodbye, so that no last will is published, and connect again only after so long, or in a `hurry`."""
        self._rest_s = seconds
        self._write(packets.GOODBYE)
        self._end(reason)

    def hurry(self) -> None:
        """Somebody has to be told something: end the rest within a second."""
        if self._rest_s:
            self._rest_s = 0
            self.due_ms = now_ms()

    # --- one connection

    async def _one_connection(self) -> "tuple[str, int]":
        """(why it ended, milliseconds for which it was up)."""
        self._connection += 1
        self._reader = packets.Reader(self._max_bytes)
        host, port, tls = self._address
        where = "%s:%d " % (host, port)
        started_ms = self._heard_ms = self._sent_ms = self.due_ms = now_ms()
        try:
            self._socket = await self._open(host, port, tls, self._received)
        except asyncio.TimeoutError:
            return where + "does not answer; check the address and the network", 0
        except (OSError, ValueError) as error:  # ValueError: a certificate that is not right, on MicroPython
            return where + (str(error) or type(error).__name__), 0
        try:
            self._socket.write(self._hello)
            while not await self._socket.closed(self.keepalive_s / 3):
                self._supervise(started_ms)
            return where + self._socket.reason, now_ms() - started_ms if self.is_up else 0
        except asyncio.CancelledError:
            self._owner.link_leaving()
            self._write(packets.GOODBYE)  # so that the broker does not publish the last will
            raise
        finally:
            self.is_up = False
            self._socket.close()
            await self._socket.release()
            self._socket = None

    def _supervise(self, started_ms: int) -> None:
        """Every third of the keepalive time: is the other side alive, and does it hear from us (3.1.2.10)?"""
        now = self.due_ms = now_ms()
        third_ms = self.keepalive_s * 1000 // 3
        silent_ms = now - self._heard_ms
        if not self.is_up:
            if now - started_ms >= self.open_s * 1000:
                self._end("MQTT handshake not finished in %d s" % self.open_s)
        elif silent_ms >= self.keepalive_s * 1000:
            self._end("nothing heard for %d s" % (silent_ms // 1000))
        else:
            if silent_ms > third_ms or now - self._sent_ms > third_ms:
                self._write(packets.PING)
            if self._refused and now - self._refused_ms > self.ask_again_ms:
                self._subscribe(self._refused)

    def _received(self, data: bytes) -> None:
        self._heard_ms = now_ms()
        try:
            for kind, flags, body, is_cut in self._reader.feed(data):
                self._handle(kind, flags, body, is_cut)
        except Malformed as error:
            self._end("broker sent what is not MQTT: %s" % error)

    def _handle(self, kind: int, flags: int, body: bytes, is_cut: bool) -> None:
        if kind == packets.PUBLISH:
            self._published(flags, body, is_cut)
        elif kind == packets.PUBACK:
            self._delivered(packets.read_packet_id(body))
        elif kind == packets.CONNACK:
            self._accepted(body)
        elif kind == packets.SUBACK:
            self._subscribed(body)
        elif kind != packets.PINGRESP:
            raise Malformed("packet", "type %d not expected" % kind)

    def _accepted(self, body: bytes) -> None:
        is_resumed, code = packets.read_connack(body)
        if code:
            says = {  # 3.2.2.3
                1: "broker speaks another MQTT version",
                2: "broker refuses the client id",
                3: "broker is not available",
                4: "broker refuses user or password; provision the device again",
                5: "broker refuses the key or does not know the device; provision it again",
            }
            return self._end(says.get(code, "broker refuses with code %d" % code))
        self._dup = is_resumed
        self._refused = []
        self._subscribe(self._filters())  # also in a session that goes on: it brings the retained state again

    def see_again(self) -> None:
        """Have the broker send once more all that is retained for us."""
        if self.is_up:
            self._subscribe(self._filters())

    def _subscribe(self, filters: "list[tuple[str, int]]") -> None:
        self._asked = filters
        self._refused = []
        self._write(packets.subscribe(self._next_id(), filters))

    def _subscribed(self, body: bytes) -> None:
        packets.read_packet_id(body)
        for i, (topic_filter, qos) in enumerate(self._asked):
            if i + 2 >= len(body) or body[i + 2] == packets.SUBSCRIPTION_REFUSED:
                self._refused.append((topic_filter, qos))
                self._refused_ms = now_ms()
                self._owner.link_error("broker refuses the subscription to " + topic_filter)
        self._asked = []
        if self.is_up:
            return
        self.is_up = True
        self._owner.link_up()  # first what the owner knows to be older
        for flight in list(self._window):
            self._send(flight)

    def _published(self, flags: int, body: bytes, is_cut: bool) -> None:
        topic, payload, packet_id = packets.read_publish(flags, body)
        if is_cut:
            self._owner.link_error("message on %s is longer than %d bytes" % (topic, self._max_bytes))
        else:
            self._owner.link_received(topic, payload)
        if packet_id:
            self._write(packets.puback(packet_id))

    def _delivered(self, packet_id: int) -> None:
        for flight in self._window:
            if flight.packet_id == packet_id:
                self._window.remove(flight)
                if len(self._window) == self.window_limit - 1:
                    self._owner.link_room()
                return

    # --- sending

    def _send(self, flight: _Flight) -> None:
        """Send again, unless it went on this connection already: TCP does not lose it."""
        if flight.connection != self._connection:
            flight.connection = self._connection
            self._write(packets.again(flight.packet) if self._dup else flight.packet)

    def _write(self, packet: bytes) -> None:
        if self._socket:
            self._sent_ms = now_ms()
            self._socket.write(packet)

    def _next_id(self) -> int:
        taken = [flight.packet_id for flight in self._window]
        while True:
            self._packet_id = self._packet_id % 65535 + 1
            if self._packet_id not in taken:
                return self._packet_id

    def _end(self, reason: str) -> None:
        if self._socket:
            self._socket.close(reason)
