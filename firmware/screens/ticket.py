"""The paper ticket: what stands on it, for printers with letters of their own, and drawn for all others.

The texts are those of a Chinese service hall's ticket: hall, service, number, how many are ahead, what to do, when.
"""

import time
from typing import Any, NamedTuple

from PIL import Image, ImageOps

from firmware.screens.fonts import fit, fit_lines
from firmware.screens.qr import picture
from firmware.screens.sheet import Sheet
from firmware.wire.messages.queue import TicketIssued
from firmware.words import words

_BLACK, _WHITE = "#000000", "#FFFFFF"
_EDGE_PX = 16
_DESIGN_PX = 576  # the width for which the sizes below are meant: 72 mm at 203 dpi
_MODULE_PX = 5  # of a QR code


class _Look(NamedTuple):
    """``px`` of a drawn line; ``scale`` of the printer's own letters, 24 dots high at 1."""

    px: int
    bold: float = 0.0
    leading: float = 1.4
    scale: int = 1


_LOOKS = {
    "place": _Look(32),
    "service": _Look(44, 0.01, scale=2),
    "number": _Look(140, 0.02, 1.2, scale=5),
    "ahead": _Look(38, 0.01, scale=2),
    "note": _Look(26),
    "time": _Look(24),
}


def _parts(content: dict[str, Any]) -> list[tuple[str, str]]:
    """What stands on it from top to bottom: (a look, "mark", "rule" or "code"; text)."""
    if not content:
        said = [("service", words("screen.ticket.test")), ("note", words("screen.ticket.test.see"))]
        return [*said, ("rule", ""), ("number", "A0123"), ("code", "hallhub")]
    ticket: TicketIssued = content["ticket"]
    parts = [("place", place) for place in (content["site"], content["hall"]) if place]
    parts += [("rule", ""), ("service", content["service"]), ("number", ticket.number)]
    marks = [words("priority." + ticket.priority)] if ticket.priority != "none" else []
    marks += [words("screen.ticket.booked")] if ticket.booked else []
    marks += [words("screen.ticket.persons", count=ticket.persons)] if ticket.persons > 1 else []
    marks += [words("screen.ticket.reprint")] if ticket.reprint else []
    marks += [words("screen.ticket.offline")] if ticket.offline else []
    parts += [("mark", mark) for mark in marks]
    if ticket.offline:
        parts += [("note", words("screen.ahead.unknown"))]
    else:
        ahead = "screen.ahead" if ticket.ahead else "screen.ahead.nobody"
        parts += [("ahead", words(ahead, count=ticket.ahead))]
    parts += [("note", words("screen.ahead.minutes", minutes=ticket.wait_min))] if ticket.wait_min > 0 else []
    parts += [("rule", "")]
    parts += [("note", words("screen.ticket.wait")), ("note", words("screen.ticket.once"))]
    parts += _rating(ticket)
    code = content.get("code", "{ticket}.{check}" if ticket.check else "{ticket}")
    code = code.format(ticket=ticket.ticket, number=ticket.number, check=ticket.check)
    parts += [("code", ticket.link or code)]
    at = time.gmtime(ticket.issued_at_ms // 1000 + content["utc_offset_min"] * 60)
    return [*parts, ("time", words("screen.ticket.time", time=time.strftime("%Y-%m-%d %H:%M:%S", at)))]


def _rating(ticket: TicketIssued) -> list[tuple[str, str]]:
    """How its holder rates afterwards: by phone or at a kiosk, and what is typed there."""
    if not ticket.check:
        return [("note", words("screen.ticket.rate"))] if ticket.link else []
    how = "screen.ticket.rate.both" if ticket.link else "screen.ticket.rate.kiosk"
    typed = words("screen.ticket.check", number=ticket.number, check=ticket.check)
    return [("note", words(how)), ("note", typed)]


def elements(content: dict[str, Any]) -> list[tuple[Any, ...]]:
    """``site``, ``hall``, ``service``, ``ticket`` (TicketIssued), ``utc_offset_min``, and perhaps ``code`` (what the
    QR code says, ``{ticket}``, ``{number}`` and ``{check}`` filled in) → elements as in `drivers.ticket_printer`.

    An empty content is a slip for testing the printer.
    """
    made: list[tuple[Any, ...]] = []
    for kind, text in _parts(content):
        if kind == "rule":
            made.append(("rule",))
        elif kind == "code":
            made.append(("qr", text))
        elif kind == "mark":
            made.append(("text", f"【{text}】", 2, True))
        else:
            look = _LOOKS[kind]
            made.append(("text", text, look.scale, look.bold > 0))
    return made


def draw(content: dict[str, Any], width_px: int = _DESIGN_PX) -> tuple[int, int, bytes]:
    """The same as dots, see `elements`; ``width_px`` is a multiple of 8."""
    roll = _Roll(width_px)
    for kind, text in _parts(content):
        if kind == "rule":
            roll.rule()
        elif kind == "code":
            roll.code(text)
        elif kind == "mark":
            roll.mark(text)
        elif kind == "note":
            roll.lines(text, _LOOKS[kind])
        else:
            roll.line(text, _LOOKS[kind])
    return roll.dots()


def qr(text: str) -> tuple[int, int, bytes]:
    """A QR code as dots, with its quiet zone."""
    return _dots(picture(text, _MODULE_PX))


def _dots(image: Image.Image) -> tuple[int, int, bytes]:
    """Width, height, and the rows as a printer takes them: 1 bit a dot, 1 is black."""
    # A hard edge, not a dither: thermal dots are either there or not, and grey rims make text ragged.
    hard = ImageOps.invert(image.convert("L")).point(lambda level: 255 * (level > 127), "1")
    return hard.width, hard.height, hard.tobytes()


class _Roll:
    """Paper that grows downwards."""

    def __init__(self, width_px: int) -> None:
        self._wide_px = width_px
        self._shrink = width_px / _DESIGN_PX
        self._sheet = Sheet(width_px, 1600, _WHITE)
        self._y_px = 12

    def line(self, text: str, look: _Look) -> None:
        """One line in the middle, smaller or shortened when it is too long."""
        size_px = max(22, int(look.px * self._shrink))
        room_px = self._wide_px - 2 * _EDGE_PX - int(2 * size_px * look.bold)
        text, size_px = fit(text, size_px, room_px, size_px // 2)
        bottom_px = self._y_px + int(size_px * look.leading)
        box = (_EDGE_PX, self._y_px, self._wide_px - _EDGE_PX, bottom_px)
        self._sheet.text(box, text, size_px, _BLACK, "middle", look.bold)
        self._y_px = bottom_px

    def lines(self, text: str, look: _Look) -> None:
        """As many lines as the text needs."""
        size_px = max(22, int(look.px * self._shrink))
        for line in fit_lines(text, size_px, self._wide_px - 2 * _EDGE_PX, 10 * size_px)[0]:
            self.line(line, look)

    def mark(self, text: str) -> None:
        """White on black, to be seen at once."""
        size_px, high_px, wide_px = 36, 56, 36 * (len(text) + 1)
        left_px = (self._wide_px - wide_px) // 2
        box = (left_px, self._y_px, left_px + wide_px, self._y_px + high_px)
        self._sheet.box(box, _BLACK, 10)
        self._sheet.text(box, text, size_px, _WHITE, "middle", 0.01)
        self._y_px += high_px + 8

    def rule(self) -> None:
        """A line across."""
        self._sheet.box((_EDGE_PX, self._y_px + 8, self._wide_px - _EDGE_PX, self._y_px + 11), _BLACK)
        self._y_px += 20

    def code(self, text: str) -> None:
        """A QR code in the middle."""
        code = picture(text, _MODULE_PX)
        self._sheet.image.paste(code.convert("RGB"), ((self._wide_px - code.width) // 2, self._y_px))
        self._y_px += code.height

    def dots(self) -> tuple[int, int, bytes]:
        """All of it."""
        return _dots(self._sheet.image.crop((0, 0, self._wide_px, self._y_px + 12)))
