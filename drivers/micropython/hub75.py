"""HUB75 panels: a picture as bit-planes, and the endless scan that lights two rows at a time.

Such a panel remembers nothing: each line is shifted in, latched, and lit for a moment, again and again. Row r and row
r + height/2 are shifted together. Facts: moonbaseotago's and RPiHUB-75E's descriptions of the connector; data is taken
on the rising edge of CLK, LAT high transfers, OE low lights.
"""

import asyncio

from drivers.faults import PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

MOST_PX = 16384  # of a picture: 48 kB with the most planes


class Hub75Frame:
    """``planes`` 1 to 4: 2, 4, 8 or 16 steps a colour; ``order``: which of r, g, b is on the wires R, G, B.

    One byte a column, line and plane: R1 G1 B1 R2 G2 B2 from the lowest bit on. Raises PartFault for a size that
    cannot be.
    """

    def __init__(self, width_px: int, height_px: int, planes: int = 3, order: str = "rgb") -> None:
        if height_px not in (16, 32, 64) or width_px < 1 or width_px * height_px > MOST_PX:
            raise PartFault(
                "panel",
                "%d x %d: a HUB75 chain is 16, 32 or 64 rows of together at most 16384 LEDs" % (width_px, height_px),
            )
        self.width_px = width_px
        self.lines = height_px // 2
        self.planes = planes
        self._colours = ["rgb".index(colour) for colour in order]
        self._bits = bytearray(planes * self.lines * width_px)
        self._view = memoryview(self._bits)

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Pixels into all planes; the upper bits of a colour count."""
        bits = self._bits
        half = 3 if y_px >= self.lines else 0
        keep = 7 if half else 56
        red, green, blue = self._colours
        for plane in range(self.planes):
            mask = 1 << 8 - self.planes + plane
            at = (plane * self.lines + y_px % self.lines) * self.width_px + x_px
            for source in range(0, len(rgb), 3):
                value = 1 if rgb[source + red] & mask else 0
                if rgb[source + green] & mask:
                    value |= 2
                if rgb[source + blue] & mask:
                    value |= 4
                bits[at] = bits[at] & keep | value << half
                at += 1

    def fill(self, colour: bytes) -> bytes:
        """One colour (RGB) everywhere; empty changes nothing. Returns what was there, for `put_back`."""
        before = bytes(self._bits)
        if colour:
            for y in range(2 * self.lines):
                self.row(0, y, colour * self.width_px)
        return before

    def put_back(self, before: bytes) -> None:
        """What `fill` returned."""
        self._bits[:] = before

    def line(self, plane: int, line: int) -> "Any":
        """The bytes of one line of one plane, in the order in which they are shifted."""
        at = (plane * self.lines + line) * self.width_px
        return self._view[at : at + self.width_px]


class Hub75Pixels:
    """A `PixelPort`. ``port``: `shift` and `light_line`, see `hub75_pins` and `hub75_pio`.

    ``line_us``: how long a line of the highest plane is lit at full light; each lower plane half of that.
    """

    def __init__(self, port: "Any", frame: Hub75Frame, line_us: int = 60) -> None:
        self._port = port
        self._frame = frame
        self._line_us = line_us
        self._percent = 100

    # drivers.ports.PixelPort

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Seen with the next scan of that row."""
        self._frame.row(x_px, y_px, rgb)

    def show(self) -> None:
        """The scan shows it anyway."""

    def light(self, percent: int) -> None:
        """0 is dark: nothing is lit, though the scan goes on."""
        self._percent = percent

    # work

    async def self_test(self, seconds: float = 1.0) -> str:
        """Red, green, blue and white, one after the other, then again what was there. The caller looks."""
        before = self._frame.fill(b"")
        for colour in (b"\xff\0\0", b"\0\xff\0", b"\0\0\xff", b"\xff\xff\xff"):
            self._frame.fill(colour)
            await asyncio.sleep(seconds)
        self._frame.put_back(before)
        return "%d x %d LEDs were told red, green, blue, white" % (self._frame.width_px, self._frame.lines * 2)

    async def run(self) -> None:
        """For ever: scan, and let the others have a turn after each picture."""
        while True:
            self.scan()
            await asyncio.sleep(0)

    def scan(self) -> None:
        """Every line of every plane once."""
        frame, port = self._frame, self._port
        for plane in range(frame.planes):
            lit_us = (self._line_us * self._percent // 100) >> frame.planes - 1 - plane
            for line in range(frame.lines):
                port.shift(frame.line(plane, line))
                port.light_line(line, lit_us)
