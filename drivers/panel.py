"""An LED matrix: regions of 2-bit pixels drawn onto rows of RGB."""

from drivers.faults import PartFault

try:
    from drivers.ports import PixelPort
except ImportError:  # a board may leave the protocols out
    pass


def pairs(palette: "list[int]") -> "list[bytes]":
    """Four bits, two pixels, to six bytes of RGB: small enough for a microcontroller, quick enough for a long strip."""
    colours = [b"\0\0\0"] * 4
    for value, colour in enumerate(palette[:3]):
        colours[value + 1] = bytes((colour >> 16 & 255, colour >> 8 & 255, colour & 255))
    return [colours[four & 3] + colours[four >> 2] for four in range(16)]


class Panel:
    """``width_px`` by ``height_px`` LEDs behind one pixel port. A draw changes its region and nothing else."""

    def __init__(self, port: "PixelPort", width_px: int, height_px: int) -> None:
        self._port = port
        if hasattr(port, "self_test"):
            self.self_test = port.self_test
        self.width_px = width_px
        self.height_px = height_px

    def draw(self, x: int, width: int, height: int, palette: "list[int]", rows: bytes) -> None:
        """Show a region from its left edge ``x``, all in pixels, at the top of the panel.

        ``rows`` as in ShowRegion: 2 bits a pixel, the leftmost in the lowest bits, rows padded to whole bytes; value 0
        is off, 1 to 3 are ``palette`` (0xRRGGBB). Raises PartFault when the region does not fit.
        """
        self._check(x, width, height)
        row_bytes = (width + 3) // 4
        if len(rows) != row_bytes * height:
            raise PartFault("panel", "%d bytes of pixels for %d x %d" % (len(rows), width, height))
        colours = self._colours(palette)
        for y in range(height):
            row = self._row(rows, y * row_bytes, (y + 1) * row_bytes, colours)
            self._give(x, y, row[: width * 3])
        self._port.show()

    def clear(self, x: int, width: int, height: int) -> None:
        """Switch a region off. Raises PartFault when it does not fit."""
        self._check(x, width, height)
        dark = bytes(width * 3)
        for y in range(height):
            self._port.row(x, y, dark)
        self._port.show()

    def light(self, percent: int) -> None:
        """How bright, 0 (dark) to 100."""
        self._port.light(percent)

    def _colours(self, palette: "list[int]") -> "list[bytes]":
        return pairs(palette)

    def _give(self, x: int, y: int, row: bytes) -> None:
        self._port.row(x, y, row)

    def _row(self, rows: bytes, at: int, end: int, colours: "list[bytes]") -> bytes:
        """The bytes of ``rows`` from ``at`` to ``end`` as RGB."""
        parts = []
        for place in range(at, end):
            byte = rows[place]
            parts.append(colours[byte & 15])
            parts.append(colours[byte >> 4])
        return b"".join(parts)

    def _check(self, x: int, width: int, height: int) -> None:
        if x < 0 or x + width > self.width_px or height > self.height_px:
            raise PartFault(
                "panel",
                "region x %d, %d x %d does not fit %d x %d; compare width_px, height_px with the site's regions"
                % (x, width, height, self.width_px, self.height_px),
            )
