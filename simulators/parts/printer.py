"""A ticket printer: its roll of paper, its knife, its tray."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from simulators.pace import Change

Draw = Callable[[dict[str, Any]], tuple[int, int, bytes]]


class PrintedTicket:
    """One piece of paper. ``number`` is what its holder reads on it."""

    def __init__(self, number: str, width_px: int, rows: bytes) -> None:
        self.number = number
        self._width_px = width_px
        self._rows = rows

    def image(self) -> Image.Image:
        """The paper: white, with black dots."""
        height_px = len(self._rows) // ((self._width_px + 7) // 8)
        return Image.frombytes("1", (self._width_px, height_px), self._rows, "raw", "1;I")

    def png(self) -> bytes:
        """The same as PNG."""
        png = io.BytesIO()
        self.image().save(png, "PNG")
        return png.getvalue()


class SimulatedPrinter:
    """``tray`` holds the newest ``tray_holds`` tickets, the newest last; a hand may take them out."""

    def __init__(self, tray_holds: int = 20) -> None:
        self.tray: list[PrintedTicket] = []
        self.printed = Change()
        self._tray_holds = tray_holds
        self._on_paper = bytearray()
        self._width_px = 0
        self._says = ""  # the number on the page that is being printed
        self._trouble = ""
        self._rows_left: int | None = None

    def paper(self) -> bytes:
        """The newest ticket as PNG. LookupError when the tray is empty."""
        if not self.tray:
            raise LookupError("the tray is empty: nothing was printed yet, or it was taken")
        return self.tray[-1].png()

    def reads(self, draw: Draw) -> Draw:
        """``draw``, watched by an eye that reads the number on the page."""

        def watched(content: dict[str, Any]) -> tuple[int, int, bytes]:
            self._says = content["ticket"].number
            return draw(content)

        return watched

    def run_out_of_paper(self, after_rows: int = 0) -> None:
        """The roll ends after so many more rows of dots."""
        self._rows_left = after_rows
        if not after_rows:
            self._trouble = "paper out"

    def put_paper_in(self) -> None:
        """A new roll; what was half printed is thrown away."""
        self._rows_left = None
        self._trouble = ""
        self._on_paper.clear()

    def open_cover(self) -> None:
        """Nothing prints until it is closed."""
        self._trouble = "cover open"

    def close_cover(self) -> None:
        """Ready again if there is paper."""
        self._trouble = "paper out" if self._rows_left == 0 else ""
        self._on_paper.clear()

    # what the driver sees: drivers.ports.PaperPort

    async def status(self) -> str:
        """Empty, or what is wrong."""
        return self._trouble

    async def rows(self, width_px: int, rows: bytes) -> None:
        """Dots onto the paper."""
        row_bytes = (width_px + 7) // 8
        if self._rows_left is not None:
            rows = rows[: self._rows_left * row_bytes]
            self._rows_left -= len(rows) // row_bytes
            if not self._rows_left:
                self._trouble = "paper out"
        if self._trouble:
            raise OSError(self._trouble)
        self._width_px = width_px
        self._on_paper += rows

    async def cut(self) -> None:
        """The ticket falls into the tray."""
        if self._trouble:
            raise OSError(self._trouble)
        self.tray.append(PrintedTicket(self._says, self._width_px, bytes(self._on_paper)))
        del self.tray[: -self._tray_holds]
        self._on_paper.clear()
        self.printed.notify()
