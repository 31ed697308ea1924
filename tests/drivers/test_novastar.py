"""LED walls behind Novastar senders: published frames byte by byte, light, black, faults on a line and on TCP."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.faults import PartFault
from drivers.linux.novastar import frames
from drivers.linux.novastar.frames import Reader, Target, read, read_request, write_request
from drivers.linux.novastar.sender import BLACK, BRIGHTNESS, MODEL, PATTERN, NovastarSender
from firmware.parts import make
from simulators.parts.controller_cables import OnNetwork, on_line
from simulators.parts.led_wall import SimulatedWall

CARD = Target(frames.RECEIVER)
OUT_1, OUT_2 = (Target(frames.RECEIVER, port, frames.EVERY_CARD) for port in (0, 1))
PUBLISHED = {
    # what the sender is: register 2, lowest byte first
    "55 AA 00 01 FE 00 00 00 00 00 00 00 02 00 00 00 02 00 58 56": read_request(1, MODEL, 2),
    # sarakusha/novastar, test of its codec
    "55 AA 00 15 FE 00 01 00 00 00 01 00 01 00 00 02 01 00 80 EE 56": write_request(0x15, BRIGHTNESS, b"\x80", CARD),
    # captured by dietervansteenwegen at an MCTRL300
    "55 AA 00 4F FE 00 01 00 FF FF 01 00 01 01 00 02 01 00 08 AF 58": write_request(0x4F, PATTERN, b"\x08", OUT_1),
    "55 AA 00 23 FE 00 01 00 FF FF 01 00 01 01 00 02 01 00 01 7C 58": write_request(0x23, PATTERN, b"\x01", OUT_1),
    "55 AA 00 74 FE 00 01 01 FF FF 01 00 01 01 00 02 01 00 03 D0 58": write_request(0x74, PATTERN, b"\x03", OUT_2),
    # bitfocus companion: MCTRL black
    "55 AA 00 80 FE 00 01 FF FF FF 01 00 00 01 00 02 01 00 FF D5 5A": write_request(0x80, BLACK, b"\xff"),
}
ACK = bytes.fromhex("AA 55 00 15 00 FE 01 00 00 00 01 00 01 00 00 02 00 00 6D 56")


# --- bytes


@pytest.mark.parametrize("published", PUBLISHED)
def test_requests_are_those_that_others_published(published: str) -> None:
    assert PUBLISHED[published].hex(" ").upper() == published


def test_a_published_acknowledgement() -> None:
    assert read(ACK) == (0, 0x15, BRIGHTNESS, b"")
    for spoilt, why in (
        (ACK[:-1] + b"\x57", "wrong checksum"),
        (ACK[:12], "cut short"),
        (PUBLISHED[next(iter(PUBLISHED))], "begins with 55aa"),
    ):
        with pytest.raises(PartFault, match=why):
            read(spoilt)


def test_replies_with_and_without_the_data_that_was_written() -> None:
    said = bytes.fromhex("00 07 00 FE 01 00 00 00 01 00 01 00 00 02 01 00")  # says one byte, has none
    long = b"\xaa\x55" + said
    assert Reader().feed(long + frames.checksum(long)) == [(0, 7, BRIGHTNESS, b"")]
    assert Reader().feed(long + b"\x80" + frames.checksum(long + b"\x80")) == [(0, 7, BRIGHTNESS, b"\x80")]


@given(st.binary(max_size=40), st.integers(1, 9), st.binary(max_size=12))
def test_replies_are_found_in_pieces_between_noise(data: bytes, size: int, noise: bytes) -> None:
    frame = b"\xaa\x55" + bytes.fromhex("00 09 00 FE 00 00 00 00 00 00 02 00 00 00") + len(data).to_bytes(2, "little")
    frame += data
    frame += frames.checksum(frame)
    wire = noise + frame + noise.replace(b"\xaa", b"") + frame
    reader = Reader()
    found = [reply for at in range(0, len(wire), size) for reply in reader.feed(wire[at : at + size])]
    found += reader.feed(bytes(300))  # whatever noise had promised is over
    assert [reply.data for reply in found if reply.serial == 9] == [data, data]


@settings(max_examples=200, deadline=None)
@given(st.integers())
def test_any_bytes_are_a_reply_or_a_part_fault(seed: int) -> None:
    """500 of each seed: 100,000; the reader keeps no more than the longest frame."""
    dice, reader = Random(seed), Reader()
    for _ in range(500):
        data = bytearray(dice.choice((ACK, b"\xaa\x55" + bytes(30), dice.randbytes(24))))
        for _ in range(dice.randrange(3)):
            data[dice.randrange(len(data))] = dice.choice((0, 1, 0x55, 0xAA, 0xFF, dice.randrange(256)))
        piece = bytes(data[: dice.randint(0, len(data))])
        reader.feed(piece)
        assert len(reader._heard) <= frames.SIZE + frames.MOST_DATA
        try:
            read(piece)
        except PartFault:
            pass


# --- at work


async def until(is_so: Callable[[], bool], what: str, patience_s: float = 5.0) -> None:
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, "not within time: " + what
        await asyncio.sleep(0.01)


def row(**more: Any) -> dict[str, Any]:
    plain = {"driver": "sender_novastar", "host": "", "tcp_port": 5200, "device": "", "baud": 115200}
    plain |= {"brightness": 200, "brightness_register": BRIGHTNESS, "black_register": BLACK, "is_wall_asked": True}
    return {**plain, **more}


Story = Callable[[NovastarSender, SimulatedWall, Any], Coroutine[Any, Any, None]]


def on_serial_line(tmp_path: Path, story: Story, **more: Any) -> None:
    async def whole() -> None:
        wall = SimulatedWall(lambda: Image.new("RGB", (8, 4), (250, 250, 250)), **more)
        line = on_line(wall, str(tmp_path / "ttyUSB0"))
        sender = make(row(device=line.path), {})
        task = asyncio.create_task(sender.run())
        try:
            await story(sender, wall, line)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            line.pull()

    asyncio.run(asyncio.wait_for(whole(), 20))


def seen(wall: SimulatedWall) -> set[Any]:
    return {colour for _, colour in wall.image().getcolors() or []}


@pytest.mark.parametrize("answers_all", [False, True])
def test_light_is_a_share_of_full_light_and_zero_is_black(tmp_path: Path, answers_all: bool) -> None:
    async def story(sender: NovastarSender, wall: SimulatedWall, line: Any) -> None:
        await until(lambda: [wall.card(port, BRIGHTNESS) for port in (0, 1)] == [200, 200], "full light")
        sender.light(30)
        await until(lambda: seen(wall) == {(250 * 60 // 255,) * 3}, "30 %")
        sender.light(0)
        await until(lambda: seen(wall) == {(0, 0, 0)}, "black")
        assert (wall.card(1, BRIGHTNESS), wall.card(1, BLACK)) == (0, 0xFF), "whichever of them a card knows"
        sender.light(100)
        await until(lambda: seen(wall) == {(250 * 200 // 255,) * 3}, "full light again")
        assert (wall.refused, wall.bad_frames, sender.health.fault) == ([], 0, "")

    on_serial_line(tmp_path, story, answers_all=answers_all)


@pytest.mark.parametrize(
    ("fault", "break_it", "mend_it"),
    [
        ("unplugged", lambda wall, line: line.pull(), lambda wall, line: line.plug_in()),
        ("no_answer", lambda wall, line: wall.lose_power(), lambda wall, line: wall.restore_power()),
        ("no_answer", lambda wall, line: wall.switch_wall(False), lambda wall, line: wall.switch_wall(True)),
        (
            "no_signal",
            lambda wall, line: setattr(wall, "has_signal", False),
            lambda wall, line: setattr(wall, "has_signal", True),
        ),
    ],
    ids=["line", "sender", "wall", "picture"],
)
def test_each_fault_is_told_in_time_and_heals_by_itself(
    tmp_path: Path, fault: str, break_it: Any, mend_it: Any
) -> None:
    """Also a wall that comes up as bright as it left the factory, at night."""

    async def story(sender: NovastarSender, wall: SimulatedWall, line: Any) -> None:
        sender.light(50)
        await until(lambda: wall.card(1, BRIGHTNESS) == 100, "50 %")
        break_it(wall, line)
        broken = time.monotonic()
        await until(lambda: sender.health.fault == fault, fault)
        assert time.monotonic() - broken < 2
        sender.light(0)
        mend_it(wall, line)
        mended = time.monotonic()
        await until(lambda: sender.health.fault == "", "health")
        await until(lambda: seen(wall) == {(0, 0, 0)}, "what it shall be meanwhile")
        assert time.monotonic() - mended < 2

    on_serial_line(tmp_path, story)


def test_a_sender_that_cannot_say_whether_a_picture_comes_in_is_no_fault(tmp_path: Path) -> None:
    async def story(sender: NovastarSender, wall: SimulatedWall, line: Any) -> None:
        faults = set()
        sender.light(30)
        await until(lambda: wall.card(0, BRIGHTNESS) == 60, "30 %")
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            faults.add(sender.health.fault)
            await asyncio.sleep(0.02)
        assert faults == {""}
        wall.lose_power()
        await until(lambda: sender.health.fault == "no_answer", "silence is still told", 2.0)

    on_serial_line(tmp_path, story, tells_signal=False)


def test_a_little_noise_is_no_fault(tmp_path: Path) -> None:
    async def story(sender: NovastarSender, wall: SimulatedWall, line: Any) -> None:
        await until(lambda: wall.card(0, BRIGHTNESS) == 200, "a start")
        wall.disturb(2)
        sender.light(10)
        faults = set()
        while wall.card(0, BRIGHTNESS) != 20:
            faults.add(sender.health.fault)
            await asyncio.sleep(0.01)
        assert wall.bad_frames == 2
        assert faults <= {""}

    on_serial_line(tmp_path, story)


def test_self_test_shows_colours_and_says_what_is_wrong(tmp_path: Path) -> None:
    async def story(sender: NovastarSender, wall: SimulatedWall, line: Any) -> None:
        sender.light(0)  # at night, too
        await until(lambda: wall.card(0, BLACK) == 0xFF, "black")
        test = asyncio.create_task(sender.self_test(0.25))
        for colour in ((200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 200)):
            await until(lambda colour=colour: seen(wall) == {colour}, str(colour))
        assert await test == f"{line.path}: model 1101, picture comes in, light 0 %"
        await until(lambda: seen(wall) == {(0, 0, 0)}, "black again")
        assert wall.card(0, PATTERN) == 0
        wall.has_signal = False
        await until(lambda: sender.health.fault == "no_signal", "a fault")
        with pytest.raises(PartFault, match="check the HDMI or DVI cable"):
            await sender.self_test(0.01)
        line.pull()
        await until(lambda: sender.health.fault == "unplugged", "a fault")
        with pytest.raises(PartFault, match="unplugged; check the sender's cable"):
            await sender.self_test(0.01)

    on_serial_line(tmp_path, story)


def test_the_same_on_the_network() -> None:
    async def whole() -> None:
        wall = SimulatedWall(lambda: Image.new("RGB", (8, 4), (250, 250, 250)))
        net = OnNetwork(wall)
        await net.plug_in()
        sender = make(row(host="127.0.0.1", tcp_port=net.port), {})
        task = asyncio.create_task(sender.run())
        try:
            sender.light(50)
            await until(lambda: wall.card(0, BRIGHTNESS) == 100, "50 %")
            await net.pull()
            await until(lambda: sender.health.fault == "unplugged", "unplugged", 2.0)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await net.pull()

    asyncio.run(asyncio.wait_for(whole(), 20))


def test_a_profile_must_say_where_the_sender_is() -> None:
    with pytest.raises(ValueError, match="host or device missing"):
        make(row(), {})
