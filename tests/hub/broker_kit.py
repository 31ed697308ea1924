"""What the broker tests share: a small site, brokers of both kinds, and a client that waits for what it is told."""

import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from hub.broker.accounts import Account, accounts
from hub.broker.base import Broker
from hub.broker.brokers import BROKERS
from hub.broker.settings import BrokerSettings
from hub.engine.plan import Device, Hall, Plan
from hub.provision.certificates import Client
from simulators.server_process import free_port

SITE = "s"
PLAN = Plan(
    id=SITE,
    name="厅",
    halls=(Hall(id="h", name="服务厅", floor=1),),
    services=(),
    windows=(),
    channels=(),
    devices=(
        Device(id="kiosk-1", kind="ticket_kiosk", hall="h"),
        Device(id="help-1", kind="help_button"),
        Device(id="strip-1", kind="window_strip", hall="h"),
    ),
)
ALL = accounts(PLAN, lambda user: f"key-of-{user}")
KEY = {account.user: account.password for account in ALL}


def account(user: str) -> Account:
    return next(account for account in ALL if account.user == user)


def need(kind: str) -> None:
    """mosquitto is no Python package: on a machine without it these tests are skipped, in CI they fail."""
    if kind != "mosquitto" or shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"):
        return
    if os.environ.get("CI") == "true":
        pytest.fail("mosquitto is missing in CI; install it with: apt-get install mosquitto")
    pytest.skip("no mosquitto on this machine; install it with: sudo apt-get install mosquitto")


def make(kind: str, folder: Path, **settings: object) -> Broker:
    need(kind)
    return BROKERS[kind](BrokerSettings(**{"port": free_port(), **settings}), folder)  # type: ignore[arg-type]


def eventually(is_so: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Whether it becomes so in time."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Mqtt:
    """A client. ``answer`` is what the broker said to CONNECT, empty when it said nothing."""

    def __init__(
        self,
        broker: Broker,
        user: str,
        key: str | None = None,
        id: str = "",
        ca: Path | None = None,
        certificate: Client | None = None,
    ) -> None:
        self.answer = ""
        self.messages: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.is_gone = threading.Event()
        self._answered = threading.Event()
        self._codes: queue.Queue[int] = queue.Queue()
        self._client = client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=id or user, clean_session=False, reconnect_on_failure=False
        )
        client.username_pw_set(user, KEY[user] if key is None else key)
        if ca is not None:
            shown = certificate.pem if certificate else (None, None)
            client.tls_set(str(ca), *(path and str(path) for path in shown))
        client.on_connect = lambda c, u, flags, reason, p: self._on_connect(str(reason))
        client.on_disconnect = lambda *_: (self._answered.set(), self.is_gone.set())
        client.on_message = lambda c, u, message: self.messages.put((message.topic, message.payload))
        client.on_subscribe = lambda c, u, mid, codes, p: self._codes.put(codes[0].value)
        try:
            client.connect(broker.settings.host, broker.settings.port)
        except OSError:
            self.close()
            raise
        client.loop_start()
        assert self._answered.wait(5), "the broker answered nothing"

    def _on_connect(self, answer: str) -> None:
        self.answer = answer
        self._answered.set()

    def subscribe(self, topic: str) -> int:
        """The code of the SUBACK: 1 granted, 128 refused."""
        self._client.subscribe(topic, 1)
        return self._codes.get(timeout=5)

    def publish(self, topic: str, payload: bytes = b"{}", retain: bool = False) -> None:
        """Returns when the broker has it, or says so."""
        self._client.publish(topic, payload, 1, retain).wait_for_publish(5)

    def send(self, topic: str, payload: bytes) -> None:
        """Does not wait."""
        self._client.publish(topic, payload, 1)

    def next(self) -> tuple[str, bytes]:
        return self.messages.get(timeout=5)

    def close(self) -> None:
        client = self.__dict__.pop("_client")
        client.disconnect()
        client.loop_stop()
        # The callbacks refer to the client: without them it goes now, with its sockets, not at some later collection.
        client.on_connect = client.on_disconnect = client.on_message = client.on_subscribe = None


def answer(broker: Broker, user: str, key: str | None = None, id: str = "") -> str:
    """What the broker says to CONNECT."""
    client = Mqtt(broker, user, key, id)
    client.close()
    return client.answer
