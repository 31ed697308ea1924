"""Glyphs: characters as 1-bit masks, rendered once each, and the arithmetic of setting them in a line.

An LED is on or off at a distance: a half-lit edge only blurs. So there is no antialiasing here. Two renderings, chosen
by eye on enlarged pictures (tests/golden):

* below `OUTLINE_FROM_PX` FreeType's monochrome hinting, which gives strokes of one even width, as a bitmap font has;
  letters and digits, which have room inside, are made two pixels wide;
* from there on the outline, a little emboldened (the font is the regular weight) and cut at half coverage.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import pylopdf_fonts_zh_cn
from PIL import Image, ImageChops, ImageDraw, ImageFont

OUTLINE_FROM_PX = 26
HALF_COVERAGE = 128
BOLD_PER_PX = 0.016  # emboldening on each side of a stroke, in parts of the size
SMEAR_FROM_PX = 18  # smaller letters fill up when made bold

# Ink of Noto Sans SC above and below the baseline, in parts of the size, emboldening
# included: measured on 国, 窗 and on H, 0.
HAN_ABOVE, HAN_BELOW = 0.86, 0.09
CAP_ABOVE, CAP_BELOW = 0.755, 0.02

ELLIPSIS = "…"
NO_SUCH_CHARACTER = "\U0010fffd"  # private use: no font has it, so it is drawn as .notdef


class Glyph(NamedTuple):
    """One character in one size. ``left`` and ``top`` place the mask from the pen on the baseline (up is negative)."""

    mask: Image.Image  # mode "1", cut to its ink
    left: int
    top: int
    advance: int  # px to the next character


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    path = str(pylopdf_fonts_zh_cn.sans_path())
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)


def _ink(character: str, size_px: int, pen: tuple[int, int]) -> Image.Image:
    """The character on a canvas of its own, 255 where lit."""
    canvas = Image.new("L", (size_px * 3, size_px * 2), 0)
    draw = ImageDraw.Draw(canvas)
    if size_px < OUTLINE_FROM_PX:
        draw.fontmode = "1"
        draw.text(pen, character, fill=255, font=_font(size_px), anchor="ls")
        if character.isascii() and size_px >= SMEAR_FROM_PX:
            canvas = ImageChops.lighter(canvas, ImageChops.offset(canvas, 1, 0))
        return canvas
    draw.text(pen, character, fill=255, font=_font(size_px), anchor="ls", stroke_width=size_px * BOLD_PER_PX)
    return canvas.point(lambda value: 255 if value >= HALF_COVERAGE else 0)


def _boldness(size_px: int) -> int:
    """By how many px a letter became wider than its advance allows for. Han characters have that room in their box."""
    return 1 if size_px < OUTLINE_FROM_PX else round(size_px * BOLD_PER_PX * 2)


@lru_cache(maxsize=2048)
def glyph(character: str, size_px: int) -> Glyph:
    """``character`` at ``size_px`` (the em), from the cache after the first time."""
    pen = (size_px, round(size_px * 1.3))
    canvas = _ink(character, size_px, pen)
    box = canvas.getbbox() or (pen[0], pen[1], pen[0] + 1, pen[1] + 1)  # a space has no ink
    mask = canvas.crop(box).convert("1", dither=Image.Dither.NONE)
    advance = round(_font(size_px).getlength(character)) + (_boldness(size_px) if character.isascii() else 0)
    return Glyph(mask, box[0] - pen[0], box[1] - pen[1], advance)


def width_px(text: str, size_px: int) -> int:
    """How far the pen moves over ``text``."""
    return sum([glyph(character, size_px).advance for character in text])


def ink_height(text: str, size_px: int) -> tuple[int, int]:
    """Pixels above and below the baseline that a line of this script takes, the same for every text of it."""
    if text.isascii():
        return round(size_px * CAP_ABOVE), round(size_px * CAP_BELOW)
    return round(size_px * HAN_ABOVE), round(size_px * HAN_BELOW)


def draw_line(picture: Image.Image, text: str, size_px: int, left: int, baseline: int, colour: int) -> int:
    """Set ``text`` on ``picture`` (mode "P") from ``left``; returns where the pen is afterwards."""
    pen = left
    for character in text:
        mask, dx, dy, advance = glyph(character, size_px)
        picture.paste(colour, (pen + dx, baseline + dy), mask)
        pen += advance
    return pen


def fit_size(text: str, room_px: int, largest_px: int, smallest_px: int) -> int:
    """The largest size, between the two, at which ``text`` is at most ``room_px`` wide; else ``smallest_px``."""
    wide = width_px(text, largest_px)
    if wide <= room_px:
        return largest_px
    size_px = max(smallest_px, largest_px * max(0, room_px) // max(1, wide))
    while size_px > smallest_px and width_px(text, size_px) > room_px:
        size_px -= 1
    return size_px


def shortened(text: str, room_px: int, size_px: int) -> str:
    """``text``, or as much of its beginning as fits with an ellipsis; a remark in brackets goes first."""
    if width_px(text, size_px) <= room_px:
        return text
    plain = without_brackets(text)
    if width_px(plain, size_px) <= room_px:
        return plain
    room_px -= glyph(ELLIPSIS, size_px).advance
    kept = ""
    for character in plain:
        room_px -= glyph(character, size_px).advance
        if room_px < 0:
            break
        kept += character
    return kept.rstrip("、，·及和 ") + ELLIPSIS


def without_brackets(text: str) -> str:
    """``text`` without the remark in brackets that ends it: 不动产登记（含抵押） → 不动产登记."""
    for opening in "（(":
        before = text.partition(opening)[0].strip()
        if before and before != text:
            return before
    return text


def missing(text: Iterable[str]) -> set[str]:
    """Characters that the font does not have and would draw as an empty box."""
    font = _font(24)
    box = bytes(font.getmask(NO_SUCH_CHARACTER))
    return {character for character in text if not character.isspace() and bytes(font.getmask(character)) == box}
