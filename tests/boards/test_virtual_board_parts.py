"""What hangs on a virtual board's pins and buses reaches the far side, and the other way round."""

import wave

import pytest

from simulators.boards import PixelChain, VirtualBoard
from tests.boards.bench_hands import ON_BENCH, at_prompt, run_main

pytestmark = ON_BENCH

RATE_HZ = 16000


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "board", profile="virtual", speed=2) as board:
        at_prompt(board)
        yield board


def test_an_interrupt_wakes_a_program_that_waits(board):
    program = """import time
from machine import Pin
seen = []
button = Pin(0, Pin.IN, Pin.PULL_UP)
button.irq(lambda pin: seen.append(pin.value()), Pin.IRQ_FALLING)
print('ready')
while not seen:
    time.sleep_ms(1)
print('saw', seen)
"""
    run_main(board, program, "ready")
    board.press("button")
    board.wait(lambda: "saw [0]" in board.printed)


def test_a_rhythm_has_its_name(board):
    program = """import time
from machine import Pin
lamp = Pin(1, Pin.OUT, value=0)
print('ready')
for _ in range(4):
    lamp(1); time.sleep_ms(250); lamp(0); time.sleep_ms(250)
lamp(1)
time.sleep(60)
"""
    assert board.lamp == "off"
    run_main(board, program, "ready")
    board.wait(lambda: board.lamp == "blink")
    board.wait(lambda: board.lamp == "steady")
    board.cut_power()
    assert board.lamp == "off"


def test_sound_is_heard_without_a_gap_and_the_pause_between_two_calls_parts_them(board):
    program = """import asyncio
from machine import I2S, Pin
async def main():
    i2s = I2S(0, sck=Pin(4), ws=Pin(5), sd=Pin(6), mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=32000)
    out = asyncio.StreamWriter(i2s)
    for call in range(2):
        for piece in range(8):
            out.out_buf = bytes([call + 1, piece]) * 1600
            await out.drain()
        await asyncio.sleep(1.2)  # the buffer holds half a second of that
asyncio.run(main())
print('said')
"""
    run_main(board, program, "said")
    board.wait(lambda: len(board.heard) == 2)
    for call, path in enumerate(board.heard):
        with wave.open(str(path)) as file:
            assert file.getframerate() == RATE_HZ
            samples = file.readframes(file.getnframes())
        assert samples == b"".join(bytes([call + 1, piece]) * 1600 for piece in range(8))


def test_a_cut_in_mid_sound_ends_what_is_heard(board):
    program = """from machine import I2S, Pin
i2s = I2S(0, sck=Pin(4), ws=Pin(5), sd=Pin(6), mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=8192)
for tenth in range(100):
    i2s.write(b'\\x01\\x02' * 1600)
    print('tenth', tenth)
"""
    run_main(board, program, "tenth 8")
    board.cut_power()
    with wave.open(str(board.heard[0])) as file:
        assert 5 * RATE_HZ // 10 < file.getnframes() < 99 * RATE_HZ // 10


BAD_I2S = """from machine import I2S, Pin
def made(id=0, **pins):
    wires = {'sck': Pin(4), 'ws': Pin(5), 'sd': Pin(6)}
    wires.update(pins)
    try:
        I2S(id, mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=8192, **wires)
        return 'made'
    except (TypeError, ValueError) as error:
        return str(error)
print(made(1), '|', made(2), '|', made(7), '|', made(-1), '|', made(sd=6), '|', made(ws=Pin(7)))
try:
    I2S(0, ws=Pin(5), sd=Pin(6), mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=8192)
except TypeError as error:
    print('without:', error)
print('tried all')
"""


@pytest.mark.parametrize(
    ("profile", "elsewhere"), [("esp32_poe", "made"), ("w5500_evb_pico2", "invalid ws (must be sck+1)")]
)
def test_sound_comes_out_of_ports_and_pins_that_there_are(profile, elsewhere, tmp_path):
    with VirtualBoard(tmp_path / "board", profile=profile) as board:
        at_prompt(board)
        run_main(board, BAD_I2S, "tried all")
        told = f"made | invalid id | invalid id | invalid id | expecting a pin | {elsewhere}"
        assert told in board.printed
        assert "'sck'" in board.printed.partition("without:")[2]


def test_a_picture_goes_over_spi(board):
    program = """from machine import SPI, Pin
spi = SPI(1, baudrate=8000000, sck=Pin(8), mosi=Pin(9))
leds = b''.join(bytes([0xE8, 3 * i, 2 * i, i]) for i in range(32))
spi.write(bytes(4) + leds + bytes(6))
print('drawn', spi.read(2))
"""
    chain = PixelChain(8, 4)
    board.attach(1, chain)
    run_main(board, program, "drawn b'\\xff\\xff'")
    picture = chain.picture()
    assert picture.getpixel((5, 0)) == (5, 10, 15)
    assert picture.getpixel((7, 1)) == (8, 16, 24)  # every other row runs back


def test_a_serial_line_carries_both_ways(board):
    program = """import asyncio
from machine import UART
async def main():
    line = UART(1, 9600)
    reader = asyncio.StreamReader(line)
    line.write('ready\\n')
    while True:
        line.write(b'heard ' + await reader.readline())
asyncio.run(main())
"""
    line = board.serial(1)
    run_main(board, program)
    board.wait(lambda: b"ready\n" in line.received)
    line.send(b"A001\n")
    board.wait(lambda: b"heard A001\n" in line.received)


def test_modules_of_the_rom_cost_nothing_until_used(board):
    program = """import network, neopixel, machine
lan = network.LAN(phy_type=network.PHY_LAN8720)
lan.active(True)
print(lan.isconnected(), lan.ipconfig('addr4')[0], lan.config('mac').hex())
led = neopixel.NeoPixel(machine.Pin(21), 1)
led[0] = (1, 2, 3)
led.write()
machine.mem32[0x40000000] = 0xA1B2C3D4
machine.RTC().memory(b'kept')
print(hex(machine.mem16[0x40000002]), machine.RTC().memory())
"""
    run_main(board, program, "True 127.0.0.1 246f28000001", "0xa1b2 b'kept'")
    board.wait(lambda: board.led_bytes(21) == bytes((2, 1, 3)))
    assert ".rom" not in board.printed
