"""A scanner on a real USB bus that is a keyboard to Linux: its reports go through hid and evdev, a plug is pulled."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.code_scanner import CodeScanner
from drivers.linux.input_events import InputDevice
from drivers.linux.keyboard_wedge import KeyboardWedge
from tests.lab.gadget import KEYBOARD, Gadget, appeared
from tests.lab.scenes import beside, play, pulled_and_plugged_in_again

BY_ID = "/dev/input/by-id/usb-*lab*-event-kbd"  # as udev names it
CODE = "HA20261122001-9876543210"
SHIFT = 2
# USB HID Usage Tables, keyboard page: a to z from 4, 1 to 9 from 30, 0 is 39
_USAGES = {letter: 4 + at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_USAGES |= {digit: 30 + at for at, digit in enumerate("1234567890")} | {"-": 45, "\n": 40}


@pytest.fixture
def gadget() -> Iterator[Gadget]:
    facts: dict[str, str | bytes] = {"protocol": "1", "subclass": "1", "report_length": "8", "report_desc": KEYBOARD}
    made = Gadget("hid.0", facts)
    made.plug_in()
    yield made
    made.scrap()


async def types(text: str) -> None:
    """As fast as the host asks for reports."""
    file = os.open("/dev/hidg0", os.O_RDWR)
    for letter in text:
        usage = _USAGES[letter.lower()]
        for report in (bytes((SHIFT if letter.isupper() else 0, 0, usage, 0, 0, 0, 0, 0)), bytes(8)):
            await asyncio.to_thread(os.write, file, report)
    os.close(file)


def test_a_code_comes_through_hid_and_evdev(gadget: Gadget) -> None:
    async def story() -> None:
        device = InputDevice(str(appeared(BY_ID)))
        scanner = CodeScanner(KeyboardWedge(device))

        async def scanned() -> str:
            waiting = asyncio.create_task(scanner.code())
            await asyncio.sleep(0)
            await types(CODE + "\n")
            return await waiting

        async with beside(scanner.run()):
            while not device.lives:
                await asyncio.sleep(0.01)
            assert await scanned() == CODE
            await pulled_and_plugged_in_again(scanner.health, gadget.pull, gadget.plug_in)
            assert await scanned() == CODE
        device.close()

    play(story())


def test_udev_names_it_as_the_profile_does(gadget: Gadget) -> None:
    assert Path(os.path.realpath(appeared(BY_ID))).name.startswith("event")
