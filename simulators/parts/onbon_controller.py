"""An Onbon controller with its LEDs: checks frames bit by bit, keeps areas, lights them. Knows no driver.

A BX-5K or BX-6K as their maker's protocol (v1.4) has it, or a BX-6Q3 as the table of the maker's analyser; what it is
told is refused unless every byte is as written there.
"""

import re
import struct
from functools import cache
from typing import NamedTuple

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

COLOURS = {1: (255, 40, 30), 2: (60, 230, 80), 3: (255, 190, 40)}
MARK = re.compile(r"\\C(\d)|\\F[A-Z]\d{3}")


class ShownArea(NamedTuple):
    """An area as the controller keeps it, in pixels."""

    x: int
    y: int
    width: int
    height: int
    is_wrapped: bool
    display: int
    text: str


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size_px)


def _crc(data: bytes) -> int:
    """CRC-16/ARC, one bit after the other."""
    crc = 0
    for byte in data:
        for place in range(8):
            bit = (crc ^ byte >> place) & 1
            crc = crc >> 1 ^ (0xA001 if bit else 0)
    return crc


class _No(Exception):
    """Refused; the argument is the CmdError of the maker's table."""


NO_COMMAND, NO_ROOM, BAD_CRC, OTHER_TYPE = 2, 4, 5, 13
AREAS = {"5k": (8, 512), "6k": (5, 1024), "6q": (32, 2048)}  # how many, and bytes of text in each
TYPES = {"5k": 0x51, "6k": 0x61, "6q": 0x0366}
TO_ALL = (0xFFFE, 0xFFFF)


