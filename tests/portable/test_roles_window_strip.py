"""Window strip: regions appear, flash and stay, one beside the other, and a broken picture changes nothing."""

import asyncio
from binascii import b2a_base64

from drivers.panel import Panel
from firmware.roles.region_pixels import unpack
from firmware.roles.window_strip import WindowStrip
from firmware.wire.fields import Malformed
from firmware.wire.messages.screen import ShowLight, ShowRegion
from tests.portable.bench import Dice, error_of, play, stop, until

RED, GREEN, BLUE = 0xFF0000, 0x00FF00, 0x0000FF
LETTERS = {b"\0\0\0": ".", b"\xff\0\0": "R", b"\0\xff\0": "G", b"\0\0\xff": "B"}


class Wall:
    """The LEDs: a pixel port whose picture is letters, and how it looked after each show."""

    def __init__(self, width_px, height_px):
        self._rows = [bytearray(width_px * 3) for _ in range(height_px)]
        self.looks = []
        self.percent = 100

    def light(self, percent):
        self.percent = percent

    def row(self, x_px, y_px, rgb):
        self._rows[y_px][x_px * 3 : x_px * 3 + len(rgb)] = rgb

    def show(self):
        self.looks.append([self._letters(row) for row in self._rows])

    @property
    def look(self):
        return self.looks[-1]

    def _letters(self, row):
        return "".join([LETTERS[bytes(row[at : at + 3])] for at in range(0, len(row), 3)])


def zlib_stored(data):
    """A zlib stream (RFC 1950) with one stored block: needs no compressor."""
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    size = bytes([len(data) & 255, len(data) >> 8, ~len(data) & 255, ~len(data) >> 8 & 255])
    return b"\x78\x01\x01" + size + data + bytes([b >> 8, b & 255, a >> 8, a & 255])


def pixels(data):
    return str(b2a_base64(zlib_stored(data)), "ascii").strip()


def region(x, width, data, flash_ms=0, rev=1, height=2):
    return ShowRegion(
        epoch=1,
        rev=rev,
        x=x,
        width=width,
        height=height,
        palette=[RED, GREEN, BLUE],
        pixels=pixels(bytes(data)),
        text="",
        flash_ms=flash_ms,
    )


# 5 pixels a row: 1 2 3 0 1, then 3 3 3 3 3; the leftmost in the lowest bits
FIVE = (0b00111001, 0b01, 0b11111111, 0b11)


def with_strip(story, half_flash_ms=10):
    async def whole():
        wall = Wall(12, 2)
        role = WindowStrip({"half_flash_ms": half_flash_ms}, {"panel": Panel(wall, 12, 2)})
        task = asyncio.create_task(role.run())
        try:
            await story(role, wall)
        finally:
            await stop(task)

    play(whole)


def test_region_is_drawn_at_its_place_with_its_colours():
    async def story(role, wall):
        role.shown(region(3, 5, FIVE), 0)
        assert wall.look == ["...RGB.R....", "...BBBBB...."]
        assert role.fault == ""

    with_strip(story)


def test_other_regions_are_left_alone():
    async def story(role, wall):
        role.shown(region(0, 4, (0b01010101, 0b01010101)), 0)
        role.shown(region(8, 4, (0b10101010, 0b10101010)), 1)
        role.shown(region(0, 4, (0b11111111, 0b11111111)), 0)
        assert wall.look == ["BBBB....GGGG", "BBBB....GGGG"]

    with_strip(story)


def test_region_flashes_and_then_stays():
    async def story(role, wall):
        role.shown(region(0, 4, (0b11111111, 0b11111111)), 1)
        role.shown(region(8, 4, (0b01010101, 0b01010101), flash_ms=80), 0)
        await until(lambda: not role._flashing, "the end of the flash")
        lit = [look[0][8:] == "RRRR" for look in wall.looks[1:]]
        assert lit[-1]
        assert lit.count(False) >= 2
        assert all([lit[at] != lit[at + 1] for at in range(len(lit) - 1)])
        assert all(look[0][:4] == "BBBB" for look in wall.looks)
        looks = len(wall.looks)
        await asyncio.sleep(0.04)
        assert len(wall.looks) == looks

    with_strip(story)


