"""The real link against real brokers: what was asked arrives, whatever dies; and nobody is believed without TLS."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware.agent import Agent
from firmware.link.client import Client
from firmware.link.sockets import open_socket
from firmware.wire import packets, topics
from firmware.wire.messages.device import State
from firmware.wire.messages.help import HelpPressed, ShowAlarm
from tests.portable.bench import quick_backoff, stop, until
from tests.system.broker_processes import BROKERS, BrokerProcess, make_broker
from tests.system.certificates import Authority

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=sorted(BROKERS))
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerProcess]:
    made = make_broker(request.param, tmp_path)
    made.start()
    yield made
    made.kill()


class Hub:
    """Stands in for the hub behind the broker: welcomes, acknowledges, notes; its link is the device's own."""

    def __init__(self, broker: BrokerProcess) -> None:
        self.heard: list[tuple[str, str, int]] = []  # topic, boot, seq of each request
        self.states: list[bytes] = []
        hello = packets.connect("hub", "", "", 15)
        filters = [(topics.all_up("doumen"), 1)]
        address = ("127.0.0.1", broker.port, None)
        self.client = Client(address, hello, lambda: filters, self, quick_backoff(), max_bytes=4096)

    def link_up(self) -> None: ...

    def link_down(self, reason: str) -> None: ...

    def link_room(self) -> None: ...

    def link_leaving(self) -> None: ...

    def link_error(self, text: str) -> None:
        raise AssertionError(text)

    def link_received(self, topic: str, payload: bytes) -> None:
        site, device, name = topics.parse_up(topic)
        if name == "state":
            self.states.append(payload)
            return
        plain = json.loads(payload)
        if name == "hello":
            answer = json.dumps({"boot": plain["boot"], "at_ms": 1795000000000}).encode()
            self.client.report(topics.down(site, device, "welcome"), answer)
        elif "seq" in plain:
            self.heard.append((topic, plain["boot"], plain["seq"]))
            answer = json.dumps({"boot": plain["boot"], "seq": plain["seq"]}).encode()
            self.client.report(topics.down(site, device, "ack"), answer)

    def show(self, rev: int) -> None:
        payload = json.dumps({"epoch": 1, "rev": rev, "state": "raised"}).encode()
        assert self.client.deliver(("show", rev), topics.down("doumen", "help-1", "show/alarm"), payload, True)


class Button:
    ACCEPTS = (ShowAlarm,)
    outlet: Any = None
    fault = ""

    def __init__(self) -> None:
        self.answered_seqs: list[int] = []
        self.revs: list[int] = []
        self.is_connected = False

    async def run(self) -> None:
        await asyncio.Event().wait()

    def answered(self, request_name: str, answer: Any) -> None:
        self.answered_seqs.append(answer.seq)

    def shown(self, show: Any, slot: int) -> None:
        self.revs.append(show.rev)

    def connected(self, is_connected: bool) -> None:
        self.is_connected = is_connected


class QuickAgent(Agent):
    beat_s = 0.1
    answer_ms, answer_max_ms = 300, 300
    hello_ms, hello_max_ms = 300, 300


class Device:
    """A help button with its agent, started and stopped as one."""

    def __init__(self, broker: BrokerProcess, folder: Path) -> None:
        board = {"site": "doumen", "device": "help-1", "kind": "help_button", "version": "0.1.0"}
        board |= {"broker": {"host": "127.0.0.1", "port": broker.port}, "user": "", "password": "", "data": str(folder)}
        self.role = Button()
        self._has_power = True
        self._socket: Any = None
        self.agent = QuickAgent(board, self.role, self._open)
        self.task = asyncio.ensure_future(self.agent.run())

    async def _open(self, *where: Any) -> Any:
        if not self._has_power:
            raise OSError("no power")
        self._socket = await open_socket(*where)
        return self._socket

    async def lose_power(self) -> None:
        """Gone without a word: no goodbye leaves the device any more."""
        self._has_power = False
        self._socket.close("no power")
        await stop(self.task)

    async def until_welcome(self) -> None:
        await until(lambda: self.role.is_connected, "welcome")

    def press(self, count: int) -> None:
        for _ in range(count):
            self.agent.ask(HelpPressed())


