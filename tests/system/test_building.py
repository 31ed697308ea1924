"""The simulated building and its people against a real hub with a real broker, help buttons on real MicroPython."""

import asyncio
import base64
import dataclasses
import json
import signal
import subprocess
import sys
import time
import wave
import zlib
from array import array
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from firmware.wire.messages.screen import ShowRegion
from simulators.building import Building
from simulators.clerks import ClerkManners
from simulators.fittings import there
from simulators.floor_plan import read_floor_plan
from simulators.hub_process import HubProcess
from simulators.process import find_micropython
from simulators.scenario import Crowd, Scenario
from simulators.visitors import VisitorManners

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not find_micropython(), reason="no MicroPython for this machine"),
]

HALL = "gongjijin"
BUTTON = "help-1f-desk-1"
STRIP = "gongjijin-strip-1"
HURRY = ClerkManners(arriving_s=(0, 5), serving_s=20, tidying_real_s=1.0)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path_factory.mktemp("building") / "hub", broker="nats")
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def in_building(hub: HubProcess, tmp_path: Path) -> Callable[..., None]:
    """Runs a coroutine function in a building with one hall and one help button, all devices online."""

    def run(visit: Callable[[Building], Coroutine[Any, Any, None]], **settings: Any) -> None:
        async def live() -> None:
            building = a_building(hub, tmp_path, **settings)
            try:
                await building.start()
                await building.all_online(20)
                await visit(building)
            finally:
                await building.stop()
            assert not any(device.is_online for device in building.devices.values())

        asyncio.run(live())

    return run


def a_building(hub: HubProcess, folder: Path, **settings: Any) -> Building:
    boards = folder / "boards"
    boards.mkdir(exist_ok=True)
    plan = read_floor_plan(hub.folder / "site.json")
    for device in [d.id for d in plan.devices if d.hall == HALL] + [BUTTON]:
        (boards / f"{device}.json").write_bytes((hub.boards / f"{device}.json").read_bytes())
    return Building(boards, folder / "out", plan, **{"speed": 200.0, **settings})


def alarm_of(hub: HubProcess, device: str) -> dict[str, Any]:
    alarms = [alarm for alarm in hub.get("/alarms") if alarm["device"] == device]
    return alarms[-1] if alarms else {}


def test_a_press_travels_to_the_hub_and_the_lamp_tells_what_became_of_it(hub, in_building):
    async def visit(building: Building) -> None:
        button = building.button(BUTTON)
        button.press()
        assert await button.changed.until(lambda: button.lamp == "steady", 10)
        raised = await asyncio.to_thread(alarm_of, hub, BUTTON)
        assert raised["state"] == "raised"
        for act, lamp in (("acknowledge", "slow"), ("close", "off")):
            await asyncio.to_thread(hub.post, f"/alarms/{raised['id']}/{act}")
            assert await button.changed.until(lambda lamp=lamp: button.lamp == lamp, 10), button.lamp

    in_building(visit)


def test_a_press_outlives_a_power_cut_of_the_button(hub, in_building):
    async def visit(building: Building) -> None:
        button = building.button(BUTTON)
        first_life = button.pid
        await building.cut_power(BUTTON)
        assert button.pid == 0
        assert building.offline() == []  # without power nobody waits for it
        await building.restore_power(BUTTON)
        await building.all_online(20)
        assert button.pid not in (0, first_life)
        button.press()
        assert await button.changed.until(lambda: button.lamp == "steady", 10)

    in_building(visit)


def test_the_cable_of_a_strip_is_pulled_and_the_hub_hears_of_it_in_time(hub, in_building):
    """Unplugged is told within two seconds; plugged in again, the strip shows what was called meanwhile."""

    async def parts() -> dict[str, str]:
        return (await asyncio.to_thread(hub.get, f"/devices/{STRIP}"))["parts"]

    async def say(words: dict[str, str], within_s: float) -> float:
        began = time.monotonic()
        while await parts() != words:
            assert time.monotonic() - began < within_s, f"the hub says {await parts()}, not {words}"
        return time.monotonic() - began

    async def visit(building: Building) -> None:
        device = building.task_device(STRIP)
        strip, cable = there(device.fittings.strip), there(device.fittings.cable)
        shown: dict[int, ShowRegion] = {}
        device.on_shown = lambda show, slot: shown.update({slot: show}) if isinstance(show, ShowRegion) else None
        left, width = device.region(0)
        plan = building.floor_plan
        window = next(w for w in plan.windows if w.id == plan.device[STRIP].regions[0])

        def region() -> bytes:
            return strip.image().crop((left, 0, left + width, strip.height_px)).tobytes()

        async def until(is_so: Callable[[], bool], what: str) -> None:
            end = time.monotonic() + 10
            while not is_so():
                assert time.monotonic() < end, what
                await asyncio.sleep(0.01)

        await say({}, 10)
        await until(lambda: any(region()), "a lit region")
        closed = region()
        cable.unplug()
        assert await say({"panel": "unplugged"}, 5) < 2
        building.halls[HALL].windows[window.number].terminal.press("open")
        await until(lambda: 0 in shown, "the strip is told of the open window")
        assert region() == closed, "nothing travels without a cable"
        cable.plug_in()
        await until(lambda: region() == lit(shown[0]), "the picture of the open window")
        await say({}, 5)

    in_building(visit)


