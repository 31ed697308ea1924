"""An Onbon BX-5K controller with its LEDs: checks frames bit by bit, keeps areas, lights them. Knows no driver."""

import asyncio
import re
import struct
from functools import cache
from typing import Any, NamedTuple

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from simulators.parts.serial_line import PtyLine

COLOURS = {1: (255, 40, 30), 2: (60, 230, 80), 3: (255, 190, 40)}
MARK = re.compile(r"\\C(\d)|\\F[A-Z]\d{3}")


class ShownArea(NamedTuple):
    """An area as the controller keeps it; ``x`` and ``width`` in its own unit."""

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


class SimulatedOnbon:
    """``x_unit``: how many pixels one unit of x and width is on this card."""

    def __init__(self, width_px: int, height_px: int, *, x_unit: int = 1, font_px: int = 16) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.areas: dict[int, ShownArea] = {}
        self.is_on = True
        self.brightness = 15
        self.is_powered = True
        self.bad_frames = 0  # with a wrong CRC, a wrong escape or a wrong length
        self.updates = 0  # areas written
        self.clock = b""
        self._noise = 0
        self._x_unit = x_unit
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
                wall.paste(self._area(area), (area.x * self._x_unit, area.y))
        return wall.point(lambda value: value * (self.brightness + 1) // 16)

    def texts(self) -> dict[int, str]:
        """Area → its text without marks."""
        return {id: MARK.sub("", area.text).strip() for id, area in sorted(self.areas.items())}

    def _area(self, area: ShownArea) -> Image.Image:
        picture = Image.new("RGB", (area.width * self._x_unit, area.height))
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
        try:
            # A6 02, A6 01, 5B 02, 5B 01 stand for A5, A6, 5A, 5B: the first byte, one less where a 2 follows.
            body = re.sub(rb"([\xa6\x5b])([\x01\x02])", lambda pair: bytes([pair[1][0] + 1 - pair[2][0]]), inner)
            crc, length = struct.unpack("<H", body[-2:])[0], struct.unpack_from("<H", body, 12)[0]
        except (struct.error, ValueError):
            crc, length, body = -1, 0, b""
        data = body[14:-2]
        if crc != _crc(body[:-2]) or length != len(data):
            self.bad_frames += 1
            return self._answer(b"\xa0\x01\x00\x01\x00")
        return self._answer(self._obey(data))

    def _obey(self, data: bytes) -> bytes:
        command, rest = data[:2], data[5:]
        if command == b"\xa1\x02":
            return self._status()
        if command == b"\xa3\x06":
            self._write(rest)
        elif command == b"\xa3\x02":
            self.brightness = rest[1]
        elif command == b"\xa3\x00":
            self.is_on = rest[0] == 1
        elif command == b"\xa2\x03":
            self.clock = rest
        elif command != b"\xa2\x00":
            return b"\xa0\x01\x00\x02\x00"
        return b"\xa0\x00\x00\x00\x00"

    def _status(self) -> bytes:
        time = bytes.fromhex("20 26 11 22 10 00 00 07")
        head = bytes((0xA1, 0x02, 0, 0, 0, self.is_on, self.brightness)) + time
        return head + bytes(7) + bytes([len(self.areas)]) + bytes(sorted(self.areas)) + bytes(16)

    def _write(self, told: bytes) -> None:
        deleted = told[0]
        if deleted == 0xFF:
            self.areas = {}
            told = told[1:]
        else:
            for id in told[1 : 1 + deleted]:
                self.areas.pop(id, None)
            told = told[1 + deleted :]
        for _ in range(told[0]):
            (length,) = struct.unpack_from("<H", told, 1)
            self._write_area(told[3 : 3 + length])
            told = told[:1] + told[3 + length :]

    def _write_area(self, area: bytes) -> None:
        _, x, y, width, height, id = struct.unpack_from("<BHHHHB", area)
        _, wrap, display = area[17], area[18], area[19]
        (size,) = struct.unpack_from("<L", area, 23)
        text = area[27 : 27 + size].decode("gb2312")
        self.areas[id] = ShownArea(x, y, width, height, wrap == 2, display, text)
        self.updates += 1

    def _answer(self, data: bytes) -> bytes:
        body = bytes.fromhex("00 80 01 00 00 00 00 00 00 00 FE 02") + struct.pack("<H", len(data)) + data
        body += struct.pack("<H", _crc(body))
        for byte, hidden in ((0xA6, b"\xa6\x01"), (0xA5, b"\xa6\x02"), (0x5B, b"\x5b\x01"), (0x5A, b"\x5b\x02")):
            body = body.replace(bytes([byte]), hidden)
        return b"\xa5" * 8 + body + b"\x5a"


class OnNetwork:
    """The controller's TCP port: `plug_in` before anything else, `pull` takes the cable out."""

    def __init__(self, controller: SimulatedOnbon) -> None:
        self.port = 0
        self._controller = controller
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def plug_in(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        """The connection breaks, and there is no other."""
        if self._server is not None:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while data := await reader.read(4096):
                writer.write(self._controller.hear(data))
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


def on_line(controller: SimulatedOnbon, link: str) -> PtyLine:
    """The controller at the end of a serial line whose device file is ``link``."""
    line: Any = None

    def hear(data: bytes) -> None:
        answer = controller.hear(data)
        if answer:
            line.say(answer)

    line = PtyLine(link, hear)
    return line  # type: ignore[no-any-return]
