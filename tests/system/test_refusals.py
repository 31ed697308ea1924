"""What a device may not do: refused, counted, to be seen in `hallhub status`, and nothing else is disturbed.

Real hub, both real brokers, and a client that is not ours.
"""

import contextlib
import json
import os
import queue
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner

from firmware.wire.messages.queue import TicketTake
from hub.cli.main import main
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for

pytestmark = pytest.mark.system

SITE = "hall/v1/doumen"
ROGUE, NEIGHBOUR = "gongjijin-kiosk-1", "hukou-kiosk-1"
SERVICE = {ROGUE: "", NEIGHBOUR: ""}  # filled in from the site: one that each kiosk offers
BROKER_LIMIT = 65536


class Device:
    """A device as its board file says, driven by paho."""

    def __init__(self, hub: HubProcess, id: str, password: str = "") -> None:
        board = json.loads((hub.boards / f"{id}.json").read_text(encoding="utf-8")) if not password else {}
        self.id = id
        self.answer = ""
        self.is_gone = threading.Event()
        self.messages: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._answered = threading.Event()
        self._codes: queue.Queue[int] = queue.Queue()
        self._client = client = paho.Client(
            paho.CallbackAPIVersion.VERSION2, client_id=id, clean_session=True, reconnect_on_failure=False
        )
        client.username_pw_set(id, password or board["password"])
        client.on_connect = lambda c, u, f, reason, p: (setattr(self, "answer", str(reason)), self._answered.set())
        client.on_disconnect = lambda *_: (self._answered.set(), self.is_gone.set())
        client.on_message = lambda c, u, m: self.messages.put((m.topic, json.loads(m.payload) if m.payload else None))
        client.on_subscribe = lambda c, u, mid, codes, p: self._codes.put(codes[0].value)
        client.connect("127.0.0.1", hub.mqtt_port)
        client.loop_start()
        assert self._answered.wait(10), "the broker answered nothing"

    def down(self, name: str) -> str:
        return f"{SITE}/{self.id}/down/{name}"

    def up(self, name: str) -> str:
        return f"{SITE}/{self.id}/up/{name}"

    def subscribe(self, topic: str) -> int:
        self._client.subscribe(topic, 1)
        return self._codes.get(timeout=10)

    def publish(self, topic: str, payload: Any) -> None:
        """Returns when the broker has it; a broker may close the connection instead."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        sent = self._client.publish(topic, body, 1)
        wait_for(
            "the broker takes the message",
            lambda: self.is_gone.is_set() or (sent.rc == paho.MQTT_ERR_SUCCESS and sent.is_published()),
            within_s=5,
            every_s=0.005,
        )

    def next(self) -> tuple[str, Any]:
        return self.messages.get(timeout=10)

    def close(self) -> None:
        client = self.__dict__.pop("_client")
        client.disconnect()
        client.loop_stop()
        client.on_connect = client.on_disconnect = client.on_message = client.on_subscribe = None


@pytest.fixture(scope="module", params=["nats", "mosquitto"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    need(request.param)
    hub = HubProcess(tmp_path_factory.mktemp(request.param) / "hub", broker=request.param)
    hub.start()
    services = hub.get("/site")["services"]
    for kiosk in SERVICE:
        SERVICE[kiosk] = next(s["id"] for s in services if s["hall"] == kiosk.partition("-")[0])
    yield hub
    hub.stop()


def need(broker: str) -> None:
    """mosquitto is no Python package: on a machine without it these tests are skipped, in CI they fail."""
    if broker != "mosquitto" or shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"):
        return
    if os.environ.get("CI") == "true":
        pytest.fail("mosquitto is missing in CI; install it with: apt-get install mosquitto")
    pytest.skip("no mosquitto on this machine; install it with: sudo apt-get install mosquitto")


@pytest.fixture
def rogue(hub: HubProcess) -> Iterator[Device]:
    """A real kiosk of the site, that then does what it may not."""
    device = Device(hub, ROGUE)
    assert device.answer == "Success"
    for answer in ("ticket/issued", "refused", "ack"):
        device.subscribe(device.down(answer))
    yield device
    device.close()


@pytest.fixture
def undisturbed(hub: HubProcess) -> Iterator[None]:
    """Before and after, everybody else goes on: a neighbour gets its ticket, no screen changed."""
    neighbour = Device(hub, NEIGHBOUR)
    for answer in ("ticket/issued", "refused"):
        neighbour.subscribe(neighbour.down(answer))
    seq = next_seq(hub)
    retained, pid = shown(hub), hub.pid
    before = journal(hub)
    yield
    neighbour.publish(neighbour.up("ticket/take"), {"boot": "n", "seq": seq, "service": SERVICE[NEIGHBOUR]})
    topic, answer = neighbour.next()
    assert (topic, answer["seq"]) == (neighbour.down("ticket/issued"), seq)
    assert neighbour.messages.empty()
    neighbour.close()
    added = journal(hub)[len(before) :]
    assert [row for row in added if row[0] and row[0] != NEIGHBOUR] == [], "nothing of the rogue is in the journal"
    assert hub.pid == pid
    assert hub.get("/status")["broker"]["connected"]
    assert hub.get("/status")["broker"]["restarts"] == 0
    assert shown(hub) == retained


def next_seq(hub: HubProcess) -> int:
    return 1 + sum(row[0] == NEIGHBOUR for row in journal(hub))


def journal(hub: HubProcess) -> list[tuple[str | None, str, int]]:
    """(device, boot, seq) of every entry."""
    with contextlib.closing(sqlite3.connect(f"file:{hub.folder / 'journal.db'}?mode=ro", uri=True)) as database:
        return database.execute("select device, boot, seq from journal order by position").fetchall()


def shown(hub: HubProcess) -> dict[str, Any]:
    """What a display of the rogue's hall, and others, show."""
    found = {}
    slots = (
        ("gongjijin-display-1", "show/calls"),
        ("gongjijin-call-01", "show/window"),
        ("help-1f-desk-1", "show/alarm"),
    )
    for id, name in slots:
        device = Device(hub, id)
        device.subscribe(device.down(name))
        topic, content = device.next()
        content.pop("rev")
        found[topic] = content
        device.close()
    return found


