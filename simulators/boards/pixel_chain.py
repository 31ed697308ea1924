"""A chain of APA102 LEDs on a virtual board's SPI, as an eye sees it."""

from PIL import Image

HEAD_BYTES = 4  # zeros, then four bytes a LED: 111 and brightness, blue, green, red (APA102 datasheet)


class PixelChain:
    """Put it on a bus with `VirtualBoard.attach`. Laid out from the top left, in a serpentine every other row back."""

    def __init__(self, width_px: int, height_px: int, *, is_serpentine: bool = True) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.frames = 0
        self._is_serpentine = is_serpentine
        self._came = bytearray()
        self._shown = bytes(3 * width_px * height_px)

    def transfer(self, data: bytes) -> bytes:
        """What the bus brings; nothing is said back. Four zeros begin a frame."""
        if data.startswith(bytes(HEAD_BYTES)):
            self._came.clear()
        self._came += data
        count = self.width_px * self.height_px
        if len(self._came) >= HEAD_BYTES + 4 * count + count // 16:  # with the clocks that carry it to the last LED
            self._show(bytes(self._came[HEAD_BYTES : HEAD_BYTES + 4 * count]))
            self._came.clear()
        return b"\xff" * len(data)

    def picture(self) -> Image.Image:
        """The newest whole frame; black before the first."""
        return Image.frombytes("RGB", (self.width_px, self.height_px), self._shown)

    def _show(self, leds: bytes) -> None:
        rgb = bytearray()
        for y_px in range(self.height_px):
            row = range(y_px * self.width_px, (y_px + 1) * self.width_px)
            for led in reversed(row) if self._is_serpentine and y_px % 2 else row:
                blue, green, red = leds[4 * led + 1 : 4 * led + 4]
                rgb += bytes((red, green, blue))
        self._shown = bytes(rgb)
        self.frames += 1