def test_newer_picture_during_a_flash_is_shown_at_once():
    async def story(role, wall):
        role.shown(region(0, 4, (0b01010101, 0b01010101), flash_ms=10000), 0)
        await until(lambda: wall.look[0] == "............", "the dark half")
        role.shown(region(0, 4, (0b10101010, 0b10101010), flash_ms=50, rev=2), 0)
        assert wall.look[0][:4] == "GGGG"
        await until(lambda: not role._flashing, "the end of the flash")
        assert wall.look[0][:4] == "GGGG"
        after = wall.looks[[look[0][:4] for look in wall.looks].index("GGGG") :]
        assert "RRRR" not in [look[0][:4] for look in after]

    with_strip(story)


class Board:
    """A panel that is told text: what each slot says."""

    half_flash_ms = 7

    def __init__(self):
        self.said = []

    def say(self, slot, x, width, height, colour, text):
        self.said.append((slot, x, width, height, colour, text))


def test_panel_that_says_text_gets_words_and_no_pixels():
    async def story():
        board = Board()
        role = WindowStrip({}, {"panel": board})
        task = asyncio.create_task(role.run())
        show = region(3, 5, b"no picture", flash_ms=30)
        show.text = "3 A001"
        role.shown(show, 2)
        assert board.said == [(2, 3, 5, 2, BLUE, "3 A001")]
        await until(lambda: not role._flashing, "the end of the flash")
        await stop(task)
        texts = [said[-1] for said in board.said]
        assert "" in texts
        assert texts[-1] == "3 A001"
        assert role.fault == ""

    play(story)


def test_light_is_passed_on_and_changes_no_picture():
    async def story(role, wall):
        role.shown(region(0, 4, (0b01010101, 0b01010101)), 0)
        for percent in (0, 40, 100):
            role.shown(ShowLight(epoch=1, rev=2, percent=percent), 0)
            assert wall.percent == percent
        assert wall.look == ["RRRR........", "RRRR........"]

    with_strip(story)


def test_two_regions_flash_at_their_own_times():
    async def story(role, wall):
        role.shown(region(0, 4, (0b01010101, 0b01010101), flash_ms=40), 0)
        role.shown(region(8, 4, (0b10101010, 0b10101010), flash_ms=90), 1)
        await until(lambda: not role._flashing, "the end of both")
        assert wall.look[0] == "RRRR....GGGG"

    with_strip(story)


def test_broken_picture_is_a_fault_and_the_old_one_stays():
    async def story(role, wall):
        role.shown(region(0, 4, (0b01010101, 0b01010101)), 0)
        good = wall.look
        for bad in (
            region(0, 4, (1, 2, 3)),  # a byte too many
            region(0, 4, (1,)),  # one too few
            region(10, 4, (0, 0)),  # beyond the right edge
        ):
            role.shown(bad, 0)
            assert role.fault != ""
            assert wall.look == good
        role.shown(region(0, 4, (0, 0)), 0)
        assert role.fault == ""

    with_strip(story)


def test_pixels_are_exactly_the_announced_size_or_malformed():
    assert unpack(pixels(bytes(FIVE)), 5, 2) == bytes(FIVE)
    for text in ("", "!", "AAAA", pixels(b""), pixels(bytes(20000))):
        error_of(Malformed, unpack, text, 5, 2)


def test_any_damage_to_the_stream_gives_pixels_or_malformed():
    dice = Dice(7)
    whole = zlib_stored(bytes(FIVE))
    for _ in range(300):
        text = str(b2a_base64(dice.spoil(whole)), "ascii")
        try:
            assert len(unpack(text, 5, 2)) == 4
        except Malformed:
            pass