# What the administrator sees


def cli(hub: HubProcess, *words: str) -> str:
    """What the command prints; its own process is proven in tests/hub/test_cli.py."""
    done = CliRunner(env={"COLUMNS": "120"}).invoke(main, ["--folder", str(hub.folder), *words])
    assert done.exit_code == 0, done.output
    return done.output


def refusals(hub: HubProcess) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli(hub, "status", "--json"))["refusals"]
    return found


def one_more(hub: HubProcess, reason: str, in_words: str, who: str, detail: str, act: Callable[[], None]) -> None:
    """``act`` is counted once under ``reason`` and nothing else; the table and the JSON tell why, who and what."""
    before = refusals(hub)["counts"]
    act()

    def counted() -> bool:
        counts: dict[str, int] = hub.get("/status")["refusals"]["counts"]
        return counts.get(reason, 0) > before.get(reason, 0)

    wait_for(f"{reason} is counted", counted, 5)
    after = refusals(hub)
    assert after["counts"] == {**before, reason: before.get(reason, 0) + 1}
    newest = after["newest"][-1]
    assert (newest["reason"], newest["who"]) == (reason, who)
    assert detail in newest["detail"]
    assert newest["at_ms"] > 1_700_000_000_000
    table = cli(hub, "status")
    assert in_words in table
    assert who in table


# What is refused


def test_an_unknown_device_does_not_come_in(hub: HubProcess, undisturbed: None) -> None:
    def act() -> None:
        stranger = Device(hub, "ghost-kiosk-1", "some-key")
        assert stranger.answer in ("Not authorized", "Bad user name or password")
        stranger.close()

    who = "ghost-kiosk-1"
    one_more(hub, "unknown device or wrong password", "设备未登记或密钥错误", told_who(hub, who), "", act)


def test_a_wrong_password_does_not_come_in(hub: HubProcess, undisturbed: None) -> None:
    def act() -> None:
        stranger = Device(hub, ROGUE, "not-its-key")
        assert stranger.answer in ("Not authorized", "Bad user name or password")
        stranger.close()

    one_more(hub, "unknown device or wrong password", "设备未登记或密钥错误", told_who(hub, ROGUE), "", act)


