"""HUB75: what is drawn is what the panel at the end of the wires lights, plane by plane; and the state machine."""

import asyncio
import sys

from drivers.faults import PartFault
from drivers.micropython.hub75 import Hub75Frame, Hub75Pixels
from drivers.micropython.hub75_lines import Hub75Lines
from drivers.panel import Panel
from simulators.parts.hub75_wall import SimulatedHub75
from tests.portable.bench import error_of, play


class Port:
    """Wires driven by hand, one column after the other; tells the wall how long each line is lit."""

    def __init__(self, wall):
        self.wall = wall
        self.lines = Hub75Lines(wall.lat, wall.oe, wall.address)
        self.lit_us = set()

    def shift(self, columns):
        for bits in columns:
            for wire in self.wall.data:
                wire.value(bits & 1)
                bits >>= 1
            self.wall.clk.value(1)
            self.wall.clk.value(0)

    def light_line(self, line, lit_us):
        self.wall.weight = lit_us
        self.lit_us.add(lit_us)
        self.lines.light(line, lit_us)


def lit(width_px, height_px, planes=3, order="rgb", line_us=4):
    wall = SimulatedHub75(width_px, height_px)
    port = Port(wall)
    pixels = Hub75Pixels(port, Hub75Frame(width_px, height_px, planes, order), line_us)
    return wall, port, pixels


def test_a_region_lights_where_it_was_drawn_in_both_halves():
    wall, _, pixels = lit(8, 16, planes=1)
    panel = Panel(pixels, 8, 16)
    rows = bytearray(16)
    rows[0] = 0b11100100  # 0, 1, 2, 3
    rows[9] = 0b00011011  # 3, 2, 1, 0
    panel.draw(2, 4, 16, [0xFF0000, 0x00FF00, 0x0000FF], bytes(rows))
    pixels.scan()
    red, green, blue, dark = (4, 0, 0), (0, 4, 0), (0, 0, 4), (0, 0, 0)
    picture = wall.picture()
    assert picture[0] == [dark, dark, dark, red, green, blue, dark, dark]
    assert picture[9] == [dark, dark, blue, green, red, dark, dark, dark]
    assert [row for at, row in enumerate(picture) if at not in (0, 9)] == [[dark] * 8] * 14
    assert wall.clocks == 8 * 8
    assert wall.lightings == 8


def test_every_step_of_a_colour_is_lit_so_long():
    wall, port, pixels = lit(8, 16, planes=3)
    pixels.row(0, 3, bytes([value for step in range(8) for value in (step * 32, 255 - step * 32, 0)]))
    pixels.scan()
    assert wall.picture()[3] == [(step, 7 - step, 0) for step in range(8)]
    assert port.lit_us == {4, 2, 1}


def test_light_shortens_each_line_and_zero_lights_none():
    wall, _, pixels = lit(4, 16, planes=1, line_us=50)
    pixels.row(0, 0, b"\xff\xff\xff" * 4)
    pixels.light(40)
    pixels.scan()
    assert wall.picture()[0] == [(20, 20, 20)] * 4
    wall.forget()
    pixels.light(0)
    pixels.scan()
    assert wall.lightings == 0


def test_a_new_row_takes_the_place_of_the_old_one_and_of_no_other():
    wall, _, pixels = lit(4, 32, planes=2, line_us=2)
    for y in range(32):
        pixels.row(0, y, b"\xff\0\0" * 4)
    pixels.row(1, 20, b"\0\0\xff\0\0\0")
    pixels.scan()
    picture = wall.picture()
    assert picture[20] == [(3, 0, 0), (0, 0, 3), (0, 0, 0), (3, 0, 0)]
    assert picture[4] == picture[21] == [(3, 0, 0)] * 4


def test_panels_with_swapped_colours():
    wall, _, pixels = lit(4, 16, planes=1, order="bgr", line_us=1)
    pixels.row(0, 0, b"\xff\0\0" * 4)
    pixels.scan()
    assert wall.picture()[0] == [(0, 0, 1)] * 4  # red is on the wire that is called B


def test_self_test_shows_plain_colours_and_then_what_was_there():
    wall, _, pixels = lit(4, 16, planes=1, line_us=1)
    pixels.row(0, 5, b"\xff\xff\0")
    seen = []

    async def story():
        test = asyncio.create_task(pixels.self_test(0))
        while not test.done():
            wall.forget()
            pixels.scan()
            seen.append(wall.picture()[9][3])
            await asyncio.sleep(0)
        assert await test == "4 x 16 LEDs were told red, green, blue, white"

    play(story)
    for colour in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)):
        assert colour in seen
    wall.forget()
    pixels.scan()
    assert wall.picture()[5] == [(1, 1, 0)] + [(0, 0, 0)] * 3
    assert wall.picture()[9][3] == (0, 0, 0)