class SimulatedOnbon:
    """``generation``: 5k, 6k or 6q."""

    def __init__(self, width_px: int, height_px: int, *, generation: str = "5k", font_px: int = 16) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.areas: dict[int, ShownArea] = {}
        self.is_on = True
        self.brightness = 15
        self.is_powered = True
        self.bad_frames = 0  # with a wrong CRC, a wrong escape or a wrong length
        self.refused: list[tuple[int, bytes]] = []  # why, and what
        self.updates = 0  # areas written
        self.clock = b""
        self._noise = 0
        self._generation = generation
        self._font_px = font_px
        self._heard = b""

    # hands and eyes

    def lose_power(self) -> None:
        """Dark, and silent; dynamic areas are forgotten."""
        self.is_powered = False
        self.areas = {}

    def restore_power(self) -> None:
        """Back, with nothing to show."""
        self.is_powered = True

    def disturb(self, frames: int) -> None:
        """Noise spoils the next so many frames."""
        self._noise = frames

    def image(self) -> Image.Image:
        """What is lit, one pixel a LED."""
        wall = Image.new("RGB", (self.width_px, self.height_px))
        if self.is_powered and self.is_on:
            for area in self.areas.values():
                wall.paste(self._area(area), (area.x, area.y))
        return wall.point(lambda value: value * (self.brightness + 1) // 16)

    def texts(self) -> dict[int, str]:
        """Area → its text without marks."""
        return {id: MARK.sub("", area.text).strip() for id, area in sorted(self.areas.items())}

    def _area(self, area: ShownArea) -> Image.Image:
        picture = Image.new("RGB", (area.width, area.height))
        draw = ImageDraw.Draw(picture)
        draw.fontmode = "1"
        size = self._font_px
        lines = max(1, area.height // size) if area.is_wrapped else 1
        pen_x, pen_y = 0, (area.height - (size if lines == 1 else lines * size)) // 2
        colour = COLOURS[1]
        for mark, character in re.findall(r"(\\C\d|\\F[A-Z]\d{3})|(.)", area.text):
            if mark:
                colour = COLOURS.get(int(mark[2]), colour) if mark[1] == "C" else colour
                continue
            wide = size // 2 if character.isascii() else size
            if area.is_wrapped and pen_x + wide > picture.width:
                pen_x, pen_y = 0, pen_y + size
            draw.text((pen_x, pen_y + round(size * 0.86)), character, fill=colour, font=_font(size), anchor="ls")
            pen_x += wide
        return picture

    # wire

    def hear(self, data: bytes) -> bytes:
        """Bytes from the cable; returns those that it answers."""
        if not self.is_powered:
            self._heard = b""
            return b""
        self._heard += data
        answers = b""
        while b"\x5a" in self._heard:
            whole, _, self._heard = self._heard.partition(b"\x5a")
            begin = whole.rfind(b"\xa5")
            if begin >= 0:
                answers += self._frame(whole[begin + 1 :])
        return answers

    def _frame(self, inner: bytes) -> bytes:
        if self._noise:
            self._noise -= 1
            inner = inner[:-1] + bytes([inner[-1] ^ 1])
        # A6 02, A6 01, 5B 02, 5B 01 stand for A5, A6, 5A, 5B: the first byte, one less where a 2 follows.
        body = re.sub(rb"([\xa6\x5b])([\x01\x02])", lambda pair: bytes([pair[1][0] + 1 - pair[2][0]]), inner)
        size = 16 if self._generation == "6q" else 14
        data = body[size:-2]
        length = int.from_bytes(body[12:size], "little")
        if len(body) < size + 2 or body[-2:] != struct.pack("<H", _crc(body[:-2])) or length != len(data):
            self.bad_frames += 1
            return self._answer(bytes((0xA0, 1, BAD_CRC)))
        try:
            return self._answer(self._obey_long(body, data) if size == 16 else self._obey(body, data))
        except _No as no:
            self.refused.append((int(no.args[0]), body))
            return self._answer(bytes((0xA0, 1, int(no.args[0]))))

    # a BX-5K or BX-6K

    def _obey(self, body: bytes, data: bytes) -> bytes:
        to, sender, reserved, code, check, display, device, version = struct.unpack_from("<HH3sBBBBB", body)
        if sender & 0xE000 != 0x8000 or reserved != bytes(3) or (code, check, version) != (0, 0, 2) or display > 1:
            raise _No(NO_COMMAND)
        if to not in (1, *TO_ALL) or device not in (0xFE, TYPES[self._generation]):
            raise _No(OTHER_TYPE)
        command, rest = data[:2], data[5:]
        if len(data) < 5 or data[2] not in (1, 2):
            raise _No(NO_COMMAND)
        if command == b"\xa1\x02" and not rest:
            return self._status()
        if command == b"\xa3\x06":
            self._write(rest)
        elif command == b"\xa3\x02" and len(rest) == 2 and rest[0] == 1 and rest[1] < 16:
            self.brightness = rest[1]
        elif command == b"\xa3\x00" and len(rest) == 1 and rest[0] in (1, 2):
            self.is_on = rest[0] == 1
        elif command == b"\xa2\x03" and len(rest) == 8:
            self.clock = rest
        elif command != b"\xa2\x00":
            raise _No(NO_COMMAND)
        return b"\xa0\x00\x00"

    def _status(self) -> bytes:
        time = bytes.fromhex("20 26 11 22 07 10 00 00")
        head = bytes((0xA1, 0x02, 0, 0, 0, 1 if self.is_on else 2, self.brightness)) + time
        special = b"" if self._generation == "5k" else bytes(2)  # a BX-5K1 has none, and does not say so
        return head + bytes(5) + special + bytes([len(self.areas)]) + bytes(sorted(self.areas)) + bytes(16 + 12)

    def _write(self, told: bytes) -> None:
        deleted = told[0]
        told = told[1:]
        if deleted == 0xFF:
            self.areas = {}
        else:
            for id in told[:deleted]:
                self.areas.pop(id, None)
            told = told[deleted:]
        count, told = told[0], told[1:]
        for _ in range(count):
            (length,) = struct.unpack_from("<H", told)
            area, told = told[2 : 2 + length], told[2 + length :]
            if len(area) != length or len(area) < 27:
                raise _No(NO_COMMAND)
            self._write_area(area)
        if told:
            raise _No(NO_COMMAND)

    def _write_area(self, area: bytes) -> None:
        kind, x, y, width, height, id = struct.unpack_from("<BHHHHB", area)
        run_mode, voice, more = area[11], area[14], area[15]
        single, wrap, display = area[17], area[18], area[19]
        (size,) = struct.unpack_from("<L", area, 23)
        if (kind, voice, more) != (0, 0, 0) or run_mode > 5 or size != len(area) - 27:
            raise _No(NO_COMMAND)
        # The highest bit of a column says that it counts pixels, not bytes.
        left, wide = (value & 0x7FFF if value & 0x8000 else value * 8 for value in (x, width))
        self._keep(id, ShownArea(left, y, wide, height, wrap == 2, display, ""), single, wrap, area[27:])

    def _keep(self, id: int, area: ShownArea, single: int, wrap: int, text: bytes) -> None:
        most, room = AREAS[self._generation]
        if single not in (1, 2) or wrap not in (1, 2) or not 1 <= area.display <= 6:
            raise _No(NO_COMMAND)
        if id >= most or len(text) > room or not text or not area.width or not area.height:
            raise _No(NO_ROOM)
        if area.x + area.width > self.width_px or area.y + area.height > self.height_px:
            raise _No(NO_ROOM)
        self.areas[id] = area._replace(text=text.decode("gb2312"))
        self.updates += 1

    # a BX-6Q3

    def _obey_long(self, body: bytes, data: bytes) -> bytes:
        to, sender, version, reserved, device, more = struct.unpack_from("<HHBBH4s", body)
        if sender & 0xE000 != 0x8000 or (version, reserved, more) != (0xF0, 0, bytes(4)):
            raise _No(NO_COMMAND)
        if to not in (1, *TO_ALL) or device not in (0xFFFF, TYPES["6q"]):
            raise _No(OTHER_TYPE)
        if data[:1] not in (b"\1", b"\2"):
            raise _No(NO_COMMAND)
        if data[1:] == b"\xa7\x01\xff":
            self.areas = {}
        elif data[1:3] == b"\xa7\x06" and len(data) >= 6 and data[3] < 2:
            self._write_long(data[4:])
        else:
            raise _No(NO_COMMAND)
        return b"\xa0\x00\x00"

    def _write_long(self, told: bytes) -> None:
        for id in told[1 : 1 + told[0]]:
            self.areas.pop(id, None)
        told = told[1 + told[0] :]
        count, told = told[0], told[1:]
        for _ in range(count):
            length = int.from_bytes(told[:4], "little")
            area, told = told[4 : 4 + length], told[4 + length :]
            if len(area) != length or length < 51:
                raise _No(NO_COMMAND)
            self._write_long_area(area)
        if told:
            raise _No(NO_COMMAND)

    def _write_long_area(self, area: bytes) -> None:
        # Where each field begins: the table, its lengths added up, without programmes that it belongs to.
        id, run_mode, to_all, programmes, cover = area[0], area[1], area[4], area[5:7], area[7]
        kind, border, voice = area[12], area[21], area[46]
        left, top, wide, high = (int.from_bytes(area[at : at + 2], "little") for at in (13, 15, 17, 19))
        single, wrap, display = area[40], area[41], area[42]
        if run_mode > 5 or to_all != 1 or programmes != bytes(2) or cover > 2 or (kind, border, voice) != (0, 0, 0):
            raise _No(NO_COMMAND)
        size = int.from_bytes(area[47:51], "little")
        if area[8:12] + area[22:30] + area[34:40] != bytes(18) or size != len(area) - 51:
            raise _No(NO_COMMAND)
        self._keep(id, ShownArea(left, top, wide, high, wrap == 2, display, ""), single, wrap, area[51:])

    # both

    def _answer(self, said: bytes) -> bytes:
        """``said``: group, number, error, and what a status adds."""
        if self._generation == "6q":
            data = b"\0" + said[:2] + struct.pack("<HHH", 0, said[2], 0)
            body = bytes.fromhex("00 80 FF FF F0 00 66 03 00 00 00 00") + struct.pack("<L", len(data)) + data
        else:
            data = said + bytes(max(0, 5 - len(said)))
            body = bytes.fromhex("00 80 01 00 00 00 00 00 00 00 FE 02") + struct.pack("<H", len(data)) + data
        body += struct.pack("<H", _crc(body))
        for byte, hidden in ((0xA6, b"\xa6\x01"), (0xA5, b"\xa6\x02"), (0x5B, b"\x5b\x01"), (0x5A, b"\x5b\x02")):
            body = body.replace(bytes([byte]), hidden)
        return b"\xa5" * 8 + body + b"\x5a"
