"""A panel on a computer: with thousands of columns it spends memory for speed; it has work, health and a self-test."""

from functools import lru_cache
from typing import Protocol

from drivers.health import Health
from drivers.panel import Panel, pairs
from drivers.ports import PixelPort


class WatchedPixels(PixelPort, Protocol):
    """A pixel port that has work to do and can fail. ``order``: of the colours in `row_in_order`, a turn of rgb."""

    health: Health
    order: str

    def row_in_order(self, x_px: int, y_px: int, pixels: bytes) -> None:
        """As `row`, its colours in the port's own order: nothing is turned on the way."""
        ...

    async def run(self) -> None:
        """Until cancelled."""
        ...

    async def self_test(self) -> str:
        """Show what an installer can judge; returns what answered. PartFault when nothing did."""
        ...


@lru_cache(maxsize=64)
def _fours(palette: tuple[int, ...], order: str) -> list[bytes]:
    """A byte, four pixels, to twelve bytes of colours in ``order``."""
    two = [_turned(pixels, order) for pixels in pairs(list(palette))]
    return [two[byte & 15] + two[byte >> 4] for byte in range(256)]


def _turned(pixels: bytes, order: str) -> bytes:
    return bytes(pixels[at + "rgb".index(colour)] for at in (0, 3) for colour in order)


class LongPanel(Panel):
    """See `Panel`."""

    def __init__(self, port: WatchedPixels, width_px: int, height_px: int) -> None:
        super().__init__(port, width_px, height_px)
        self._row_in_order = port.row_in_order
        self._order = port.order
        self.health = port.health
        self.run = port.run

    def _colours(self, palette: list[int]) -> list[bytes]:
        return _fours(tuple(palette), self._order)

    def _give(self, x: int, y: int, row: bytes) -> None:
        self._row_in_order(x, y, row)

    def _row(self, rows: bytes, at: int, end: int, colours: list[bytes]) -> bytes:
        return b"".join(map(colours.__getitem__, rows[at:end]))
