"""Onbon text strips: recorded frames byte by byte, what fits, faults on TCP and on a serial line."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.faults import PartFault
from drivers.linux.onbon import commands, long_commands, wording
from drivers.linux.onbon.cards import card_of
from drivers.linux.onbon.commands import Area, read_status
from drivers.linux.onbon.frames import Reader, crc16, frame, long_header, read, short_header
from drivers.linux.onbon.panel import OnbonPanel
from firmware.parts import make
from firmware.roles.window_strip import WindowStrip
from firmware.wire.messages.screen import ShowLight, ShowRegion
from hub.effects.region_look import PALETTES, text_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import region_pixels
from simulators.parts.controller_cables import OnNetwork, on_line
from simulators.parts.onbon_controller import SimulatedOnbon
from tests.drivers.picture import compare

US = "01 00 00 80 00 00 00 00 00 00 FE 02 "
TEMPER = Area(1, 0, 12, 64, 12, b"\\FO000TEMPER:21\xa1\xe6", speed=0x17, stay=2, run_mode=1, line_spacing=10)
RECORDED = {
    "ping": (commands.PING, US + "05 00 A2 00 01 00 00 68 F8"),
    "status": (commands.STATUS, US + "05 00 A1 02 01 00 00 2D 40"),
    "set clock": (
        commands.set_clock(2013, 1, 25, 11, 17, 26, 5),
        US + "0D 00 A2 03 01 08 00 13 20 01 25 11 17 26 05 B0 3F",
    ),
    "brightness": (commands.brightness(0x0C), US + "07 00 A3 02 01 02 00 01 0C 26 2D"),
    "delete all areas": (commands.DELETE_ALL_AREAS, US + "07 00 A3 06 01 02 00 FF 00 67 CC"),
    "dynamic area": (
        commands.update(TEMPER, answer=commands.NO_ANSWER, has_length=False),
        US + "35 00 A3 06 02 00 00 00 01 2C 00 00 00 00 0C 00 40 00 0C 00 01 0A 01 02 00 00 00 00 01 01 01 00 17 02"
        "11 00 00 00" + b"\\FO000TEMPER:21\xa1\xe6".hex() + "82 DA",
    ),
}
WELCOME = Area(0, 0x8000, 0, 0x8080, 32, "欢迎光临".encode("gb2312"), lines=2, wrap=1, speed=2, stay=10, timeout_s=10)
MAKERS = {  # the maker's own examples (doc.onbonbx.com/zh/k/potocol, examples 2, 4 and 5): a BX-6K3 of 128 x 32
    "dynamic area": "FE FF 00 80 00 00 00 00 00 00 FE 02 2C 00 A3 06 01 00 00 00 01 23 00 00 00 80 00 00 80 80 20 00 00"
    "00 00 0A 00 00 00 00 02 01 01 00 02 0A 08 00 00 00 BB B6 D3 AD B9 E2 C1 D9 3C 49",
    "ack": "00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00 14 AC",
    "nack": "00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 01 05 00 00 05 51",
}
ACK = "00 80 01 00 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00 64 DC"
CALLED = Area(0, 0, 0, 128, 32, "请A001号到3号窗口".encode("gb2312"))
GENERATED = (
    "A5 A5 A5 A5 A5 A5 A5 A5 01 00 00 80 00 00 00 00 00 00 FE 02 35 00 A3 06 01 30 00 00 01 2C 00 00 00 00 00 00 80 00"
    "20 00 00 00 00 02 00 00 00 00 01 01 01 00 04 05 11 00 00 00 C7 EB 41 30 30 31 BA C5 B5 BD 33 BA C5 B4 B0 BF DA"
    "A4 02 5A"
)


def hexed(text: str) -> bytes:
    return bytes.fromhex(text)


# --- bytes


@pytest.mark.parametrize("name", RECORDED)
def test_frames_are_those_that_were_recorded(name: str) -> None:
    data, recorded = RECORDED[name]
    whole = frame(data)
    assert whole[:8] == b"\xa5" * 8
    assert whole[-1:] == b"\x5a"
    body = hexed(recorded)
    assert crc16(body[:-2]) == int.from_bytes(body[-2:], "little")
    assert Reader().feed(whole) == [whole[8:-1]]
    assert whole[8:-1] == escaped(body)
    assert read(whole[8:-1]) == data


def escaped(body: bytes) -> bytes:
    pairs = {0xA5: "A6 02", 0xA6: "A6 01", 0x5A: "5B 02", 0x5B: "5B 01"}
    return b"".join(hexed(pairs[byte]) if byte in pairs else bytes([byte]) for byte in body)


def test_an_acknowledgement_as_recorded() -> None:
    assert commands.is_done(read(hexed(ACK))) is True


def test_the_makers_own_examples_of_a_bx_6k() -> None:
    to_anybody = short_header(to=0xFFFE)
    data = commands.update(WELCOME, has_length=False)
    assert frame(data, to_anybody) == b"\xa5" * 8 + escaped(hexed(MAKERS["dynamic area"])) + b"\x5a"
    assert commands.is_done(read(hexed(MAKERS["ack"]))) is True
    nack = read(hexed(MAKERS["nack"]))
    assert (commands.is_done(nack), commands.refusal(nack[2])) == (False, "wrong CRC")


def test_a_frame_with_the_long_header_field_by_field() -> None:
    """The table of the maker's analyser, with the figures of the maker's library; nobody has published a frame."""
    area = Area(3, 16, 0, 96, 32, b"A001", display=commands.LEFT, speed=4, stay=5)
    fields = (
        "FF FF 00 80 F0 00 66 03 00 00 00 00 41 00 00 00"  # to, from, version, reserved, type, reserved, length
        "01 A7 06 00 00 01"  # answer, command, not kept, none deleted, one written
        "37 00 00 00 03 00 02 00 01 00 00 01 00 00 00 00"  # length, id, mode, timeout, all programmes, none, at once
        "00 10 00 00 00 60 00 20 00 00 00 00 00 00 00 00 00 00"  # type, x, y, width, height, border, reserved
        "00 00 00 00 00 00 00 00 00 00 01 01 03 00 04 05"  # layout to gap of characters, reserved; single to stay
        "00 04 00 00 00 41 30 30 31"  # no voice, the text
    )
    whole = frame(long_commands.update(area), long_header())
    body = hexed(fields)
    assert whole == b"\xa5" * 8 + escaped(body + crc16(body).to_bytes(2, "little")) + b"\x5a"


def test_the_header_says_what_the_profile_says() -> None:
    frames = {
        "5k": card_of("5k", address=7, device_type=0x58, version=3).frame(commands.PING),
        "6q": card_of("6q", address=0x0102, device_type=0x0566, version=0xF1).frame(long_commands.update()),
    }
    assert frames["5k"][8:22] == hexed("07 00 00 80 00 00 00 00 00 00 58 03 05 00")
    assert frames["6q"][8:24] == hexed("02 01 00 80 F1 00 66 05 00 00 00 00 06 00 00 00")
    with pytest.raises(ValueError, match="device_type 870: a BX-5K or BX-6K has one of 0 to 255"):
        card_of("6k", device_type=0x0366)


def test_the_generated_frame_of_a_call() -> None:
    assert frame(commands.update(CALLED)) == hexed(GENERATED)


def test_the_example_on_a_vendors_page_has_a_wrong_crc() -> None:
    """deanled.cn prints A8 7D after bytes whose CRC is BD 6F; a reader that accepted it would check nothing."""
    body = hexed(RECORDED["dynamic area"][1])[:-2]
    with pytest.raises(PartFault, match="wrong CRC"):
        read(escaped(body + hexed("A8 7D")))


def test_all_four_escapes() -> None:
    data = b"\xa5\xa6\x5a\x5b\xa5\x02\x5b\x01"
    assert hexed("A6 02 A6 01 5B 02 5B 01 A6 02 02 5B 01 01") in frame(data)
    assert read(Reader().feed(frame(data))[0]) == data
    for inner in ("A6 03", "5B", "A6 00"):
        with pytest.raises(PartFault, match="no escape"):
            read(hexed(inner))


@pytest.mark.parametrize("generation", ["5k", "6k"])
@pytest.mark.parametrize("count", range(6))
def test_a_status_says_power_brightness_and_areas(generation: str, count: int) -> None:
    """A BX-5K1 says two bytes less than the others."""
    far = SimulatedOnbon(64, 16, generation=generation)
    for id in range(min(count, 5)):
        far.hear(frame(commands.update(Area(id, 0, 0, 8, 16, b"A"))))
    far.hear(frame(commands.brightness(9)))
    (inner,) = Reader().feed(far.hear(frame(commands.STATUS)))
    assert read_status(read(inner)) == (True, 9, tuple(range(count)))
    assert read_status(read(inner)[:7]) == (True, 9, None)
    nine_areas = b"\xa1\x02\0\0\0\1\5" + bytes(13) + b"\x09\1"
    for short in (b"\xa1\x02\0\0\0\1", nine_areas):
        with pytest.raises(PartFault, match="cut short"):
            read_status(short)


def test_a_controller_refuses_what_is_not_as_written_in_its_makers_table() -> None:
    far = SimulatedOnbon(64, 16, generation="6k")
    fits = Area(0, commands.IN_PIXELS, 0, commands.IN_PIXELS | 64, 16, b"A")
    for area in (
        fits._replace(id=5),
        fits._replace(height=17),
        fits._replace(width=9),  # bytes: 72 pixels
        fits._replace(text=b"A" * 1025),
        fits._replace(wrap=0),
        fits._replace(display=7),
        fits._replace(lines=3),
    ):
        far.hear(frame(commands.update(area)))
    assert [error for error, _ in far.refused] == [4, 4, 4, 4, 2, 2, 2]
    far.hear(frame(commands.PING, short_header(device_type=0x51)))
    far.hear(frame(commands.PING, short_header(version=1)))
    assert [error for error, _ in far.refused[7:]] == [13, 2]
    assert (far.areas, far.bad_frames) == ({}, 0)


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=200, max_size=900), st.integers(0, 40))
def test_whatever_a_controller_answers_is_read_or_a_part_fault(noise: bytes, size: int) -> None:
    """700 pieces of each noise, more than 100,000 of all: as frames of both headers, as statuses, as answers."""
    Reader().feed(noise)
    long = long_header()
    for at in range(700):
        part = noise[at % len(noise) :][:size]
        looks: tuple[Callable[[], object], ...] = (
            lambda part=part: read(part),
            lambda part=part: read(part, long),
            lambda part=part: read_status(b"\xa1\x02" + part),
            lambda part=part: commands.is_done(part),
            lambda part=part: commands.is_done(long_commands.plain_answer(part)),
        )
        for look in looks:
            try:
                look()
            except PartFault:
                pass


@given(st.binary(max_size=200), st.integers(1, 7))
def test_frames_are_found_in_pieces_between_noise(data: bytes, size: int) -> None:
    wire = b"\x00\x5a\x13" + frame(data) + b"\x77" + frame(data)
    reader = Reader()
    found = [inner for at in range(0, len(wire), size) for inner in reader.feed(wire[at : at + size])]
    assert [read(inner) for inner in found] == [data, data]


# --- wording


def test_words_give_way_until_the_rest_stands_still() -> None:
    text = "3号窗口 出入境证件办理 HA001 请到本窗口"
    at = {width: wording.setting(text, width, 16, 16) for width in (400, 280, 120, 60)}
    assert [(at[width].text, at[width].display) for width in at] == [
        (text, commands.STATIC),
        ("3号窗口 HA001 请到本窗口", commands.STATIC),
        ("3号窗口 HA001", commands.STATIC),
        (text, commands.LEFT),
    ]
    two = wording.setting(text, 128, 32, 16)
    assert (two.text, two.lines, two.wrap) == ("3号窗口 HA001   请到本窗口", commands.MULTI_LINE, commands.WRAP)


def test_marks_cannot_be_smuggled_in_and_unknown_characters_are_told() -> None:
    assert wording.encoded("\\C1玥é𠮷甲", "\\C3") == b"\\C3" + "＼C1？é？甲".encode("gb2312")
    assert [wording.mark(colour) for colour in (0xFF4B3A, 0x35C46A, 0xFFB000)] == ["\\C1", "\\C2", "\\C3"]


# --- at work


async def until(is_so: Callable[[], bool], what: str, patience_s: float = 5.0) -> None:
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, "not within time: " + what
        await asyncio.sleep(0.01)


def row(**more: Any) -> dict[str, Any]:
    plain = {"driver": "panel_onbon", "host": "", "tcp_port": 5005, "device": "", "baud": 57600}
    plain |= {"generation": "6k", "address": 0, "version": 0, "device_type": 0, "area_type": 0}
    return {**plain, "x_unit": 1, "colours": 2, "font_px": 16, **more}


def on_network(story: Callable[..., Coroutine[Any, Any, None]], width_px: int = 384, **more: Any) -> None:
    async def whole() -> None:
        far = SimulatedOnbon(width_px, 32, generation=more.get("generation", "6k"))
        net = OnNetwork(far)
        await net.plug_in()
        board = {"settings": {"width_px": width_px, "height_px": 32}}
        panel = make(row(host="127.0.0.1", tcp_port=net.port, **more), board)
        task = asyncio.create_task(panel.run())
        try:
            await story(panel, far, net)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await net.pull()

    asyncio.run(asyncio.wait_for(whole(), 20))


def called(slot: int, number: str, tone: str = "called", flash_ms: int = 0) -> ShowRegion:
    look = Look(128, 32, str(slot + 1), "户籍业务", number, ("请到", "本窗口"))
    return ShowRegion(
        epoch=1,
        rev=1,
        x=slot * 128,
        width=128,
        height=32,
        palette=list(PALETTES[tone]),
        pixels=region_pixels(look),
        text=text_of(look),
        flash_ms=flash_ms,
    )


def test_regions_are_areas_and_one_call_writes_one() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        role = WindowStrip({}, {"panel": panel})
        for slot, tone in enumerate(("called", "serving", "paused")):
            role.shown(called(slot, f"HA00{slot}", tone), slot)
        await until(lambda: len(far.areas) == 3, "three areas")
        updates = far.updates
        role.shown(called(1, "HA107"), 1)
        await until(lambda: "HA107" in far.texts().get(1, ""), "the call")
        assert far.updates == updates + 1
        assert far.texts()[0] == "1号窗口 户籍业务HA000 请到本窗口"
        assert role.fault == ""
        compare("strip_onbon.png", far.image().resize((384 * 3, 32 * 3), Image.Resampling.NEAREST))

    on_network(story)


def test_text_flashes_and_then_stays_and_a_second_call_is_not_lost() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        role = WindowStrip({"half_flash_ms": 40}, {"panel": panel})
        flashing = asyncio.create_task(role._rhythm())
        role.shown(called(0, "HA001", flash_ms=10000), 0)
        await until(lambda: "HA001" in far.texts().get(0, ""), "lit")
        await until(lambda: far.texts().get(0) == "", "dark")
        role.shown(called(0, "HA002", flash_ms=200), 0)
        await until(lambda: "HA002" in far.texts().get(0, ""), "the second call")
        await until(lambda: not role._flashing, "the end of the flash")
        await until(lambda: "HA002" in far.texts().get(0, ""), "lit at the end")
        flashing.cancel()

    on_network(story)


def test_light_is_a_level_and_zero_is_off() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        role = WindowStrip({}, {"panel": panel})
        role.shown(ShowLight(epoch=1, rev=1, percent=40), 0)
        await until(lambda: (far.is_on, far.brightness) == (True, 6), "40 %")
        role.shown(ShowLight(epoch=1, rev=2, percent=0), 0)
        await until(lambda: not far.is_on, "off")
        role.shown(ShowLight(epoch=1, rev=3, percent=100), 0)
        await until(lambda: (far.is_on, far.brightness) == (True, 15), "full")

    on_network(story)


def test_units_of_eight_pixels_stay_inside_the_region() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        panel.say(2, 100, 93, 32, 0xFF0000, "甲")
        await until(lambda: 2 in far.areas, "an area")
        area = far.areas[2]
        assert (area.x, area.width) == (104, 88)  # whole bytes inside 100 to 193

    on_network(story, x_unit=8)


def test_region_that_does_not_fit_is_the_roles_fault() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        role = WindowStrip({}, {"panel": panel})
        role.shown(called(3, "HA001"), 3)
        assert "does not fit 384 x 32" in role.fault

    on_network(story)


def test_more_regions_than_the_controller_has_areas_are_the_roles_fault() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        role = WindowStrip({}, {"panel": panel})
        for slot in range(6):
            role.shown(called(slot, f"HA00{slot}"), slot)
        assert role.fault == "panel: region 6: only 5 areas here; add a controller"
        await until(lambda: sorted(far.areas) == [0, 1, 2, 3, 4], "the five that it has")
        assert panel.health.fault == ""

    on_network(story, width_px=768)


def test_a_controller_of_another_type_says_so_to_who_tests_it() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        await until(lambda: panel.health.fault == "broken", "a fault")
        with pytest.raises(PartFault, match=r"another type of controller.*compare generation and device_type"):
            await panel.self_test(0.01)

    on_network(story, device_type=0x51)


def test_a_bx_6q_is_told_its_areas_goes_dark_and_heals() -> None:
    """It has no published status or power command: any answer is life, dark is areas without words."""

    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        role = WindowStrip({}, {"panel": panel})
        for slot in range(3):
            role.shown(called(slot, f"HA00{slot}"), slot)
        await until(lambda: len(far.areas) == 3, "three areas")
        assert (far.areas[1].x, far.areas[1].width) == (128, 128)
        assert far.texts()[1] == "2号窗口 户籍业务HA001 请到本窗口"
        role.shown(ShowLight(epoch=1, rev=1, percent=0), 0)
        await until(lambda: set(far.texts().values()) == {""}, "dark")
        role.shown(called(1, "HA107"), 1)
        role.shown(ShowLight(epoch=1, rev=2, percent=100), 0)
        await until(lambda: "HA107" in far.texts().get(1, "") and "HA000" in far.texts().get(0, ""), "lit again")
        await net.pull()
        pulled = time.monotonic()
        await until(lambda: panel.health.fault == "unplugged", "unplugged")
        assert time.monotonic() - pulled < 2
        far.lose_power()
        role.shown(called(2, "HA208"), 2)
        far.restore_power()
        await net.plug_in()
        await until(lambda: panel.health.fault == "", "health")
        await until(lambda: len(far.areas) == 3 and "HA208" in far.texts()[2], "all of it, with what came meanwhile")
        assert far.refused == []

    on_network(story, generation="6q")


@pytest.mark.parametrize(
    ("fault", "break_it", "mend_it"),
    [
        ("unplugged", lambda far, net: net.pull(), lambda far, net: net.plug_in()),
        (
            "no_answer",
            lambda far, net: asyncio.to_thread(far.lose_power),
            lambda far, net: asyncio.to_thread(far.restore_power),
        ),
        (
            "broken",
            lambda far, net: asyncio.to_thread(far.disturb, 10000),
            lambda far, net: asyncio.to_thread(far.disturb, 0),
        ),
    ],
)
def test_each_fault_is_told_in_time_and_heals_by_itself(fault: str, break_it: Any, mend_it: Any) -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        panel.say(0, 0, 128, 32, 0xFF0000, "3号窗口 HA001")
        await until(lambda: far.texts() == {0: "3号窗口 HA001"}, "the area")
        began = time.monotonic()
        await break_it(far, net)
        await until(lambda: panel.health.fault == fault, fault)
        assert time.monotonic() - began < 2
        far.areas = {}
        panel.say(0, 0, 128, 32, 0xFF0000, "3号窗口 HA002")
        await mend_it(far, net)
        began = time.monotonic()
        await until(lambda: panel.health.fault == "", "health")
        await until(lambda: far.texts() == {0: "3号窗口 HA002"}, "what came meanwhile")
        assert time.monotonic() - began < 2

    on_network(story)


def test_a_little_noise_is_no_fault() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        await until(lambda: far.is_on and far.brightness == 15, "a start")
        far.disturb(2)
        faults = []
        panel.say(0, 0, 128, 32, 0xFF0000, "A001")
        while far.texts() != {0: "A001"}:
            faults.append(panel.health.fault)
            await asyncio.sleep(0.01)
        assert far.bad_frames == 2
        assert set(faults) <= {""}

    on_network(story)


def test_self_test_shows_numbers_and_then_what_was_there() -> None:
    async def story(panel: OnbonPanel, far: SimulatedOnbon, net: OnNetwork) -> None:
        panel.say(1, 0, 128, 32, 0xFF0000, "A001")
        await until(lambda: far.texts() == {1: "A001"}, "the area")
        test = asyncio.create_task(panel.self_test(0.3))
        await until(lambda: far.texts() == {1: "1■■■■■■■■"}, "the test")
        assert await test == f"127.0.0.1:{net.port}: answers, 1 areas, light 100 %"
        await until(lambda: far.texts() == {1: "A001"}, "what was there")
        await net.pull()
        await until(lambda: panel.health.fault != "", "a fault")
        with pytest.raises(PartFault, match="unplugged; check the strip's cable"):
            await panel.self_test(0.01)

    on_network(story)


def test_the_same_on_a_serial_line(tmp_path: Path) -> None:
    async def whole() -> None:
        far = SimulatedOnbon(128, 32, generation="6k")
        line = on_line(far, str(tmp_path / "ttyS1"))
        panel = make(row(device=line.path), {"settings": {"width_px": 128, "height_px": 32}})
        task = asyncio.create_task(panel.run())
        try:
            panel.say(0, 0, 128, 32, 0xFF0000, "A001")
            await until(lambda: far.texts() == {0: "A001"}, "the area")
            line.pull()
            await until(lambda: panel.health.fault == "unplugged", "unplugged", 2.0)
            panel.say(0, 0, 128, 32, 0xFF0000, "A002")
            line.plug_in()
            await until(lambda: panel.health.fault == "", "health", 2.0)
            await until(lambda: far.texts() == {0: "A002"}, "what came meanwhile")
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            line.pull()

    asyncio.run(asyncio.wait_for(whole(), 20))


def test_a_profile_must_say_where_the_controller_is() -> None:
    with pytest.raises(ValueError, match="host or device missing"):
        make(row(), {"settings": {"width_px": 8, "height_px": 8}})


def test_a_board_from_before_there_were_generations_has_a_bx_5k() -> None:
    old = {"driver": "panel_onbon", "host": "strip-card", "tcp_port": 5005, "device": "", "baud": 57600}
    panel = make({**old, "x_unit": 1, "colours": 2, "font_px": 16}, {"settings": {"width_px": 128, "height_px": 32}})
    panel.say(7, 0, 128, 32, 0xFF0000, "A001")
    with pytest.raises(PartFault, match="only 8 areas here"):
        panel.say(8, 0, 128, 32, 0xFF0000, "A001")
