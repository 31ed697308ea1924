"""Parts built from the virtual board's profile, at work: real MicroPython imports them, the far side sees and hears."""

import json
import struct
import threading
import wave
from pathlib import Path
from typing import Any

import pytest

from board_profiles import load
from drivers.wav import header
from simulators.boards import PixelChain, VirtualBoard
from simulators.parts.rs485_bus import SimulatedBus, packet
from tests.boards.bench_hands import at_prompt, mpremote

pytestmark = pytest.mark.micropython

ROOT = Path(__file__).parents[2]


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "board", profile="virtual", speed=4) as board:
        at_prompt(board)
        yield board


def run_with_parts(
    board: VirtualBoard, kind: str, program: str, folder: Path, tree: Any = None, **settings: object
) -> str:
    """The program, with ``parts`` built from the profile; the code is read from this computer over the cable."""
    tree = tree or load("virtual").device_tree(kind)
    facts = {"device": "dev-1", "kind": kind, "settings": settings, "profile": tree}
    script = folder / "script.py"
    begin = f"import asyncio, json\nfrom firmware.parts import make_parts\nfacts = {json.dumps(facts)!r}\n"
    script.write_text(begin + "parts = make_parts(json.loads(facts))\n" + program)
    return mpremote(board, "mount", str(ROOT), "run", str(script))


def test_a_press_lights_the_lamp(board, tmp_path):
    program = """
async def main():
    lamp = parts["lamp"]
    pressing = asyncio.create_task(parts["button"].pressed())
    await asyncio.sleep(0)
    print("held", await pressing >= 30)
    lamp.set("steady")
asyncio.run(main())
"""
    board.press("button")
    assert "held True" in run_with_parts(board, "help_button", program, tmp_path)
    board.wait(lambda: board.is_lit("lamp"))


LOOP = {"driver": "button_loop", "pin": 12, "case": 13}
LOOP |= {"hold_ms": 0, "debounce_ms": 50, "short_below": 250, "alarm_from": 583, "open_from": 833}


def test_a_measured_loop_tells_a_press_from_pliers_and_an_open_case(tmp_path):
    tree = load("virtual").device_tree("help_button")
    tree["parts"]["button"] = LOOP
    program = """
async def main():
    loop = parts["button"]
    pressing = asyncio.create_task(loop.pressed())
    for _ in range(4):
        known = loop.health.fault
        while loop.health.fault == known:
            await asyncio.sleep(0.01)
        print("health", repr(loop.health.fault))
    print("held", await pressing >= 50)
asyncio.run(main())
"""
    with VirtualBoard(tmp_path / "board", profile=tree) as board:
        at_prompt(board)
        hands = board.loop()
        script = threading.Thread(target=run_with_parts, args=(board, "help_button", program, tmp_path, tree))
        script.start()
        try:
            for act, said in (
                (hands.cut_loop, "health 'loop_open'"),
                (hands.open_case, "health 'tampered'"),
                (hands.close_case, "health 'loop_open'"),
                (hands.mend_loop, "health ''"),
                (hands.press, "held True"),
            ):
                before = board.printed.count(said)
                act()
                board.wait(lambda said=said, before=before: board.printed.count(said) > before)
        finally:
            script.join()


def test_a_line_of_keypads_on_the_boards_own_uart(board, tmp_path):
    program = """
from machine import Pin
async def main():
    bus = parts["bus"]
    running = asyncio.create_task(bus.run())
    bus.units[7].show(12, 345)
    print("said", await bus.said(), "turned round", Pin(12).value())
asyncio.run(main())
"""
    line = board.serial(1)
    far = SimulatedBus([7], ears=line.send)

    def hear():
        far.hear(line.received[hear.at :])
        hear.at = len(line.received)
        return far.units[7].number == "345" and far.units[7].waiting == "012"

    hear.at = 0
    script = threading.Thread(
        target=run_with_parts, args=(board, "window_terminal", program, tmp_path), kwargs={"units": [[7, 1]]}
    )
    script.start()
    try:
        board.wait(hear)
        line.send(packet(7, 0x01, [0x0C]))
        board.wait(lambda: "said (7, 'call') turned round 0" in board.printed)
        hear()
        assert packet(7, 0x01, [0x0C]) in line.received, "acknowledged with its own frame"
    finally:
        script.join()


def test_an_announcement_is_heard_whole_and_the_amplifier_is_on_while_it_plays(board, tmp_path):
    samples = struct.pack("<4800h", *[1 + (number * 37) % 2000 for number in range(4800)])
    clips = tmp_path / "clips" / "cmn"
    clips.mkdir(parents=True)
    (clips / "a.wav").write_bytes(header(len(samples)) + samples)
    mpremote(board, "fs", "mkdir", ":clips", "+", "fs", "mkdir", ":clips/cmn")
    mpremote(board, "fs", "cp", str(clips / "a.wav"), ":clips/cmn/a.wav")
    program = """
from machine import Pin
enable = Pin(7)
async def main():
    playing = asyncio.create_task(parts["speaker"].play(["cmn/a", "cmn/a"]))
    on = 0
    while not playing.done():
        on |= enable.value()
        await asyncio.sleep(0)
    await playing
    print("on", on, "off", enable.value())
asyncio.run(main())
"""
    assert "on 1 off 0" in run_with_parts(board, "amplifier", program, tmp_path, clips="/clips")
    board.wait(lambda: board.heard)
    levels = []
    for path in board.heard:  # a busy test machine may be late for the ear: that is silence, or another file
        with wave.open(str(path)) as file:
            frames = file.readframes(file.getnframes())
        levels += [level for level in struct.unpack(f"<{len(frames) // 2}h", frames) if level]
    assert struct.pack(f"<{len(levels)}h", *levels) == samples * 2


def test_a_region_stands_on_the_chain_of_leds(board, tmp_path):
    chain = PixelChain(8, 4)
    board.attach(1, chain)
    program = "parts['panel'].draw(4, 4, 2, [0x102030, 0x0000ff, 0], bytes([0x09, 0x90]))\n"
    run_with_parts(board, "window_strip", program, tmp_path, width_px=8, height_px=4)
    board.wait(lambda: chain.picture().getpixel((4, 0)) == (0x10, 0x20, 0x30))
    picture = chain.picture()
    assert picture.getpixel((5, 0)) == (0, 0, 0xFF)
    assert picture.getpixel((6, 1)) == (0x10, 0x20, 0x30)
    assert picture.getpixel((7, 1)) == (0, 0, 0xFF)
    assert picture.getpixel((0, 0)) == (0, 0, 0)
