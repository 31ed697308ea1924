"""The hub's link against real brokers: comes back by itself, says why it is down, acknowledges nothing by mistake."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.broker.base import Broker
from hub.link import MAX_PACKET_BYTES, Address, Link, Receipt
from tests.hub.broker_kit import ALL, KEY, Mqtt, eventually, free_port, make

ALL_UP = "hall/v1/s/+/up/#"
TAKE = "hall/v1/s/kiosk-1/up/ticket/take"
SERVICES = "hall/v1/s/kiosk-1/down/show/services"


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One for all who do not harm it."""
    yield from started("nats", tmp_path_factory.mktemp("link") / "broker")


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """One that may be killed."""
    yield from started(request.param, tmp_path / "broker")


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    yield from started("mosquitto", tmp_path / "broker")


def started(kind: str, folder: Path) -> Iterator[Broker]:
    broker = make(kind, folder)
    broker.set_accounts(ALL)
    broker.start()
    yield broker
    broker.stop()


class Cord:
    """A cable between the link and the broker: ``cut`` ends what runs through it; not ``alive``, nothing does."""

    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self.alive = asyncio.Event()
        self.alive.set()
        self._to_port = to_port
        self._writers: list[asyncio.StreamWriter] = []
        self._joints: list[asyncio.Task[Any] | None] = []

    async def lay(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._writers += [writer, far_writer]
        self._joints.append(asyncio.current_task())
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.alive.is_set():
                    writer.write(data)
        await self.alive.wait()  # nor does an end of the far side get through
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def remove(self) -> None:
        self._server.close()
        self.alive.set()
        self.cut()
        await asyncio.gather(*filter(None, self._joints))


class Hub:
    """A link and what came through it."""

    def __init__(self, port: int, password: str = KEY["hub"], keepalive_s: int = 15) -> None:
        self.received: list[tuple[str, bytes, Receipt]] = []
        self.ups = 0
        self._something = asyncio.Event()
        address = Address(host="127.0.0.1", port=port, user="hub", password=password)
        self.link = Link(address, ALL_UP, self._on_message, self._on_up, keepalive_s)

    def _on_message(self, topic: str, payload: bytes, receipt: Receipt) -> None:
        self.received.append((topic, payload, receipt))
        self._something.set()

    def _on_up(self) -> None:
        self.ups += 1
        self._something.set()

    async def until(self, is_so: Callable[[], Any], within_s: float = 15) -> None:
        """Waits for something to happen that makes it so; what only the clock brings is looked at now and then."""
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, (self.link.is_up, self.link.last_error, self.received)
            self._something.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), 0.05)

    def payloads(self) -> list[bytes]:
        return [payload for _, payload, _ in self.received]


def with_hub(
    port: int, visit: Callable[[Hub], Coroutine[Any, Any, None]], cord: Cord | None = None, **options: Any
) -> None:
    """Runs ``visit`` beside a running link."""

    async def main() -> None:
        if cord is not None:
            await cord.lay()
        hub = Hub(port, **options)
        running = asyncio.create_task(hub.link.run())
        try:
            await asyncio.wait_for(visit(hub), 30)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            if cord is not None:
                await asyncio.wait_for(cord.remove(), 5)
        assert not hub.link.is_up

    asyncio.run(main())


async def kiosk(broker: Broker) -> Mqtt:
    return await asyncio.to_thread(Mqtt, broker, "kiosk-1")


async def say(client: Mqtt, *payloads: bytes) -> None:
    for payload in payloads:
        await asyncio.to_thread(client.publish, TAKE, payload)


def test_it_hears_devices_and_speaks_to_them(nats: Broker) -> None:
    async def visit(hub: Hub) -> None:
        await hub.until(lambda: hub.ups)
        assert hub.link.is_up
        assert hub.link.last_error == ""
        device = await kiosk(nats)
        await asyncio.to_thread(device.subscribe, SERVICES)
        await say(device, b"1", b"2")
        await hub.until(lambda: len(hub.received) == 2)
        assert hub.payloads() == [b"1", b"2"]
        assert {topic for topic, _, _ in hub.received} == {TAKE}
        for _, _, receipt in hub.received:
            hub.link.ack(receipt)
        hub.link.publish(SERVICES, b"offers", 1, True)
        assert await asyncio.to_thread(device.next) == (SERVICES, b"offers")
        device.close()

    with_hub(nats.settings.port, visit)


def test_the_longest_message_a_device_can_send_costs_nothing(nats: Broker) -> None:
    async def visit(hub: Hub) -> None:
        await hub.until(lambda: hub.ups)
        device = await kiosk(nats)
        await say(device, b"x" * (MAX_PACKET_BYTES - 200), b"short")
        await hub.until(lambda: len(hub.received) == 2)
        assert hub.payloads()[1] == b"short"
        for _, _, receipt in hub.received:
            hub.link.ack(receipt)
        assert (hub.ups, hub.link.last_error) == (1, "")
        device.close()

    with_hub(nats.settings.port, visit)


