"""The paper ticket: 80 mm paper, 72 mm of it printed, 576 dots wide at 203 dpi."""

import time
from typing import Any

from PIL import ImageOps

from firmware.screens.fonts import fit, fit_lines
from firmware.screens.sheet import Sheet
from firmware.wire.messages.queue import TicketIssued
from firmware.words import words

WIDTH_PX = 576
_BLACK, _WHITE = "#000000", "#FFFFFF"
_EDGE_PX = 16


class _Roll:
    """Paper that grows downwards."""

    def __init__(self) -> None:
        self._sheet = Sheet(WIDTH_PX, 1200, _WHITE)
        self.y_px = 12

    def line(self, text: str, size_px: int, bold: float = 0.0, leading: float = 1.4) -> None:
        """One line in the middle, smaller or shortened when it is too long."""
        text, size_px = fit(text, size_px, WIDTH_PX - 2 * _EDGE_PX - int(2 * size_px * bold), size_px // 2)
        bottom_px = self.y_px + int(size_px * leading)
        self._sheet.text((_EDGE_PX, self.y_px, WIDTH_PX - _EDGE_PX, bottom_px), text, size_px, _BLACK, "middle", bold)
        self.y_px = bottom_px

    def lines(self, text: str, size_px: int, leading: float = 1.4) -> None:
        """As many lines as the text needs."""
        for line in fit_lines(text, size_px, WIDTH_PX - 2 * _EDGE_PX, 10 * size_px)[0]:
            self.line(line, size_px, leading=leading)

    def mark(self, text: str) -> None:
        """White on black, to be seen at once."""
        size_px, high_px, wide_px = 36, 56, 36 * (len(text) + 1)
        left_px = (WIDTH_PX - wide_px) // 2
        box = (left_px, self.y_px, left_px + wide_px, self.y_px + high_px)
        self._sheet.box(box, _BLACK, 10)
        self._sheet.text(box, text, size_px, _WHITE, "middle", 0.01)
        self.y_px += high_px + 8

    def rule(self) -> None:
        """A line across."""
        self._sheet.box((_EDGE_PX, self.y_px + 8, WIDTH_PX - _EDGE_PX, self.y_px + 11), _BLACK)
        self.y_px += 20

    def dots(self) -> tuple[int, int, bytes]:
        """Width, height, and the rows as a printer takes them: 1 bit a dot, 1 is black."""
        grey = ImageOps.invert(self._sheet.image.convert("L")).crop((0, 0, WIDTH_PX, self.y_px + 12))
        # A hard edge, not a dither: thermal dots are either there or not, and grey rims make text ragged.
        return grey.width, grey.height, grey.point(lambda level: 255 * (level > 127), "1").tobytes()


def draw(content: dict[str, Any]) -> tuple[int, int, bytes]:
    """``site``, ``hall``, ``service``, ``ticket`` (TicketIssued), ``utc_offset_min`` → dots as in `PaperPort.rows`."""
    ticket: TicketIssued = content["ticket"]
    roll = _Roll()
    if content["site"]:
        roll.line(content["site"], 32)
    if content["hall"]:
        roll.line(content["hall"], 32)
    roll.rule()
    roll.line(content["service"], 44, bold=0.01)
    roll.line(ticket.number, 140, bold=0.02, leading=1.2)
    if ticket.priority != "none":
        roll.mark(words("priority." + ticket.priority))
    if ticket.reprint:
        roll.mark(words("screen.ticket.reprint"))
    ahead = "screen.ahead" if ticket.ahead else "screen.ahead.nobody"
    roll.line(words(ahead, count=ticket.ahead), 38, bold=0.01)
    roll.rule()
    roll.lines(words("screen.ticket.wait"), 26)
    roll.lines(words("screen.ticket.once"), 26)
    at = time.gmtime(ticket.issued_at_ms // 1000 + content["utc_offset_min"] * 60)
    roll.line(words("screen.ticket.time", time=time.strftime("%Y-%m-%d %H:%M:%S", at)), 24)
    return roll.dots()
