"""A drawing surface for pages: boxes, and text that sits in the middle of its room."""

from functools import lru_cache

from PIL import Image, ImageDraw

from firmware.screens.fonts import fit, fit_lines, font, width_px
from firmware.screens.traditional import traditional

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels

# One set of colours for all screens; every pair of text and ground has a contrast of 7:1 or more (WCAG 2.1 AAA).
NIGHT, PANEL, STRIPE, BAR = "#071A33", "#0E2A4F", "#0B2342", "#123B73"
GREY, PALE = "#6B7889", "#C3CCD8"  # of what cannot be used now (WCAG asks no contrast of it)
WHITE, SOFT, YELLOW, GREEN = "#FFFFFF", "#C9D8EE", "#FFE14D", "#86F2A4"
PAPER, CARD, INK, FAINT, BLUE, RED = "#EEF3FA", "#FFFFFF", "#10233F", "#44546A", "#0B4DA2", "#A31515"
CHOSEN = "#DCE8F8"  # the ground of what is chosen

# High contrast: black ground, white ink, yellow buttons with black ink. By what a colour is used for, as CARD is WHITE.
_BLACK, _STRONG = "#000000", "#FFE14D"
_GROUNDS = {
    PAPER: _BLACK,
    CARD: _BLACK,
    BLUE: _STRONG,
    RED: "#FFB4B4",
    "#0B6B3A": "#86F2A4",
    STRIPE: _BLACK,
    CHOSEN: "#3A3300",
}
_INKS = {INK: WHITE, FAINT: WHITE, BLUE: _STRONG, RED: "#FFB4B4", CARD: _BLACK, "#0B6B3A": "#86F2A4"}
_INKS |= {GREY: "#8C8C8C", PALE: "#5A5A5A"}

# The middle of a Chinese character, and of a capital or digit, lies this far above the baseline, in ems
# (Noto Sans SC: ideographs -0.12 to 0.88, capitals 0 to 0.733).
_MIDDLE = 0.37


@lru_cache(maxsize=800)
def _run(text: str, size_px: int, stroke_px: float) -> tuple[Image.Image, int, int]:
    """A line of text as a mask, and where its top left lies from the baseline's beginning.

    Kept, since drawing glyphs with thick strokes is what a page's time goes to, and pages say the same words again.
    """
    face = font(size_px)
    left, top, right, bottom = face.getbbox(text, anchor="ls", stroke_width=stroke_px)
    left, top = int(left) - 1, int(top) - 1
    mask = Image.new("L", (int(right) - left + 2, int(bottom) - top + 2))
    ImageDraw.Draw(mask).text((-left, -top), text, fill=255, font=face, anchor="ls", stroke_width=stroke_px)
    return mask, left, top