def test_a_killed_broker_loses_nothing_of_the_outbox_and_screens_are_right_again(
    broker: BrokerProcess, tmp_path: Path
) -> None:
    async def story() -> None:
        hub = Hub(broker)
        hub_task = asyncio.ensure_future(hub.client.run())
        await until(lambda: hub.client.is_up, "hub up")
        device = Device(broker, tmp_path)
        await device.until_welcome()
        hub.show(7)
        await until(lambda: device.role.revs == [7], "the alarm shown")
        device.press(40)
        await until(lambda: len(hub.heard) > 5, "some requests")
        broker.kill()
        device.press(30)
        broker.start()
        device.press(10)
        await until(lambda: not device.agent.outbox.entries, "all answered", 8)
        assert sorted(device.role.answered_seqs) == list(range(1, 81))
        assert {seq for _, _, seq in hub.heard} == set(range(1, 81))
        await stop(device.task)
        again = Device(broker, tmp_path)  # a replaced device, an empty screen
        await until(lambda: again.role.revs == [7], "the retained alarm")
        assert again.agent.outbox.entries == []
        await stop(again.task)
        await stop(hub_task)

    asyncio.run(asyncio.wait_for(story(), 20))


def test_a_device_that_dies_is_declared_gone_and_its_requests_come_with_its_next_life(
    broker: BrokerProcess, tmp_path: Path
) -> None:
    async def story() -> None:
        hub = Hub(broker)
        hub_task = asyncio.ensure_future(hub.client.run())
        await until(lambda: hub.client.is_up, "hub up")
        device = Device(broker, tmp_path)
        await device.until_welcome()
        await until(lambda: len(hub.states) == 1, "state")
        await stop(hub_task)  # the hub is away: requests reach the broker and no further
        device.press(5)
        await device.lose_power()
        first_boot = device.agent.boot
        hub_task = asyncio.ensure_future(hub.client.run())
        await until(lambda: State(online=False, boot=first_boot).encode() in hub.states, "last will")
        after = Device(broker, tmp_path)
        after.press(1)
        await until(lambda: not after.agent.outbox.entries, "all answered", 8)
        assert sorted({(boot == first_boot, seq) for _, boot, seq in hub.heard}) == [
            (False, 1),
            *[(True, seq) for seq in range(1, 6)],
        ]
        await stop(after.task)
        await stop(hub_task)

    asyncio.run(asyncio.wait_for(story(), 20))


INTERPRETERS = {"cpython": sys.executable, "micropython": str(Path(sys.executable).with_name("micropython"))}


def dial(interpreter: str, host: str, port: int, ca: Path) -> str:
    done = subprocess.run(
        [INTERPRETERS[interpreter], str(ROOT / "tests/system/dial.py"), host, str(port), str(ca)],
        env={"MICROPYPATH": f"{ROOT}:.frozen", "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.micropython
@pytest.mark.parametrize("interpreter", sorted(INTERPRETERS))
@pytest.mark.parametrize("kind", sorted(BROKERS))
def test_over_tls_only_the_broker_with_our_certificate_and_its_own_name_is_believed(
    kind: str, interpreter: str, tmp_path: Path
) -> None:
    if not Path(INTERPRETERS[interpreter]).exists():
        pytest.skip("no micropython beside " + sys.executable)
    ours = Authority(tmp_path)
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "somebody else")
    for host, is_right in (("localhost", True), ("other.example", False)):
        folder = tmp_path / host
        folder.mkdir()
        broker = make_broker(kind, folder, ours.issue(host))
        broker.start()
        try:
            if is_right:
                assert dial(interpreter, "localhost", broker.port, ours.der) == "up over TLS"
                assert dial(interpreter, "localhost", broker.port, ours.pem) == "up over TLS"
                assert "certificate" in dial(interpreter, "localhost", broker.port, other.der)
            else:
                assert "certificate" in dial(interpreter, "localhost", broker.port, ours.der)
        finally:
            broker.kill()
