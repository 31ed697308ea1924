"""What a broker must refuse, it refuses, and the hub counts it; nothing else is disturbed. Real brokers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.broker.base import Broker
from hub.broker.refusals import BAD_LOGIN, BAD_PUBLISH, BAD_SUBSCRIBE, TOO_LARGE, Refusal, Refusals
from tests.hub.broker_kit import ALL, Mqtt, eventually, make

TAKE = "hall/v1/s/kiosk-1/up/ticket/take"


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    broker = make(request.param, tmp_path / "broker")
    broker.set_accounts(ALL)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def hub(broker: Broker) -> Iterator[Mqtt]:
    hub = Mqtt(broker, "hub")
    assert hub.subscribe("hall/v1/s/+/up/#") == 1
    yield hub
    hub.close()


@pytest.fixture
def kiosk(broker: Broker) -> Iterator[Mqtt]:
    kiosk = Mqtt(broker, "kiosk-1")
    yield kiosk
    kiosk.close()


def only(broker: Broker, reason: str, count: int = 1) -> bool:
    """Whether this, so often, and nothing else is counted, in a moment."""
    return eventually(lambda: broker.refusals.get(reason, 0) >= count, 2) and broker.refusals == {reason: count}


def test_a_device_speaks_and_is_spoken_to(broker: Broker, hub: Mqtt, kiosk: Mqtt) -> None:
    assert kiosk.answer == "Success"
    assert kiosk.subscribe("hall/v1/s/kiosk-1/down/show/services") == 1
    kiosk.publish(TAKE, b'{"service":"passport"}')
    assert hub.next() == (TAKE, b'{"service":"passport"}')
    hub.publish("hall/v1/s/kiosk-1/down/show/services", b'{"hall":"h"}')
    assert kiosk.next() == ("hall/v1/s/kiosk-1/down/show/services", b'{"hall":"h"}')
    assert broker.refusals == {}


def test_a_strip_hears_every_region_with_one_filter(broker: Broker, hub: Mqtt) -> None:
    hub.publish("hall/v1/s/strip-1/down/show/region/7", b"seven", retain=True)
    strip = Mqtt(broker, "strip-1")
    assert strip.subscribe("hall/v1/s/strip-1/down/show/region/+") == 1
    assert strip.next() == ("hall/v1/s/strip-1/down/show/region/7", b"seven")
    strip.close()
    assert broker.refusals == {}


@pytest.mark.parametrize(("user", "key"), [("kiosk-1", "wrong"), ("stranger", "key-of-kiosk-1"), ("", "")])
def test_wrong_passwords_and_strangers_do_not_come_in(broker: Broker, user: str, key: str) -> None:
    stranger = Mqtt(broker, user, key, id="somebody")
    assert stranger.answer in ("Not authorized", "Bad user name or password")
    assert only(broker, BAD_LOGIN)
    stranger.close()


@pytest.mark.parametrize(
    "topic",
    [
        "hall/v1/s/help-1/up/help/press",  # another device's
        "hall/v1/s/kiosk-1/up/help/press",  # a message that a kiosk does not send
        "hall/v1/s/kiosk-1/down/show/services",  # the hub's own words
        "hall/v1/other-site/kiosk-1/up/ticket/take",
    ],
)
def test_publishing_elsewhere_is_dropped_and_counted(broker: Broker, hub: Mqtt, kiosk: Mqtt, topic: str) -> None:
    kiosk.publish(topic, b"forged")
    kiosk.publish(TAKE, b"true")
    assert hub.next() == (TAKE, b"true"), "what is allowed still comes, and comes first"
    assert only(broker, BAD_PUBLISH)
    refusal = broker.last_refusals[-1]
    assert (refusal.who, refusal.detail) == ("kiosk-1", topic)


@pytest.mark.parametrize(
    "topic", ["hall/v1/s/help-1/down/show/alarm", "hall/v1/s/+/up/#", "hall/v1/s/kiosk-1/down/speech/play", "#"]
)
def test_subscribing_elsewhere_brings_nothing_and_is_counted(
    broker: Broker, hub: Mqtt, kiosk: Mqtt, topic: str
) -> None:
    hub.publish("hall/v1/s/help-1/down/show/alarm", b"retained secret", retain=True)
    code = kiosk.subscribe(topic)
    assert code == (128 if broker.kind == "nats" else 1), "mosquitto 2.0 grants, and delivers nothing"
    assert kiosk.subscribe("hall/v1/s/kiosk-1/down/show/services") == 1
    hub.publish("hall/v1/s/help-1/down/show/alarm", b"secret")
    hub.publish("hall/v1/s/kiosk-1/down/speech/play", b"secret")
    hub.publish("hall/v1/s/kiosk-1/down/show/services", b"own")
    assert kiosk.next() == ("hall/v1/s/kiosk-1/down/show/services", b"own"), "nothing else came before it"
    assert only(broker, BAD_SUBSCRIBE)
    assert (broker.last_refusals[-1].who, broker.last_refusals[-1].detail) == ("kiosk-1", topic)


def test_a_message_larger_than_any_is_refused_and_counted(broker: Broker, hub: Mqtt, kiosk: Mqtt) -> None:
    kiosk.send(TAKE, b"x" * 70_000)
    assert eventually(lambda: broker.refusals.get(TOO_LARGE, 0) == 1, 2)
    button = Mqtt(broker, "help-1")
    button.publish("hall/v1/s/help-1/up/help/press", b"help")
    assert hub.next() == ("hall/v1/s/help-1/up/help/press", b"help")
    button.close()


def test_nobody_takes_the_session_of_another_on_mosquitto(tmp_path: Path) -> None:
    broker = make("mosquitto", tmp_path / "broker")
    broker.set_accounts(ALL)
    broker.start()
    victim = Mqtt(broker, "help-1")
    thief = Mqtt(broker, "kiosk-1", id="help-1")
    victim.publish("hall/v1/s/help-1/up/help/press")
    assert not victim.is_gone.is_set()
    for client in (thief, victim):
        client.close()
    broker.stop()


def test_what_a_stranger_is_called_cannot_play_with_the_terminal() -> None:
    refusals = Refusals()
    refusals.add(Refusal(BAD_LOGIN, "\x1b[31mred\n" + "x" * 1000, "\x07"))
    assert refusals.last[-1].who.isprintable()
    assert refusals.last[-1].detail.isprintable()
    assert len(refusals.last[-1].who) <= 120
