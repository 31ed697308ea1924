"""An LED strip as it hangs on the wall."""

import io

from PIL import Image, ImageDraw

GAP = (24, 24, 28)  # the frame between folded rows


class SimulatedStrip:
    """The pixels of a strip up to tens of metres long."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.shows = 0  # how often the picture changed
        self.percent = 100  # of full light
        self._behind = bytearray(width_px * height_px * 3)
        self._seen = Image.new("RGB", (width_px, height_px))
        self._left, self._right = width_px, 0  # columns given since the last show
        self._bottom = 0

    def image(self) -> Image.Image:
        """What is lit, one pixel a LED, as bright as it is."""
        if self.percent == 100:
            return self._seen.copy()
        return self._seen.point(lambda value: value * self.percent // 100)

    def picture(self) -> bytes:
        """The same as PNG."""
        return _png(self.image())

    def folded(self, columns_px: int = 1848) -> Image.Image:
        """The strip cut into pieces of ``columns_px``, laid below one another from left to right, to be looked at."""
        pieces = -(-self.width_px // columns_px)
        pitch_px = self.height_px + 8
        sheet = Image.new("RGB", (min(columns_px, self.width_px), pieces * pitch_px - 8), GAP)
        seen = self.image()
        for piece in range(pieces):
            left = piece * columns_px
            right = min(left + columns_px, self.width_px)
            sheet.paste(seen.crop((left, 0, right, self.height_px)), (0, piece * pitch_px))
        return sheet

    def glow(self, left_px: int, width_px: int, led_px: int = 6) -> Image.Image:
        """A close look at some columns: each LED a dot with a dark rim, ``led_px`` pixels apart."""
        crop = self.image().crop((left_px, 0, left_px + width_px, self.height_px))
        big = crop.resize((width_px * led_px, self.height_px * led_px), Image.Resampling.NEAREST)
        dot = Image.new("L", (led_px * 4, led_px * 4), 20)
        rim_px = led_px * 4 // 12
        ImageDraw.Draw(dot).ellipse((rim_px, rim_px, led_px * 4 - 1 - rim_px, led_px * 4 - 1 - rim_px), fill=255)
        dot = dot.resize((led_px, led_px), Image.Resampling.LANCZOS)
        row = Image.new("L", (big.width, led_px))
        for x in range(0, big.width, led_px):
            row.paste(dot, (x, 0))
        mask = Image.new("L", big.size)
        for y in range(0, big.height, led_px):
            mask.paste(row, (0, y))
        return Image.composite(big, Image.new("RGB", big.size, (10, 10, 12)), mask)

    # what the driver sees: drivers.ports.PixelPort

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Pixels for the next show."""
        at = (y_px * self.width_px + x_px) * 3
        self._behind[at : at + len(rgb)] = rgb
        self._left = min(self._left, x_px)
        self._right = max(self._right, x_px + len(rgb) // 3)
        self._bottom = max(self._bottom, y_px + 1)

    def show(self) -> None:
        """Light up what was given; only its columns are copied, for a strip may be 15,000 of them."""
        width_px = self._right - self._left
        if width_px > 0:
            stride = self.width_px * 3
            part = b"".join(
                self._behind[y * stride + self._left * 3 : y * stride + self._right * 3] for y in range(self._bottom)
            )
            self._seen.paste(Image.frombytes("RGB", (width_px, self._bottom), part), (self._left, 0))
        self.shows += 1
        self._left, self._right, self._bottom = self.width_px, 0, 0

    def light(self, percent: int) -> None:
        """0 is dark."""
        self.percent = percent


def _png(image: Image.Image) -> bytes:
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=1)
    return png.getvalue()
