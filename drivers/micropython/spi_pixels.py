"""A chain of APA102 or SK9822 LEDs laid out as a matrix: a pixel port on the clock and data of an SPI bus.

A frame is four zero bytes; then for each LED 111 and five bits of brightness, blue, green, red; then one more clock
for every two LEDs, since each LED delays the data by half a clock (APA102 datasheet).
"""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

LIMIT = 8192  # LEDs: 32 kB of memory, 33 ms a picture at 8 MHz. Longer strips have receiving cards on a Linux board.


class SpiPixels:
    """Row 0 is at the top and runs from left to right; in a serpentine every other row runs back.

    ``brightness`` 1 to 31. Raises ValueError for more than `LIMIT` LEDs.
    """

    def __init__(
        self, spi: "Any", width_px: int, height_px: int, *, is_serpentine: bool = True, brightness: int = 8
    ) -> None:
        count = width_px * height_px
        if not 0 < count <= LIMIT:
            raise ValueError(
                "%d x %d LEDs: a chain on SPI takes 1 to %d; use receiving cards on a Linux board"
                % (width_px, height_px, LIMIT)
            )
        self._spi = spi
        self._width_px = width_px
        self._is_serpentine = is_serpentine
        self._full = brightness
        self._frame = bytearray(4 + 4 * count + (count + 15) // 16 + 4)
        self._count = count
        self._dim(brightness)

    # drivers.ports.PixelPort

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Pixels for the next show."""
        frame = self._frame
        step = 4
        first = y_px * self._width_px + x_px
        if self._is_serpentine and y_px % 2:
            step = -4
            first = y_px * self._width_px + self._width_px - 1 - x_px
        at = 4 + 4 * first
        for source in range(0, len(rgb), 3):
            frame[at + 1] = rgb[source + 2]
            frame[at + 2] = rgb[source + 1]
            frame[at + 3] = rgb[source]
            at += step

    def show(self) -> None:
        """Clock the whole picture out."""
        self._spi.write(self._frame)

    async def self_test(self, seconds: float = 1.0) -> str:
        """Red, green, blue and white, one after the other, then again what was there. The caller looks."""
        head = bytes((self._frame[4],))
        tail = self._frame[4 + 4 * self._count :]
        for colour in (b"\0\0\xff", b"\0\xff\0", b"\xff\0\0", b"\xff\xff\xff"):  # blue, green, red
            self._spi.write(bytes(4))
            row = (head + colour) * self._width_px
            for _ in range(self._count // self._width_px):
                self._spi.write(row)
            self._spi.write(tail)
            await asyncio.sleep(seconds)
        self.show()
        return "%d LEDs were told red, green, blue, white" % self._count

    def light(self, percent: int) -> None:
        """In the 31 steps that the LEDs have; what is not 0 stays visible."""
        self._dim((self._full * percent + 99) // 100)
        self.show()

    def _dim(self, level: int) -> None:
        for at in range(4, 4 + 4 * self._count, 4):
            self._frame[at] = 0xE0 | level
