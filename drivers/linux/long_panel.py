"""A panel on a computer: with thousands of columns it spends memory for speed; it has work, health and a self-test."""

from functools import lru_cache
from typing import Protocol

from drivers.health import Health
from drivers.panel import Panel, pairs
from drivers.ports import PixelPort


class WatchedPixels(PixelPort, Protocol):
    """A pixel port that has work to do and can fail."""

    health: Health

    async def run(self) -> None:
        """Until cancelled."""
        ...

    async def self_test(self) -> str:
        """Show what an installer can judge; returns what answered. PartFault when nothing did."""
        ...


@lru_cache(maxsize=64)
def _fours(palette: tuple[int, ...]) -> list[bytes]:
    """A byte, four pixels, to twelve bytes of RGB."""
    two = pairs(list(palette))
    return [two[byte & 15] + two[byte >> 4] for byte in range(256)]


class LongPanel(Panel):
    """See `Panel`."""

    def __init__(self, port: WatchedPixels, width_px: int, height_px: int) -> None:
        super().__init__(port, width_px, height_px)
        self.health = port.health
        self.run = port.run

    @staticmethod
    def _colours(palette: list[int]) -> list[bytes]:
        return _fours(tuple(palette))

    def _row(self, rows: bytes, at: int, end: int, colours: list[bytes]) -> bytes:
        return b"".join(map(colours.__getitem__, rows[at:end]))
