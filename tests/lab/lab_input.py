"""Keys, codes and fingers through evdev: what reaches us, that it reaches nobody else, and a plug that is pulled."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.code_scanner import CodeScanner
from drivers.linux.input_events import InputDevice, Keys
from drivers.linux.keyboard_wedge import KeyboardWedge
from drivers.linux.touch import Touch
from simulators.parts.scanner import WedgeScanner
from simulators.parts.touch import ABS_X, ABS_Y, BTN_TOUCH, MT_X, MT_Y, SLOT, TRACKING_ID, SimulatedTouch
from tests.lab.scenes import beside, play, pulled_and_plugged_in_again
from tests.lab.uinput import UinputDevice

CODE = "https://sample.invalid/a?b=C&d=%7E~{}|<>"
KEY_S = 0.002  # a fast scanner's: the kernel keeps no more than 64 events for who does not read
KEYBOARD = range(1, 128)
GLASS = (100, 4100), (200, 2200)  # an angle's worth of a panel whose corner is not 0, 0


@pytest.fixture
def keyboard(tmp_path: Path) -> Iterator[UinputDevice]:
    file = UinputDevice(tmp_path / "scanner", KEYBOARD)
    yield file
    file.pull()


async def scanned(scanner: CodeScanner, hand: WedgeScanner, code: str) -> str:
    waiting = asyncio.create_task(scanner.code())
    await asyncio.sleep(0)
    for character in code + "\n":
        hand.type(character)
        await asyncio.sleep(KEY_S)
    return await waiting


def test_a_code_reaches_the_scanner_alone(keyboard: UinputDevice) -> None:
    async def story() -> None:
        device = InputDevice(keyboard.path)
        scanner = CodeScanner(KeyboardWedge(device))
        other = os.open(keyboard.path, os.O_RDONLY | os.O_NONBLOCK)
        hand = WedgeScanner(keyboard)  # type: ignore[arg-type]
        hand.type("early\n")
        assert os.read(other, 4096), "before it is ours anybody may read it"
        async with beside(scanner.run()):
            while not device.lives:
                await asyncio.sleep(0.01)
            assert await scanned(scanner, hand, CODE) == CODE
            with pytest.raises(BlockingIOError):
                os.read(other, 4096)
        device.close()
        os.close(other)

    play(story())


def test_a_scanner_that_is_pulled_and_plugged_in_again(keyboard: UinputDevice) -> None:
    async def story() -> None:
        device = InputDevice(keyboard.path)
        scanner = CodeScanner(KeyboardWedge(device))
        hand = WedgeScanner(keyboard)  # type: ignore[arg-type]
        async with beside(scanner.run()):
            while not device.lives:
                await asyncio.sleep(0.01)
            hand.type("half a co")
            await pulled_and_plugged_in_again(scanner.health, keyboard.pull, keyboard.plug_in)
            assert await scanned(scanner, hand, CODE) == CODE
        device.close()

    play(story())


def test_a_keypad(keyboard: UinputDevice) -> None:
    async def story() -> None:
        device = InputDevice(keyboard.path)
        keys = Keys(device, [30, 48, 46])  # a b c
        waiting = asyncio.create_task(keys.code())
        while not device.lives:
            await asyncio.sleep(0.01)
        WedgeScanner(keyboard).type("zc")  # type: ignore[arg-type]
        assert await waiting == 2
        device.close()

    play(story())


@pytest.mark.parametrize("is_multi", [False, True], ids=["single", "multi"])
@pytest.mark.parametrize(("rotate", "place"), [(0, (480, 810)), (90, (810, 1440)), (180, (1440, 270))])
def test_a_finger_on_the_glass(is_multi: bool, rotate: int, place: tuple[int, int], tmp_path: Path) -> None:
    axes = {ABS_X: GLASS[0], ABS_Y: GLASS[1]}
    if is_multi:
        axes |= {SLOT: (0, 9), MT_X: GLASS[0], MT_Y: GLASS[1], TRACKING_ID: (0, 65535)}
    file = UinputDevice(tmp_path / "touch", [BTN_TOUCH], axes)
    width_px, height_px = (1080, 1920) if rotate % 180 else (1920, 1080)

    async def story() -> None:
        device = InputDevice(file.path)
        touch = Touch(device, width_px, height_px, rotate=rotate)
        hand = SimulatedTouch(file, is_multi=is_multi)  # type: ignore[arg-type]
        waiting = asyncio.create_task(touch.tap())
        while not device.lives:
            await asyncio.sleep(0.01)
        hand.finger_down(1, 1100, 1700)  # a quarter to the right, three quarters down
        x, y = await waiting
        hand.finger_up(1)
        file.pull()
        device.close()
        assert abs(x - place[0]) <= 2
        assert abs(y - place[1]) <= 2

    play(story())