class Sheet:
    """One page being drawn. ``is_strong``: in colours of high contrast, for eyes that need it.

    ``is_traditional``: Chinese in traditional characters.
    """

    def __init__(
        self, width_px: int, height_px: int, ground: str, is_strong: bool = False, is_traditional: bool = False
    ) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self._is_traditional = is_traditional
        self._grounds, self._inks = (_GROUNDS, _INKS) if is_strong else ({}, {})
        self.image = Image.new("RGB", (width_px, height_px), self._grounds.get(ground, ground))
        self._draw = ImageDraw.Draw(self.image)

    def box(self, box: Box, fill: str, radius_px: int = 0, edge: str = "", edge_px: int = 0) -> None:
        """A filled rectangle, its corners round, with an edge or without."""
        left, top, right, bottom = box
        fill, edge = self._grounds.get(fill, fill), self._inks.get(edge, edge)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius_px, fill=fill, outline=edge or None, width=edge_px
        )

    def text(self, box: Box, text: str, size_px: int, colour: str, align: str = "left", bold: float = 0.0) -> int:
        """One line in the middle of the box's height, shortened when it must be; returns where it ends, x in pixels.

        ``bold`` thickens the strokes by that share of an em, such as 0.02.
        """
        if self._is_traditional:
            text = traditional(text)
        left, top, right, bottom = box
        stroke_px = size_px * bold
        text, size_px = fit(text, size_px, int(right - left - 2 * stroke_px))
        length_px = width_px(text, size_px) + 2 * stroke_px
        x = {"left": left, "middle": (left + right - length_px) / 2, "right": right - length_px}[align]
        if text:
            mask, left_px, top_px = _run(text, size_px, stroke_px)
            place = round(x + stroke_px) + left_px, round((top + bottom) / 2 + size_px * _MIDDLE) + top_px
            self._draw.bitmap(place, mask, fill=self._inks.get(colour, colour))
        return int(x + length_px)

    def lines(self, box: Box, text: str, size_px: int, colour: str, align: str = "left", bold: float = 0.0) -> None:
        """Several lines in the middle of the box; smaller when they would not fit."""
        left, top, right, bottom = box
        broken, size_px = fit_lines(text, size_px, int(right - left - 2 * size_px * bold), bottom - top)
        pitch_px = size_px * 1.35
        y = (top + bottom - pitch_px * len(broken)) / 2
        for line in broken:
            self.text((left, int(y), right, int(y + pitch_px)), line, size_px, colour, align, bold)
            y += pitch_px

    def ellipse(self, box: Box, fill: str, edge: str = "", edge_px: int = 0) -> None:
        """A filled ellipse."""
        fill, edge = self._grounds.get(fill, fill), self._inks.get(edge, edge)
        self._draw.ellipse(box, fill=fill, outline=edge or None, width=edge_px)

    def arc(self, box: Box, start: float, end: float, colour: str, width_px: int) -> None:
        """A piece of an ellipse's line; degrees, clockwise from three o'clock."""
        self._draw.arc(box, start, end, fill=self._inks.get(colour, colour), width=width_px)

    def line(self, points: list[tuple[int, int]], colour: str, width_px: int) -> None:
        """A line with round joints."""
        self._draw.line(points, fill=self._inks.get(colour, colour), width=width_px, joint="curve")

    def picture(self, box: Box, picture: Image.Image) -> None:
        """A picture in the middle of the box, as large as it fits."""
        left, top, right, bottom = box
        share = min((right - left) / picture.width, (bottom - top) / picture.height)
        size = max(1, round(picture.width * share)), max(1, round(picture.height * share))
        place = (left + right - size[0]) // 2, (top + bottom - size[1]) // 2
        self.image.paste(picture.convert("RGB").resize(size, Image.Resampling.BILINEAR), place)


def columns(box: Box, count: int, gap_px: int) -> list[Box]:
    """The box cut into ``count`` equal columns."""
    left, top, right, bottom = box
    each = (right - left + gap_px) / count
    return [(round(left + i * each), top, round(left + (i + 1) * each) - gap_px, bottom) for i in range(count)]


def rows(box: Box, count: int, gap_px: int) -> list[Box]:
    """The box cut into ``count`` equal rows."""
    left, top, right, bottom = box
    each = (bottom - top + gap_px) / count
    return [(left, round(top + i * each), right, round(top + (i + 1) * each) - gap_px) for i in range(count)]


def inset(box: Box, by_px: int) -> Box:
    """The box, smaller by so much on every side."""
    return box[0] + by_px, box[1] + by_px, box[2] - by_px, box[3] - by_px


def key(page: Sheet, box: Box, label: str, is_chosen: bool, is_possible: bool = True) -> None:
    """A button with a word on it."""
    high = box[3] - box[1]
    room = inset(box, high // 10)
    size_px = high * 46 // 100
    needed_px = width_px(label, size_px) + size_px // 8
    size_px = max(size_px // 2, min(size_px, size_px * (room[2] - room[0]) // max(1, needed_px)))
    if not is_possible:
        page.box(box, PAPER, high // 6, PALE, max(2, high // 28))
        page.text(room, label, size_px, GREY, "middle", bold=0.01)
        return
    page.box(box, BLUE if is_chosen else CARD, high // 6, BLUE, max(2, high // 28))
    page.text(room, label, size_px, CARD if is_chosen else BLUE, "middle", bold=0.01)