def test_it_comes_back_when_the_broker_was_killed(broker: Broker) -> None:
    async def visit(hub: Hub) -> None:
        await hub.until(lambda: hub.ups == 1)
        os.kill(broker.health()["pid"], signal.SIGKILL)
        await hub.until(lambda: not hub.link.is_up)
        hub.link.publish(SERVICES, b"into nowhere")  # harmless: after the next connection everything is said anew
        await hub.until(lambda: hub.link.last_error)
        assert "broker" in hub.link.last_error
        await hub.until(lambda: hub.ups == 2)
        assert hub.link.is_up
        assert hub.link.last_error == ""
        device = await kiosk(broker)
        await say(device, b"after")
        await hub.until(lambda: b"after" in hub.payloads())
        hub.link.ack(hub.received[-1][2])
        device.close()

    with_hub(broker.settings.port, visit)
    assert broker.restarts == 1


def test_what_was_not_acknowledged_comes_again_and_an_old_receipt_means_nothing(
    mosquitto: Broker,
) -> None:
    """With mosquitto: nats brings it again only after half a minute, when the device's outbox has long done so."""

    async def visit(hub: Hub, cord: Cord) -> None:
        await hub.until(lambda: hub.ups == 1)
        device = await kiosk(mosquitto)
        await asyncio.to_thread(device.subscribe, SERVICES)
        await say(device, b"kept", b"done")
        await hub.until(lambda: len(hub.received) == 2)
        first = {payload: receipt for _, payload, receipt in hub.received}
        hub.link.ack(first[b"done"])
        await has_gone(hub, device)

        cord.cut()
        await hub.until(lambda: hub.ups == 2)
        await hub.until(lambda: hub.payloads().count(b"kept") == 2)
        assert hub.payloads().count(b"done") == 1
        again = hub.received[-1][2]
        assert again.connection > first[b"kept"].connection
        hub.link.ack(first[b"kept"])  # of the connection before

        cord.cut()
        await hub.until(lambda: hub.ups == 3)
        await hub.until(lambda: hub.payloads().count(b"kept") == 3)
        hub.link.ack(hub.received[-1][2])
        await has_gone(hub, device)

        cord.cut()
        await hub.until(lambda: hub.ups == 4)
        await say(device, b"end")
        await hub.until(lambda: b"end" in hub.payloads())
        assert hub.payloads().count(b"kept") == 3, "acknowledged at last"
        device.close()

    through_a_cord(mosquitto, visit)


async def has_gone(hub: Hub, device: Mqtt) -> None:
    """What the link wrote until now has reached the broker: what it says next has reached a device."""
    hub.link.publish(SERVICES, b"mark")
    assert await asyncio.to_thread(device.next) == (SERVICES, b"mark")


def through_a_cord(broker: Broker, visit: Callable[[Hub, Cord], Coroutine[Any, Any, None]], **options: Any) -> None:
    cord = Cord(broker.settings.port)
    with_hub(cord.port, lambda hub: visit(hub, cord), cord, **options)


def test_silence_is_noticed(nats: Broker) -> None:
    async def visit(hub: Hub, cord: Cord) -> None:
        await hub.until(lambda: hub.ups == 1)
        cord.alive.clear()
        await hub.until(lambda: not hub.link.is_up, 5)
        await hub.until(lambda: hub.link.last_error == "the broker did not answer in time", 1)
        cord.alive.set()
        cord.cut()
        await hub.until(lambda: hub.ups == 2)

    through_a_cord(nats, visit, keepalive_s=1)


def test_a_quiet_building_is_not_taken_for_a_dead_broker(nats: Broker) -> None:
    async def visit(hub: Hub) -> None:
        await hub.until(lambda: hub.ups == 1)
        quiet_until = time.monotonic() + 2.2  # longer than the keepalive time
        await hub.until(lambda: time.monotonic() > quiet_until)
        assert (hub.ups, hub.link.is_up) == (1, True)

    with_hub(nats.settings.port, visit, keepalive_s=1)


def test_a_wrong_key_is_told(broker: Broker) -> None:
    async def visit(hub: Hub) -> None:
        await hub.until(lambda: hub.link.last_error)
        assert not hub.link.is_up
        assert "refused the hub" in hub.link.last_error
        assert "wrong" not in hub.link.last_error

    with_hub(broker.settings.port, visit, password="wrong")
    assert eventually(lambda: set(broker.refusals) == {"unknown device or wrong password"})


def test_no_broker_is_told_with_its_address() -> None:
    port = free_port()

    async def visit(hub: Hub) -> None:
        await hub.until(lambda: hub.link.last_error)
        assert hub.link.last_error.startswith(f"broker 127.0.0.1:{port}: ")
        assert not hub.link.is_up

    with_hub(port, visit)


def test_something_else_than_a_broker_is_told() -> None:
    async def main() -> None:
        shouted = asyncio.Event()

        async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"\x15\xff\xff\xff\xff\xff")
            with contextlib.suppress(OSError):
                await reader.read()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            shouted.set()

        port = free_port()
        server = await asyncio.start_server(shout, "127.0.0.1", port)
        hub = Hub(port)
        running = asyncio.create_task(hub.link.run())
        await hub.until(lambda: hub.link.last_error)
        assert "not MQTT" in hub.link.last_error
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.close()
        await shouted.wait()

    asyncio.run(main())