def test_sizes_that_no_chain_has():
    for width_px, height_px in ((64, 24), (0, 32), (512, 64), (64, 128)):
        assert "16384 LEDs" in str(error_of(PartFault, Hub75Frame, width_px, height_px))


# --- on the chip that has state machines, its assembler and its pins played here


class Pins:
    """`machine.Pin`: a number is the wire that the story put there."""

    OUT = IN = PULL_UP = PULL_DOWN = 1

    def __init__(self):
        self.wires = {}

    def __call__(self, number, *args, **keys):
        return self.wires.get(number, number)


class Fake:
    """`rp2` and `machine` as far as the driver asks; a state machine that obeys the two instructions it was given."""

    OUT_LOW = SHIFT_RIGHT = 0

    def __init__(self):
        self.PIO = self
        self.Pin = Pins()
        self.program = []
        self.asked = {}

    def plug(self, wall):
        self.wall = wall
        a, b, c = wall.address[:3]
        self.Pin.wires = {10: wall.lat, 11: wall.oe, 12: a, 13: b, 14: c}

    def asm_pio(self, **keys):
        assert keys["autopull"]
        assert keys["pull_thresh"] == 8

        def assemble(body):
            import builtins

            builtins.pins, builtins.null = "pins", "null"
            builtins.out = lambda where, bits: Step(self.program, where, bits)
            body()
            for name in ("pins", "null", "out"):
                delattr(builtins, name)
            return self.program

        return assemble

    def StateMachine(self, number, program, **keys):
        self.asked = keys
        self.number = number
        return self

    def active(self, is_on):
        self.is_on = is_on

    def put(self, words):
        """Each word is pulled when eight bits of the one before are out."""
        assert self.is_on
        for word in words:
            out = 0
            for where, bits, side in self.program:
                if where == "pins":
                    for at in range(bits):
                        self.wall.data[at].value(word >> out + at & 1)
                self.wall.clk.value(side)
                out += bits
            assert out == 8

    def tx_fifo(self):
        return 0


class Step:
    """One instruction; ``side`` says what the clock is meanwhile."""

    def __init__(self, program, where, bits):
        self._at = program, where, bits

    def side(self, level):
        program, where, bits = self._at
        program.append((where, bits, level))


CHIP = Fake()


def with_chip(wall, story):
    """The modules are loaded once, with this chip; others find none of them."""
    CHIP.plug(wall)
    before = {name: sys.modules.get(name) for name in ("rp2", "machine")}
    for name in before:
        sys.modules[name] = CHIP
    try:
        from firmware.parts import panel_hub75

        return story(CHIP, panel_hub75)
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
        sys.modules.pop("drivers.micropython.pins", None)


ROW = {"r1": 2, "g1": 3, "b1": 4, "r2": 5, "g2": 6, "b2": 7, "clk": 8, "lat": 10, "oe": 11, "a": 12, "b": 13, "c": 14}
ROW.update({"id": 1, "planes": 2, "order": "rgb", "line_us": 2, "d": None, "e": None})
BOARD = {"settings": {"width_px": 8, "height_px": 16}}


def test_two_instructions_clock_a_picture_out():
    wall = SimulatedHub75(8, 16)

    def story(fake, part):
        panel = part.make(ROW, BOARD)
        assert (fake.number, fake.asked["out_base"], fake.asked["sideset_base"]) == (1, 2, 8)
        assert [side for _, _, side in fake.program] == [0, 1]
        panel.draw(0, 8, 16, [0xFF0000, 0x00FF00, 0x0000FF], b"\xe4\x1b" * 16)
        panel._port.scan()

    with_chip(wall, story)
    dark, red, green, blue = (0, 0, 0), (2, 0, 0), (0, 2, 0), (0, 0, 2)
    assert wall.picture() == [[dark, red, green, blue, blue, green, red, dark]] * 16
    assert wall.lightings == 16


def test_pins_that_a_state_machine_cannot_drive_are_told():
    def story(fake, part):
        scattered = dict(ROW)
        scattered["b2"] = 9
        assert "not six pins in a row" in str(error_of(ValueError, part.make, scattered, BOARD))
        tall = {"settings": {"width_px": 8, "height_px": 32}}
        assert "3 address pins cannot choose between 16 lines" in str(error_of(ValueError, part.make, ROW, tall))

    with_chip(SimulatedHub75(8, 16), story)
