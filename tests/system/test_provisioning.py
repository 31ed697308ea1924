"""Devices come, get other keys and go while the others work: a real hub, both real brokers, both interpreters."""

import asyncio
import os
import queue
import signal
from collections.abc import Awaitable, Callable, Iterator, Set
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner

from hub.broker.accounts import HUB_USER, Account
from hub.broker.brokers import BROKERS as ADAPTERS
from hub.broker.refusals import BAD_LOGIN, BAD_TLS
from hub.broker.settings import BrokerSettings, Tls
from hub.cli.main import main
from hub.provision.certificates import Client
from simulators.hub_process import HubProcess
from simulators.process import find_micropython
from tests.system.brokers import BROKERS
from tests.system.push_buttons import Desk, write_site

pytestmark = pytest.mark.system

OTHERS = 40
NEW = {"id": "b-new", "kind": "help_button", "place": "新装", "floor": 1}


@pytest.fixture(params=BROKERS)
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HubProcess]:
    site = write_site(tmp_path, OTHERS)
    hub = HubProcess(tmp_path / "hub", site=str(site), broker=request.param)
    hub.start()
    yield hub
    hub.stop()


def at_desk(hub: HubProcess, folder: Path, story: Callable[[Desk], Awaitable[None]]) -> None:
    async def whole() -> None:
        desk = Desk(hub, folder)
        try:
            await story(desk)
        finally:
            await desk.clear()

    asyncio.run(whole())


def test_devices_come_and_go_while_forty_others_stay_connected(hub: HubProcess, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        others = [desk.board(f"b-{n}") for n in range(1, OTHERS + 1)]
        for other in others:
            await other.online()
        assert (await desk.refused("/devices/b-new/key"))[0] == 404

        added = await desk.post("/devices", NEW)
        assert added["board"] == str(hub.boards / "b-new.json")
        first = desk.board("b-new")
        await first.online()
        await first.press()

        old_file = desk.board_file("b-new")
        await desk.post("/devices/b-new/key")
        assert desk.board_file("b-new")["password"] != old_file["password"]
        await first.said("not connected")
        await first.said("broker refuses the key")
        thief = desk.board("b-new", old_file)
        await thief.said("broker refuses the key")
        await desk.until("counted", lambda s: s["refusals"]["counts"].get(BAD_LOGIN, 0) >= 2)
        await first.stop()
        await thief.stop()

        second = desk.board("b-new")
        await second.online()
        assert await desk.refused("/devices/b-new/retire") == (409, "device.alarm_open")
        for alarm in await desk.get("/alarms"):
            await desk.post(f"/alarms/{alarm['id']}/acknowledge")
            await desk.post(f"/alarms/{alarm['id']}/close")
        await desk.post("/devices/b-new/retire")
        await second.said("not connected")
        await second.said("broker refuses the key")
        assert "b-new" not in [device["id"] for device in await desk.get("/devices")]
        assert not (hub.boards / "b-new.json").exists()
        await second.stop()

        assert [other.connections for other in others] == [1] * OTHERS, "nobody else was disconnected"
        assert all(other.is_online for other in others)
        await others[7].press()
        assert {device["id"] for device in await desk.get("/devices?offline=true")} == {
            *("east-kiosk-1", "east-display-1", "east-amp-1", "east-call-01")
        }
        kind = (await desk.get("/status"))["broker"]["kind"]
        hub.kill()
        assert await asyncio.to_thread(retained, hub, kind, "b-new") == set()
        wanted = {"up/state", "down/show/alarm"}
        assert wanted <= await asyncio.to_thread(retained, hub, kind, "b-1", wanted)
        hub.start()

        await desk.post("/devices", NEW)
        third = desk.board("b-new")
        await third.online()
        await third.press()

    at_desk(hub, tmp_path, story)


def retained(
    hub: HubProcess, kind: str, device: str, wanted: Set[str] = frozenset(), planted: Set[str] = frozenset()
) -> set[str]:
    """What the broker keeps of a device, as an auditor is told whom its adapter lets in while the hub is dead.

    NATS may pass on a new message before a kept one: those in ``wanted`` are waited for. Those in ``planted`` the
    auditor publishes before, as the hub would.
    """
    place_of_tls = (hub.folder / "tls").resolve()
    tls = Tls(*(place_of_tls / name for name in ("broker.pem", "broker.key", "ca.pem")))
    is_tls = tls.certificate.exists()
    broker = ADAPTERS[kind](BrokerSettings(port=hub.mqtt_port, tls=tls if is_tls else None), hub.folder / "broker")
    place = f"hall/v1/small/{device}/"
    broker.set_accounts([Account("auditor", "of-the-test", (place + "#",), (place + "#",))])
    broker.start()
    heard: queue.Queue[str] = queue.Queue()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="auditor", clean_session=True)
    try:
        client.username_pw_set("auditor", "of-the-test")
        if is_tls:
            client.tls_set(str(tls.ca), *(str(path) for path in Client.of(place_of_tls, HUB_USER).pem))

        def plant(client: paho.Client, *_: object) -> None:
            for topic in planted:
                client.publish(place + topic, b"{}", 1, True)
            client.publish(place + "end", b"what is kept came before this", 1)

        client.on_connect = lambda c, *_: c.subscribe(place + "#", 1)
        client.on_subscribe = plant
        client.on_message = lambda c, u, message: heard.put(message.topic.removeprefix(place))
        client.connect("127.0.0.1", hub.mqtt_port)
        client.loop_start()
        found: set[str] = set()
        while not wanted | {"end"} <= found:
            found.add(heard.get(timeout=10))
        return found - {"end"}
    finally:
        client.disconnect()
        client.loop_stop()
        client.on_connect = client.on_subscribe = client.on_message = None
        broker.stop()


