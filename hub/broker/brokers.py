"""Which broker: a word in the hub's settings."""

from pathlib import Path

from hub import config
from hub.broker.base import Broker
from hub.broker.mosquitto import Mosquitto
from hub.broker.nats import Nats
from hub.broker.settings import BrokerSettings, Tls

BROKERS: dict[str, type[Broker]] = {broker.kind: broker for broker in (Nats, Mosquitto)}


def make(chosen: config.BrokerSettings, folder: Path, tls: Tls | None) -> Broker:
    """A broker as the hub's settings say, not yet started; raises `ValueError` when they cannot be."""
    if chosen.kind not in BROKERS:
        raise ValueError(f"broker {chosen.kind!r}: one of {', '.join(BROKERS)} expected")
    return BROKERS[chosen.kind](BrokerSettings(host=chosen.host, port=chosen.port, tls=tls), folder)
