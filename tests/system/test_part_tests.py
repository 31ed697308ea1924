"""A person tests the parts of devices through the hub: real broker, hub and command, agents with simulated parts."""

import asyncio
import json
from pathlib import Path

import pytest

from simulators.board_process import BoardProcess
from simulators.device import TaskDevice
from simulators.hub_process import HubProcess
from tests.system.test_supervision import command, until

pytestmark = pytest.mark.system

KIOSK, BUTTON, AWAY = "hukou-kiosk-1", "help-9f-desk-1", "hukou-strip-1"


def test_the_parts_of_devices_are_tested(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub")
    hub.start()
    try:
        asyncio.run(whole_story(hub))
    finally:
        hub.stop()


async def whole_story(hub: HubProcess) -> None:
    kiosk = TaskDevice(hub.boards / f"{KIOSK}.json")
    button = BoardProcess(hub.boards / f"{BUTTON}.json", hub.folder.parent / "button")
    away = asyncio.create_task(asyncio.to_thread(command, hub, "parts", "test", AWAY))
    await asyncio.gather(kiosk.start(), button.start())
    try:
        await until(lambda: kiosk.is_online and button.is_online)
        await asyncio.gather(
            a_kiosk_whose_printer_is_out_of_paper(hub, kiosk), a_help_button_on_its_own_interpreter(hub, button)
        )
    finally:
        await asyncio.gather(kiosk.stop(), button.stop())
    code, said = await away
    assert (code, "does not answer" in said) == (1, True)
    code, said = await asyncio.to_thread(command, hub, "parts", "test", "nobody")
    assert (code, "nobody" in said) == (1, True)


async def a_kiosk_whose_printer_is_out_of_paper(hub: HubProcess, kiosk: TaskDevice) -> None:
    screen, glass, printer = kiosk.fittings.screen, kiosk.fittings.glass, kiosk.fittings.printer
    assert screen is not None
    assert glass is not None
    assert printer is not None
    await until(lambda: screen.page == "choose")
    testing = asyncio.create_task(asyncio.to_thread(command, hub, "parts", "test", KIOSK, "--json"))
    await until(lambda: screen.page == "self_test" and bool(screen.content["is_touch"]))
    glass.touch(540, 300)
    code, said = await testing
    assert (code, json.loads(said)) == (
        0,
        {
            "device": KIOSK,
            "parts": [
                {"part": "printer", "result": "passed", "said": "80 mm, Chinese letters, knife; status good"},
                {
                    "part": "screen",
                    "result": "passed",
                    "said": "1080 x 1920, colours and a grid were shown; touched at 540, 300",
                },
            ],
        },
    )
    assert len(printer.tray) == 1, "the slip of the test"
    await until(lambda: screen.page == "choose")

    printer.run_out_of_paper()
    code, said = await asyncio.to_thread(command, hub, "parts", "test", KIOSK, "--part", "printer")
    assert code == 1
    assert [word in said for word in ("Parts tested", "printer", "failed", "cannot print: paper out")] == [True] * 4
    assert "screen" not in said


async def a_help_button_on_its_own_interpreter(hub: HubProcess, button: BoardProcess) -> None:
    testing = asyncio.create_task(asyncio.to_thread(command, hub, "parts", "test", BUTTON, "--json"))
    await until(lambda: button.lamp == "fast")
    code, said = await testing
    assert code == 0, said
    assert json.loads(said)["parts"] == [
        {"part": "button", "result": "passed", "said": "contact open: not pressed"},
        {"part": "lamp", "result": "passed", "said": "blinked fast for 3 s"},
    ]
    await until(lambda: button.lamp == "off")