def lit(show: ShowRegion) -> bytes:
    """The pixels of a region, worked out without a driver."""
    packed = zlib.decompress(base64.b64decode(show.pixels))
    colours = [0, *show.palette]
    row_bytes = -(-show.width // 4)
    return b"".join(
        colours[packed[y * row_bytes + x // 4] >> x % 4 * 2 & 3].to_bytes(3, "big")
        for y in range(show.height)
        for x in range(show.width)
    )


def test_a_dozen_visitors_are_served_and_nobody_gets_anothers_number(in_building):
    async def visit(building: Building) -> None:
        scenario = Scenario(
            name="a dozen", visitors=12, speed=200, arrivals_s=300, clerk_manners=HURRY, limit_real_s=30
        )
        result = await Crowd(scenario, list(building.halls.values())).run()
        assert result.is_complete
        assert result.doubles == ()
        assert len(set(result.tickets)) == 12
        assert result.finished + result.passed + result.gave_up == 12
        assert result.finished >= 9
        assert (result.unserved, result.no_ticket) == (0, 0)
        pictures = await building.pictures(building.out_folder / "pictures")
        assert {path.stem.split("-")[1] for path in pictures} >= {"display", "kiosk", "strip"}
        for path in pictures:
            with Image.open(path) as picture:
                assert picture.convert("L").getextrema()[0] < picture.convert("L").getextrema()[1], (
                    path
                )  # something is to be seen

    in_building(visit)


def test_who_never_shows_up_is_passed_and_the_clerks_go_home(hub, in_building):
    async def visit(building: Building) -> None:
        scenario = Scenario(
            name="nobody comes",
            visitors=3,
            speed=200,
            arrivals_s=60,
            visitor_manners=VisitorManners(no_show=1.0),
            clerk_manners=HURRY,
            limit_real_s=30,
        )
        result = await Crowd(scenario, list(building.halls.values())).run()
        assert result.is_complete
        assert result.gave_up == 3
        assert result.presses.get("pass") == 3
        assert result.presses.get("recall") == 3 * HURRY.recalls
        for number in result.tickets:
            ticket = await asyncio.to_thread(hub.get, f"/tickets/{number}")
            assert ticket["state"] == "passed"

    in_building(visit)


def test_a_call_is_heard_from_the_amplifier(hub, in_building, tmp_path):
    """The bank is one tone per clip here; what a voice says is proven where the bank is made."""

    async def visit(building: Building) -> None:
        amplifier = building.amplifier(f"{HALL}-amp-1")
        scenario = Scenario(
            name="one visitor",
            visitors=1,
            speed=200,
            arrivals_s=1,
            visitor_manners=VisitorManners(no_show=0.0),
            clerk_manners=HURRY,
            limit_real_s=30,
        )
        result = await Crowd(scenario, list(building.halls.values())).run()
        assert result.finished == 1
        assert await amplifier.changed.until(lambda: len(amplifier.heard) > 0, 15)
        with wave.open(str(amplifier.heard[0])) as heard:
            assert heard.getframerate() == 16000
            assert heard.getnframes() > 16000
            assert max(array("h", heard.readframes(heard.getnframes()))) > 1000

    in_building(visit, clips=tone_bank(tmp_path / "clips"))


def tone_bank(folder: Path) -> Path:
    from hub.speech.clip_bank import all_clips

    square = array("h", [3000] * 20 + [-3000] * 20) * 80  # 0.2 s of 400 Hz
    for name in all_clips():
        path = folder / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as clip:
            clip.setnchannels(1)
            clip.setsampwidth(2)
            clip.setframerate(16000)
            clip.writeframes(square.tobytes())
    return folder


def test_a_device_that_is_cut_off_finds_its_way_back(in_building):
    async def visit(building: Building) -> None:
        display = building.task_device(f"{HALL}-display-1")
        display.cut_network()
        assert await display.changed.until(lambda: not display.is_online, 10)
        assert building.offline() == [display.id]
        with pytest.raises(TimeoutError, match=display.id):
            await building.all_online(0.01)
        display.restore_network()
        assert await display.changed.until(lambda: display.is_online, 20)

    in_building(visit)


def test_the_command_reports_every_second_and_leaves_no_child_behind(hub, tmp_path):
    a_building(hub, tmp_path)
    command = [sys.executable, "-m", "simulators.building", "--boards", tmp_path / "boards", "--out", tmp_path / "out"]
    command += ["--site", hub.folder / "site.json", "--report", "--speed", "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            report = json.loads(line)
            if report["online"] == report["devices"]:
                break
        assert report["processes"] == 2
        pids = child_pids(child.pid)
        assert len(pids) == 2
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def child_pids(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_the_same_seed_makes_the_same_people(hub, tmp_path):
    building = a_building(hub, tmp_path)
    scenario = Scenario(name="twins", visitors=20, speed=1, arrivals_s=600)

    def who(scenario: Scenario) -> list[tuple[float, str]]:
        crowd = Crowd(scenario, list(building.halls.values()))
        return [(at_s, person._service) for at_s, person in crowd._public()]

    assert who(scenario) == who(scenario)
    assert who(scenario) != who(dataclasses.replace(scenario, seed=2))
