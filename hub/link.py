"""The hub's one MQTT connection: paho-mqtt driven by the asyncio loop, acknowledging only when told to.

A new paho client is made for each connection, under the same client id and session: what the old one still had in
flight is forgotten on purpose, because the hub shows and repeats everything anew after a connection, and an old
retained state sent late would replace a newer one.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable

import msgspec
from paho.mqtt.client import CallbackAPIVersion, Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

IN_FLIGHT = 1000  # QoS 1 messages sent and not yet confirmed
RETRY_S = 1.0  # brokers close clients that come back faster


class Receipt(msgspec.Struct, frozen=True):
    """What to give to `Link.ack` once the message is durable. Valid for the connection that brought it."""

    connection: int
    mid: int
    qos: int


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is and as whom to speak. ``ca``: path of the CA's PEM file, or empty for no TLS."""

    host: str
    port: int
    user: str
    password: str
    ca: str = ""


class Link:
    """``on_message(topic, payload, receipt)`` for each message on ``filter``; ``on_up()`` after each subscription."""

    def __init__(
        self,
        address: Address,
        filter: str,
        on_message: Callable[[str, bytes, Receipt], None],
        on_up: Callable[[], None],
    ) -> None:
        self._address = address
        self._filter = filter
        self._on_message = on_message
        self._on_up = on_up
        self._client: Client | None = None
        self._connection = 0
        self._lost = asyncio.Event()
        self.is_up = False
        self.last_error = ""

    async def run(self) -> None:
        """Connects, stays connected, comes back. Ends only when cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._lost.clear()
            self._connection += 1
            client = self._make_client(loop)
            try:
                client.connect(self._address.host, self._address.port, keepalive=15)
                await self._supervise(client)
            except OSError as fault:
                self.last_error = f"broker {self._address.host}:{self._address.port}: {fault}"
            finally:
                self.is_up = False
                self._client = None
                with contextlib.suppress(OSError):
                    client.disconnect()
                self._forget(client, loop)
            await asyncio.sleep(RETRY_S)

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        """Sends now, or not at all while the link is down: after the next connection everything is said anew."""
        if self._client is not None and self.is_up:
            self._client.publish(topic, payload, qos, retain)

    def ack(self, receipt: Receipt) -> None:
        """Tells the broker that the message is durable here. A receipt of an earlier connection means nothing."""
        if self._client is not None and receipt.connection == self._connection:
            self._client.ack(receipt.mid, receipt.qos)

    async def _supervise(self, client: Client) -> None:
        """Until the connection is lost: once a second let paho look at its keepalive."""
        while not self._lost.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), 1.0)
            if not self._lost.is_set() and client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self.last_error = "the broker did not answer in time"
                return

    def _make_client(self, loop: asyncio.AbstractEventLoop) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._address.user, clean_session=False, manual_ack=True)
        client.username_pw_set(self._address.user, self._address.password)
        if self._address.ca:
            client.tls_set_context(ssl.create_default_context(cafile=self._address.ca))
        client.max_inflight_messages_set(IN_FLIGHT)
        connection = self._connection

        def connected(_c: Client, _u: object, _f: ConnectFlags, code: ReasonCode, _p: Properties | None) -> None:
            if code.is_failure:
                self.last_error = f"the broker refused the hub: {code}"
                self._lost.set()
            else:
                client.subscribe(self._filter, 1)

        def subscribed(_c: Client, _u: object, _m: int, codes: list[ReasonCode], _p: Properties | None) -> None:
            if any(code.is_failure for code in codes):
                self.last_error = f"the broker refused the hub's subscription to {self._filter}"
                self._lost.set()
                return
            self._client, self.is_up, self.last_error = client, True, ""
            self._on_up()

        def message(_c: Client, _u: object, m: MQTTMessage) -> None:
            self._on_message(m.topic, m.payload, Receipt(connection, m.mid, m.qos))

        def disconnected(_c: Client, _u: object, _f: DisconnectFlags, code: ReasonCode, _p: Properties | None) -> None:
            self.last_error = self.last_error or f"the connection to the broker was lost: {code}"
            self._lost.set()

        client.on_connect = connected
        client.on_subscribe = subscribed
        client.on_message = message
        client.on_disconnect = disconnected
        client.on_socket_open = lambda c, _u, sock: loop.add_reader(sock, self._read, c)
        client.on_socket_close = lambda _c, _u, sock: loop.remove_reader(sock)
        client.on_socket_register_write = lambda c, _u, sock: loop.add_writer(sock, c.loop_write)
        client.on_socket_unregister_write = lambda _c, _u, sock: loop.remove_writer(sock)
        return client

    def _read(self, client: Client) -> None:
        client.loop_read()

    @staticmethod
    def _forget(client: Client, loop: asyncio.AbstractEventLoop) -> None:
        sock = client.socket()
        if sock is not None:
            loop.remove_reader(sock)
            loop.remove_writer(sock)
            sock.close()