def told_who(hub: HubProcess, who: str) -> str:
    """mosquitto tells only from where somebody came."""
    return who if hub.get("/status")["broker"]["kind"] == "nats" else ""


@pytest.mark.parametrize(
    "topic",
    [
        f"{SITE}/{NEIGHBOUR}/up/ticket/take",  # another device's
        f"{SITE}/{ROGUE}/up/help/press",  # not of its kind
        f"{SITE}/{NEIGHBOUR}/down/ticket/issued",  # in the hub's name
        f"{SITE}/gongjijin-display-1/down/show/calls",
    ],
)
def test_a_publish_where_it_may_not_goes_nowhere(hub: HubProcess, rogue: Device, undisturbed: None, topic: str) -> None:
    forged = {"boot": "n", "seq": 999, "service": SERVICE[NEIGHBOUR]}
    one_more(hub, "publish not allowed", "无权发布的主题", ROGUE, topic, lambda: rogue.publish(topic, forged))


def test_a_subscription_to_anothers_topic_brings_nothing(hub: HubProcess, rogue: Device, undisturbed: None) -> None:
    topic = f"{SITE}/{NEIGHBOUR}/down/show/services"  # retained: it would come at once
    one_more(hub, "subscribe not allowed", "无权订阅的主题", ROGUE, topic, lambda: none(rogue.subscribe(topic)))
    rogue.subscribe(rogue.down("welcome"))
    rogue.publish(rogue.up("hello"), {"boot": "r", "kind": "ticket_kiosk", "version": "0"})
    assert rogue.next()[0] == rogue.down("welcome"), "nothing else came before it"


def none(_: object) -> None:
    return None


def test_a_message_longer_than_declared_is_refused(hub: HubProcess, rogue: Device, undisturbed: None) -> None:
    long = {"boot": "r", "seq": 2, "service": SERVICE[ROGUE], "padding": "x" * TicketTake.max_bytes}
    one_more(hub, "oversize", "消息过长", ROGUE, "ticket/take", lambda: rogue.publish(rogue.up("ticket/take"), long))


def test_a_message_longer_than_the_brokers_limit_is_refused(hub: HubProcess, rogue: Device, undisturbed: None) -> None:
    one_more(
        hub,
        "message too large",
        "消息超过代理的上限",
        ROGUE,
        "",
        lambda: rogue.publish(rogue.up("ticket/take"), b"x" * (BROKER_LIMIT + 4096)),
    )


@pytest.mark.parametrize("payload", [b"{", b"", b"\xff\x00\xfe", b'{"boot":"r","seq":3', b"[1,2,3]", b"[" * 500])
def test_broken_json_is_refused(hub: HubProcess, rogue: Device, undisturbed: None, payload: bytes) -> None:
    one_more(
        hub,
        "malformed",
        "消息格式错误",
        ROGUE,
        "ticket/take: ",
        lambda: rogue.publish(rogue.up("ticket/take"), payload),
    )
    assert rogue.messages.empty(), "who did not say which request it was cannot be answered"


def test_right_json_with_wrong_fields_is_refused_and_its_sender_told(
    hub: HubProcess, rogue: Device, undisturbed: None
) -> None:
    wrong = {"boot": "r", "seq": 4, "service": "UPPER CASE"}
    one_more(
        hub,
        "malformed",
        "消息格式错误",
        ROGUE,
        "ticket/take: service: ",
        lambda: rogue.publish(rogue.up("ticket/take"), wrong),
    )
    assert rogue.next() == (rogue.down("refused"), {"boot": "r", "seq": 4, "code": "malformed"})


def test_after_all_that_the_rogue_is_a_kiosk_like_any_other(hub: HubProcess, rogue: Device) -> None:
    rogue.publish(rogue.up("ticket/take"), {"boot": "r", "seq": 100, "service": SERVICE[ROGUE]})
    topic, answer = rogue.next()
    assert (topic, answer["seq"]) == (rogue.down("ticket/issued"), 100)