def test_all_that_was_shown_to_an_amplifier_goes_with_it(hub: HubProcess, tmp_path: Path) -> None:
    """Clips and an update were offered to it before the hub was started again."""
    shown = {"up/state", "down/show/clips", "down/show/update"}

    async def story(desk: Desk) -> None:
        kind = (await desk.get("/status"))["broker"]["kind"]
        hub.kill()
        assert shown <= await asyncio.to_thread(retained, hub, kind, "east-amp-1", shown, planted=shown)
        hub.start()
        await desk.post("/devices", {"id": "amp-2", "kind": "amplifier", "hall": "east", "channel": "east"})
        await desk.post("/devices/east-amp-1/retire")
        hub.kill()
        assert await asyncio.to_thread(retained, hub, kind, "east-amp-1") == set()
        hub.start()

    at_desk(hub, tmp_path, story)


@pytest.mark.parametrize("broker", BROKERS)
def test_what_is_changed_while_the_broker_hangs_is_in_force_when_it_answers(broker: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", site=str(write_site(tmp_path, 3)), broker=broker, tls=True)

    async def story(desk: Desk) -> None:
        goes, stays, other = (desk.board(f"b-{n}") for n in (1, 2, 3))
        for board in (goes, stays, other):
            await board.online()
        old = desk.board_file("b-2")
        certificate = (hub.boards / "b-2.cert.der").read_bytes()
        health = (await desk.get("/status"))["broker"]
        os.kill(health["pid"], signal.SIGSTOP)
        try:
            words = ("--folder", str(hub.folder), "devices")
            page = await asyncio.to_thread(CliRunner().invoke, main, [*words, "retire", "b-1"])
            assert (page.exit_code, "已写入，但消息代理没有应答" in page.output) == (1, True), page.output
            code, said = await desk.refused("/devices/b-2/key?language=en")
            assert code == 503
            assert said.startswith("written, but the broker does not answer; in force when it does")
        finally:
            os.kill(health["pid"], signal.SIGCONT)
        for board in (goes, stays):
            await board.said("not connected")
            await board.said("broker refuses the key")
        assert "b-1" not in [device["id"] for device in await desk.get("/devices")]
        assert not list(hub.boards.glob("b-1.*"))
        assert (hub.boards / "b-2.cert.der").read_bytes() != certificate
        await stays.stop()
        thief = desk.board("b-2", old)
        await thief.said("broker refuses the key")
        await thief.stop()
        new = desk.board("b-2")
        await new.online()
        await new.press()
        assert await desk.refused("/devices/b-1/retire?language=en") == (
            404,
            "no device b-1 in this site; GET /devices lists them",
        )
        await asyncio.sleep(2)  # the round in which the hub clears what was left
        hub.kill()
        assert await asyncio.to_thread(retained, hub, health["kind"], "b-1") == set()
        hub.start()

    hub.start()
    try:
        at_desk(hub, tmp_path, story)
    finally:
        hub.stop()


def test_two_boards_with_one_id(hub: HubProcess, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        file = desk.board_file("b-1")
        first = desk.board("b-1")
        await first.online()
        second = desk.board("b-1", file)
        second.agent.stand_by_s = 3600
        await second.said("another board with this id is at work")
        await first.online()

        def is_told(status: dict[str, Any]) -> bool:
            """Which is which, and where both are."""
            (double,) = status["doubles"] or [{"device": ""}]
            return double["device"] == "b-1" and all(
                double[side]["boot"] == board.agent.boot and double[side]["address"] in board.addresses
                for side, board in (("first", first), ("second", second))
            )

        double = (await desk.until("both to be seen", is_told))["doubles"][0]
        addresses = [double[side]["address"] for side in ("first", "second")]
        await first.press()
        quiet_at = (first.connections, second.connections)
        await first.press()
        assert (first.connections, second.connections) == quiet_at, "they do not fight"
        page = await asyncio.to_thread(CliRunner().invoke, main, ["--folder", str(hub.folder), "status"])
        assert all(address in page.output for address in addresses), page.output

        if find_micropython():
            third = await desk.micropython_board(file)
            log = third._folder / "log"
            assert await third.changed.until(lambda: "another board with this id" in log.read_text(), 30)
            await first.online()
            await first.press()
            third.press()
            assert await third.changed.until(lambda: third.lamp == "steady", 20), "help must not wait for ten minutes"
            await first.online()
            await first.press()

        await desk.post("/devices/b-1/key")
        await first.said("broker refuses the key")
        assert (await desk.get("/status"))["doubles"] == []
        replaced = desk.board("b-1")
        await replaced.online()
        await replaced.press()

    at_desk(hub, tmp_path, story)


@pytest.mark.parametrize("broker", BROKERS)
def test_with_tls_a_certificate_of_the_hub_is_asked_for(broker: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", site=str(write_site(tmp_path, 2)), broker=broker, tls=True)

    async def story(desk: Desk) -> None:
        whole = desk.board_file("b-1")
        bare: dict[str, Any] = {**whole, "broker": {**whole["broker"], "certificate": "", "key": ""}}
        without = desk.board("b-1", bare)
        await without.said("not connected")
        await desk.until("counted", lambda s: s["refusals"]["counts"].get(BAD_TLS, 0) >= 1)
        assert not without.is_online
        await without.stop()
        if find_micropython():
            small = await desk.micropython_board(bare)
            log = small._folder / "log"
            assert await small.changed.until(lambda: "not connected" in log.read_text(), 20)
            assert not small.is_online
            await small.stop()
            small = await desk.micropython_board(whole)
            assert await small.changed.until(lambda: small.is_online, 20)
            await small.stop()
        added = await desk.post("/devices", NEW)
        files = Client.of(hub.boards, "b-new")
        old = [path.read_bytes() for path in (*files, *files.pem)]
        assert await desk.post("/devices/b-new/key") == added
        new_files = [path.read_bytes() for path in (*files, *files.pem)]
        assert not set(old) & set(new_files), "certificate and its key, in both forms, are others"
        new = desk.board("b-new")
        await new.online()
        await new.press()

    hub.start()
    try:
        at_desk(hub, tmp_path, story)
    finally:
        hub.stop()
