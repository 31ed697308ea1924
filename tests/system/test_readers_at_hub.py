"""Keypads on a line, a measured loop and an identity card against a real hub with a real broker."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from drivers.id_card.reader import IdCardReader
from drivers.lamp import Lamp
from drivers.linux.serial_port import SerialPort
from drivers.supervised_loop import SupervisedLoop
from firmware.agent import Agent
from firmware.main import read_board, role_class
from firmware.part_watch import watch
from firmware.roles.help_button import HelpButton
from firmware.wire.messages.queue import TicketTake
from simulators.device import TaskDevice
from simulators.fittings import fit
from simulators.hub_process import HubProcess
from simulators.parts.card_reader import CardReader
from simulators.parts.identity_cards import Card
from simulators.parts.lamp import SimulatedLamp
from simulators.parts.loop_button import SimulatedLoop
from simulators.parts.serial_line import PtyLine
from tests.hub.test_window_terminal import SITE

pytestmark = pytest.mark.system


async def until(is_so, what, limit_s=10):
    for _ in range(limit_s * 50):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(what + " did not happen")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    folder = tmp_path_factory.mktemp("lined")
    site = folder / "site.toml"
    site.write_text(SITE, encoding="utf-8")
    hub = HubProcess(folder / "hub", site=str(site))
    hub.start()
    yield hub
    hub.stop()


def test_a_visitor_is_called_and_rates_while_the_next_keypad_is_dead(hub: HubProcess) -> None:
    asyncio.run(asyncio.wait_for(a_visit(hub), 40))


def test_pliers_at_a_help_buttons_wire_raise_an_alarm_that_ends_when_it_is_mended(hub: HubProcess) -> None:
    asyncio.run(asyncio.wait_for(pliers(hub), 40))


def test_a_card_tells_the_hub_who_is_there_and_leaves_no_trace_outside_the_vault(hub: HubProcess) -> None:
    asyncio.run(asyncio.wait_for(a_card(hub), 40))


async def a_card(hub: HubProcess) -> None:
    board = read_board(str(hub.boards / "east-kiosk-1.json"))
    data = Path(board["data"])
    data.mkdir(parents=True, exist_ok=True)
    far = CardReader()
    line = PtyLine(str(hub.folder.parent / "card-reader"), far.hear)
    far.say = line.say
    port = SerialPort(line.path, 115200)
    parts = {**fit("ticket_kiosk", board["settings"]).parts, "reader": IdCardReader(port, find_every_ms=50)}
    kiosk = role_class("ticket_kiosk")(board["settings"], parts)
    lines: list[str] = []
    agent = Agent(board, kiosk, log=lines.append)
    watch(agent, parts)
    running = asyncio.create_task(agent.run())
    person = Card(number="11010519491231002X", name="样例姓名")
    try:
        await until(lambda: agent.clock_ms() is not None, "the welcome")
        far.insert_card(person)
        await until(lambda: kiosk._reception.visitor, "the hub's answer")
        assert kiosk._reception.shown[:1] == "样"
        assert kiosk._reception.shown != "样例姓名", "masked"
        taken = kiosk._reception.visitor
        agent.ask(TicketTake(service="east-card", visitor=taken))
        await until(lambda: any(t["service"] == "east-card" for t in hub.get("/tickets")), "the ticket")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        port.close()
        line.pull()
    folders = [data, hub.folder]
    written = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    written[hub.log] = hub.log.read_bytes()
    assert any(taken.encode() in body for body in written.values()), "what is kept names the visitor by this alone"
    for secret in ("11010519491231002X", "样例姓名"):
        for code in ("utf-8", "utf-16-le"):
            found = [str(path) for path, body in written.items() if secret.encode(code) in body]
            assert found == [], "in the clear"
    assert not [said for said in lines if "1101051949" in said or "样例" in said]


async def pliers(hub: HubProcess) -> None:
    hand, lamp = SimulatedLoop(), SimulatedLamp()
    parts = {"button": SupervisedLoop(hand.share, hand.value, debounce_ms=20), "lamp": Lamp(lamp)}
    board = read_board(str(hub.boards / "east-help.json"))
    Path(board["data"]).mkdir(parents=True, exist_ok=True)
    agent = Agent(board, HelpButton(board["settings"], parts))
    watch(agent, parts)
    running = asyncio.create_task(agent.run())

    def alarms() -> list:
        return [(alarm["cause"], alarm["state"]) for alarm in hub.get("/alarms")]

    try:
        hand.cut_loop()
        await until(lambda: alarms() == [("loop_open", "raised")], "the alarm of the wire")
        assert lamp.shows == "off", "nobody pressed"
        (wire,) = (alarm["id"] for alarm in hub.get("/alarms"))
        hub.post(f"/alarms/{wire}/acknowledge")
        with pytest.raises(HTTPError) as refused:
            hub.post(f"/alarms/{wire}/close")
        assert "alarm.tampered" in refused.value.read().decode()
        hand.mend_loop()
        hand.press()
        await until(lambda: ("press", "raised") in alarms() and lamp.shows == "steady", "the press, confirmed")
        await until(lambda: closes(hub, wire), "mended, and closed")
        assert alarms() == [("press", "raised"), ("loop_open", "closed")]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def closes(hub: HubProcess, alarm: str) -> bool:
    """Whether it may be closed by now, and is."""
    try:
        hub.post(f"/alarms/{alarm}/close")
    except HTTPError:
        return False
    return True


async def a_visit(hub: HubProcess) -> None:
    terminal = TaskDevice(hub.boards / "east-line.json")
    kiosk = TaskDevice(hub.boards / "east-kiosk-1.json")
    units = terminal.fittings.line.units
    for device in (terminal, kiosk):
        await device.start()
    try:
        await until(lambda: terminal.is_online and kiosk.is_online, "both devices online")
        units[4].unplug()

        def window() -> dict:
            return next(view for view in hub.get("/windows") if view["id"] == "east-w01")

        units[3].press("pause")  # of a closed window: it opens
        await until(lambda: window()["state"] == "open", "the open window")
        kiosk.agent.ask(TicketTake(service="east-tax"))
        await until(lambda: units[3].waiting == "001", "the count on the keypad")
        units[3].press("call")
        await until(lambda: units[3].number == "001", "the number on the keypad")
        units[3].press("finish")
        await until(lambda: units[3].asks == 1, "the question on the evaluator")
        units[3].rate(1)
        await until(lambda: any(ticket["level"] == 5 for ticket in hub.get("/tickets")), "the rating")

        def faults() -> dict:
            return next(view for view in hub.get("/devices") if view["id"] == "east-line")["parts"]

        await until(lambda: faults().get("unit-4") == "no_answer", "the report of the dead keypad")
        assert faults().get("unit-3", "") == ""
        units[4].plug_in()
        await until(lambda: "unit-4" not in faults(), "its recovery")
    finally:
        for device in (terminal, kiosk):
            await device.stop()
