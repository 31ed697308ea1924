"""Scanners that type or send codes, and fingers on panels; each through the file or line that Linux gives it."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers import code_scanner
from drivers.code_scanner import LONGEST, CodeScanner, SerialCodes
from drivers.faults import PartFault
from drivers.linux import input_events
from drivers.linux.input_events import EVIOCGRAB, InputDevice
from drivers.linux.keyboard_wedge import KeyboardWedge
from drivers.linux.serial_port import SerialPort
from drivers.linux.touch import Finger, Touch, calibration
from simulators.parts.input_device import EV_ABS, EV_KEY, EV_SYN, InputFile
from simulators.parts.scanner import SerialScanner, WedgeScanner
from simulators.parts.serial_line import PtyLine
from simulators.parts.touch import SimulatedTouch

SYN_DROPPED = 3


def play(story: Awaitable[Any]) -> Any:
    return asyncio.run(asyncio.wait_for(story, 8))  # type: ignore[arg-type]


def with_wedge(folder: Path, story: Callable[[WedgeScanner, CodeScanner], Awaitable[None]]) -> None:
    async def scene() -> None:
        hand = WedgeScanner(InputFile(str(folder / "event0")))
        device = InputDevice(hand.file.path, again_s=0.01)
        scanner = CodeScanner(KeyboardWedge(device, gap_s=0.1))
        running = asyncio.create_task(scanner.run())
        try:
            await story(hand, scanner)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            device.close()
            hand.file.pull()

    play(scene())


async def scanned(scanner: CodeScanner, scan: Callable[[], None]) -> str:
    """The code that somebody gets who waits while something is held before the scanner."""
    waiting = asyncio.create_task(scanner.code())
    await asyncio.sleep(0)
    scan()
    return await waiting


@pytest.mark.parametrize("code", ["YY20261122001", "https://sample.invalid/a?b=C&d=%7E~{}|<>\"'", "-_=+;:,./ \\x"])
def test_a_wedge_types_the_code(code: str, tmp_path: Path) -> None:
    async def story(hand: WedgeScanner, scanner: CodeScanner) -> None:
        assert await scanned(scanner, lambda: hand.scan(code)) == code

    with_wedge(tmp_path, story)


def test_a_code_for_which_no_page_waits_reaches_no_later_page(tmp_path: Path) -> None:
    async def story(hand: WedgeScanner, scanner: CodeScanner) -> None:
        assert await scanned(scanner, lambda: hand.scan("FIRST")) == "FIRST"
        hand.scan("LEAKED")
        hand.scan("ALSO")
        hand.type("HALF")
        while hand.file.waiting():
            await asyncio.sleep(0.01)
        waiting = asyncio.create_task(scanner.code())
        await asyncio.sleep(0.25)  # the pause after which a code that was begun is none
        assert not waiting.done()
        hand.scan("SECOND")
        assert await waiting == "SECOND"

    with_wedge(tmp_path, story)


def test_what_is_no_code_is_dropped(tmp_path: Path) -> None:
    async def story(hand: WedgeScanner, scanner: CodeScanner) -> None:
        def all_of_it() -> None:
            hand.type("\n\n")
            hand.scan("X" * (LONGEST + 1))
            hand.type("AB")
            hand.file.events((EV_KEY, 59, 1), (EV_KEY, 59, 0))  # F1
            hand.type("C\n")
            hand.type("lost")
            hand.file.events((EV_SYN, SYN_DROPPED, 0), (EV_KEY, 30, 1), (EV_SYN, 0, 0))
            hand.type("rest\n")
            hand.file.events((EV_KEY, 31, 1), (EV_KEY, 31, 2), (EV_KEY, 31, 0))  # held down: one s
            hand.scan("x" * (LONGEST - 1))

        assert await scanned(scanner, all_of_it) == "s" + "x" * (LONGEST - 1)

    with_wedge(tmp_path, story)


def test_a_wedge_may_be_pulled_in_the_middle_of_a_code(tmp_path: Path) -> None:
    async def story(hand: WedgeScanner, scanner: CodeScanner) -> None:
        waiting = asyncio.create_task(scanner.code())
        hand.type("HAL")
        hand.file.events((EV_KEY, 42, 1))  # shift, never released
        while hand.file.waiting():
            await asyncio.sleep(0.01)
        hand.file.pull()
        assert await scanner.health.changed("") == "unplugged"
        hand.file.plug_in()
        assert await scanner.health.changed("unplugged") == ""
        hand.scan("whole")
        assert await waiting == "whole"

    with_wedge(tmp_path, story)


def test_a_self_test_waits_for_a_code_and_does_not_say_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(hand: WedgeScanner, scanner: CodeScanner) -> None:
        monkeypatch.setattr(code_scanner, "TEST_S", 0.05)
        with pytest.raises(PartFault, match="hold one before it"):
            await scanner.self_test()
        monkeypatch.setattr(code_scanner, "TEST_S", 5)
        testing = asyncio.create_task(scanner.self_test())
        await asyncio.sleep(0)
        hand.scan("SECRET")
        assert await testing == "a code of 6 characters"
        hand.file.pull()
        await scanner.health.changed("")
        with pytest.raises(PartFault, match="unplugged"):
            await scanner.self_test()

    with_wedge(tmp_path, story)


def test_a_device_that_somebody_else_has_grabbed_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ioctl(fd: int, request: int, argument: int) -> int:
        asked.append((request, argument))
        raise OSError(errno.EBUSY, "busy") if len(asked) < 3 else OSError(errno.ENOTTY, "a pipe")

    monkeypatch.setattr(input_events.fcntl, "ioctl", ioctl)

    async def story(hand: WedgeScanner, scanner: CodeScanner) -> None:
        assert await scanner.health.changed("") == "unplugged"
        assert await scanner.health.changed("unplugged") == ""
        assert asked == [(EVIOCGRAB, 1)] * 3
        assert await scanned(scanner, lambda: hand.scan("mine")) == "mine"

    with_wedge(tmp_path, story)


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n", b""])
def test_a_scanner_on_a_serial_line(end: bytes, tmp_path: Path) -> None:
    async def scene() -> None:
        line = PtyLine(str(tmp_path / "scanner"), lambda data: None)
        hand = SerialScanner(line.say, end)
        port = SerialPort(line.path)
        scanner = CodeScanner(SerialCodes(port, gap_s=0.05))
        running = asyncio.create_task(scanner.run())
        while not port.is_open:
            await asyncio.sleep(0.005)
        assert await scanned(scanner, lambda: hand.scan("YY20261122001")) == "YY20261122001"
        if end:
            assert await scanned(scanner, lambda: (hand.scan("预约"), hand.scan("A" * 129), hand.scan("B"))[0]) == "B"  # type: ignore[func-returns-value]
        if end == b"\r\n":
            line.pull()
            assert await scanner.health.changed("") == "unplugged"
            line.plug_in()
            assert await scanner.health.changed("unplugged") == ""
            assert await scanned(scanner, lambda: hand.scan("C")) == "C"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        port.close()
        line.pull()

    play(scene())


# --- fingers


def with_panel(
    folder: Path, story: Callable[[SimulatedTouch, Touch], Awaitable[None]], is_multi: bool, **how: Any
) -> None:
    async def scene() -> None:
        panel = SimulatedTouch(InputFile(str(folder / "event1")), is_multi=is_multi)
        device = InputDevice(panel.file.path, again_s=0.01)
        try:
            await story(panel, Touch(device, 1000, 1000, ranges=((0, 1000), (0, 1000)), **how))
        finally:
            device.close()
            panel.file.pull()

    play(scene())


@pytest.mark.parametrize("is_multi", [False, True])
def test_a_finger_counts_when_it_goes_down(is_multi: bool, tmp_path: Path) -> None:
    async def story(panel: SimulatedTouch, touch: Touch) -> None:
        panel.finger_down(0, 100, 200)
        panel.move(0, 500, 500)
        panel.finger_up(0)
        panel.finger_down(0, 300, 400)
        assert [await touch.tap(), await touch.tap()] == [(100, 200), (300, 400)]

    with_panel(tmp_path, story, is_multi)


def test_of_several_fingers_the_first_counts(tmp_path: Path) -> None:
    async def story(panel: SimulatedTouch, touch: Touch) -> None:
        panel.finger_down(0, 100, 200)
        panel.finger_down(1, 700, 800)
        panel.move(1, 750, 850)
        panel.finger_up(0)
        panel.finger_down(2, 600, 600)  # while the second is still down
        panel.finger_up(1)
        panel.finger_up(2)
        panel.finger_down(3, 10, 20)
        assert [await touch.tap(), await touch.tap()] == [(100, 200), (10, 20)]

    with_panel(tmp_path, story, is_multi=True)


def test_after_dropped_events_the_next_finger_counts() -> None:
    finger = Finger()
    lost = [(EV_ABS, 0x39, 5), (EV_SYN, SYN_DROPPED, 0), (EV_ABS, 0x39, 6), (EV_SYN, 0, 0)]
    down = [(EV_ABS, 0x39, 7), (EV_ABS, 0x35, 12), (EV_ABS, 0x36, 34), (EV_SYN, 0, 0)]
    assert not any(finger.take(input_events.Event(*event)) for event in lost)
    assert any(finger.take(input_events.Event(*event)) for event in down)
    assert (finger.x, finger.y) == (12, 34)


def test_a_panel_that_sits_askew_is_calibrated_with_three_touches(tmp_path: Path) -> None:
    """Its axes are exchanged, one is mirrored, and it is 4 % larger than the screen behind it."""

    def glass(across: float, down: float) -> tuple[float, float]:
        return 0.02 + 0.96 * down, 0.98 - 0.96 * across

    shown = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9))
    matrix = calibration((glass(*shown[0]), glass(*shown[1]), glass(*shown[2])), shown)

    async def story(panel: SimulatedTouch, touch: Touch) -> None:
        for across, down in ((0.25, 0.75), (0.5, 0.5), (0.03, 0.97)):
            x, y = glass(across, down)
            panel.finger_down(0, round(1000 * x), round(1000 * y))
            panel.finger_up(0)
            assert await touch.tap() == pytest.approx((1000 * across, 1000 * down), abs=2)

    with_panel(tmp_path, story, is_multi=True, calibration=matrix)
    with pytest.raises(ValueError, match="on a line"):
        calibration(((0.1, 0.1), (0.5, 0.5), (0.9, 0.9)), shown)


def test_a_panel_may_be_pulled_and_put_back(tmp_path: Path) -> None:
    async def story(panel: SimulatedTouch, touch: Touch) -> None:
        tapping = asyncio.create_task(touch.tap())
        panel.finger_down(0, 1, 2)
        assert await tapping == (1, 2)
        tapping = asyncio.create_task(touch.tap())
        await asyncio.sleep(0)
        panel.file.pull()
        assert await touch.health.changed("") == "unplugged"
        panel.file.plug_in()
        assert await touch.health.changed("unplugged") == ""
        panel.finger_up(0)
        panel.finger_down(0, 3, 4)
        assert await tapping == (3, 4)

    with_panel(tmp_path, story, is_multi=False)
