"""An ear on everything that goes through the broker: with the hub's account and with that of each device."""

import json
import threading
from typing import Any

import paho.mqtt.client as paho

from firmware.wire import topics
from hub.broker.accounts import HUB_USER, device_account
from hub.engine.plan import Plan
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for


class Ear:
    """Nobody may hear all, not even the hub, so it takes one connection for each account; under names of its own,
    which nats allows; mosquitto would take it for another life of the same board."""

    def __init__(self, hub: HubProcess, plan: Plan) -> None:
        self.heard: list[tuple[str, bytes]] = []
        keys = json.loads((hub.folder / "keys.json").read_text(encoding="utf-8"))
        filters = {device.id: device_account(plan.id, device, "").subscribe for device in plan.devices}
        filters[HUB_USER] = (topics.all_up(plan.id),)
        self._lock = threading.Lock()
        self._subscribed: set[str] = set()
        self._clients = [self._client(hub, user, keys[user], each) for user, each in filters.items()]
        self.wait()

    def wait(self) -> None:
        """Until all of its connections are there, again."""
        wait_for("the ear hears", lambda: len(self._subscribed) == len(self._clients), 20, every_s=0.01)

    def kinds(self) -> set[str]:
        """What it heard: ``up/ticket/take``, …"""
        return {topic.split("/", 4)[4] for topic, _ in self.heard}

    def close(self) -> None:
        for client in self._clients:
            client.disconnect()
            client.loop_stop()

    def _client(self, hub: HubProcess, user: str, password: str, filters: tuple[str, ...]) -> paho.Client:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="ear-" + user)
        client.username_pw_set(user, password)
        client.reconnect_delay_set(1, 1)

        def connected(client: paho.Client, *_: Any) -> None:
            client.subscribe([(each, 1) for each in filters])

        def lost(*_: Any) -> None:
            self._subscribed.discard(user)

        def heard(_c: paho.Client, _u: Any, message: paho.MQTTMessage) -> None:
            with self._lock:
                self.heard.append((message.topic, message.payload))

        client.on_connect, client.on_disconnect, client.on_message = connected, lost, heard
        client.on_subscribe = lambda *_: self._subscribed.add(user)
        client.connect("127.0.0.1", hub.mqtt_port)
        client.loop_start()
        return client
