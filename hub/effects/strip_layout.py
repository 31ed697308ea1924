"""How a region of a strip looks: a window's number, its service and its ticket, or a line of text, as a picture.

Drawn for reading from across a hall: the window number on a plate at the left, the service above, the ticket number as
large as the height allows below. Everything is measured in parts of the height, so 48 to 192 px look alike.
"""

from typing import NamedTuple

from PIL import Image, ImageDraw

from hub.effects.glyphs import (
    CAP_ABOVE,
    CAP_BELOW,
    draw_line,
    fit_size,
    ink_height,
    shortened,
    width_px,
    without_brackets,
)

OFF, PLATE, TITLE, MAIN = range(4)  # pixel values; 1 to 3 are the palette

WORTH_A_BREAK = 1.35
SMALLEST_PX = 14  # below this Han characters are no longer characters
SMALLEST_REGION_PX = 24


class Look(NamedTuple):
    """Everything that decides the pixels of a region; equal looks have equal pixels.

    ``plate`` is the window number, empty for a region without window, which shows ``main`` alone. ``side`` is up to two
    short lines beside ``main``; it gives way when there is no room.
    """

    width: int
    height: int
    plate: str
    title: str
    main: str
    side: tuple[str, ...] = ()


class Box(NamedTuple):
    """A part of the picture, in px."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def draw(look: Look) -> Image.Image:
    """The picture, mode "P", values 0 to 3. A region in which not even one character fits stays dark."""
    picture = Image.new("P", (look.width, look.height), OFF)
    if min(look.width, look.height) < SMALLEST_REGION_PX:
        return picture
    if look.plate:
        _draw_window(picture, look)
    else:
        _draw_banner(picture, look.main)
    return picture


def _draw_window(picture: Image.Image, look: Look) -> None:
    height = look.height
    gap = max(2, height // 20)
    plate_right = gap + min(round(height * 0.9), look.width // 3)
    _draw_plate(picture, Box(gap, gap, plate_right, height - gap), look.plate)
    text = Box(plate_right + 2 * gap, gap, look.width - gap, height - gap)
    title_bottom = text.top + max(SMALLEST_PX + 1, round(height * 0.28))
    _draw_title(picture, text._replace(bottom=title_bottom), look.title)
    _draw_main(picture, text._replace(top=title_bottom + height // 12), look)


def _draw_plate(picture: Image.Image, box: Box, number: str) -> None:
    """The window number, dark on a lit plate: found at once, whatever stands beside it."""
    radius = max(2, box.height // 10)
    ImageDraw.Draw(picture).rounded_rectangle((box.left, box.top, box.right - 1, box.bottom - 1), radius, fill=PLATE)
    size_px = fit_size(number, round(box.width * 0.84), round(box.height * 0.78 / CAP_ABOVE), 8)
    _centred(picture, number, size_px, box, OFF)


def _draw_title(picture: Image.Image, box: Box, title: str) -> None:
    largest = round(box.height / 0.95)
    smallest = max(SMALLEST_PX, round(largest * 0.72))
    if width_px(title, smallest) > box.width:
        title = without_brackets(title)
    size_px = fit_size(title, box.width, largest, smallest)
    _left(picture, shortened(title, box.width, size_px), size_px, box, TITLE)


def _draw_main(picture: Image.Image, box: Box, look: Look) -> None:
    ink = CAP_ABOVE + CAP_BELOW if look.main.isascii() else 0.95
    largest = round(box.height / ink)
    size_px = fit_size(look.main, box.width, largest, SMALLEST_PX)
    right = _left(picture, shortened(look.main, box.width, size_px), size_px, box, MAIN)
    if look.side:
        _draw_side(picture, box._replace(left=right + box.height // 5), look.side)


def _draw_side(picture: Image.Image, box: Box, lines: tuple[str, ...]) -> None:
    """What the number means, in two small lines, or in none."""
    line_height = box.height // len(lines)
    size_px = round(line_height * 0.92)
    if size_px < SMALLEST_PX or max(width_px(line, size_px) for line in lines) > box.width:
        return
    for number, line in enumerate(lines):
        top = box.top + round(number * (box.height - line_height))
        _left(picture, line, size_px, box._replace(top=top, bottom=top + line_height), TITLE)


def _draw_banner(picture: Image.Image, text: str) -> None:
    """A text alone: one line in the middle, or two where that makes it much larger, as a break costs the reader."""
    gap = max(2, picture.height // 16)
    box = Box(gap * 2, gap, picture.width - gap * 2, picture.height - gap)
    size_px = fit_size(text, box.width, round(box.height * 0.78), SMALLEST_PX)
    half = box.height // 2
    middle = _middle(text)
    lines = (text[:middle].strip(), text[middle:].strip())
    size_of_two_px = min(fit_size(line, box.width, round(half * 0.9), SMALLEST_PX) for line in lines)
    if size_of_two_px < size_px * WORTH_A_BREAK and width_px(text, size_px) <= box.width:
        _centred(picture, text, size_px, box, MAIN)
        return
    for line, top in zip(lines, (box.top, box.bottom - half), strict=True):
        at = box._replace(top=top, bottom=top + half)
        _centred(picture, shortened(line, box.width, size_of_two_px), size_of_two_px, at, MAIN)


def _middle(text: str) -> int:
    """Where to break a line in two: after the punctuation or space nearest the middle, else in the middle."""
    half = (len(text) + 1) // 2
    breaks = [at + 1 for at, character in enumerate(text[:-1]) if character in " ，。、；！？·"]
    near = [at for at in breaks if abs(at - half) <= len(text) // 4]
    return min(near, key=lambda at: abs(at - half), default=half)


def _baseline(text: str, size_px: int, box: Box) -> int:
    above, below = ink_height(text, size_px)
    return box.top + (box.height - above - below) // 2 + above


def _left(picture: Image.Image, text: str, size_px: int, box: Box, colour: int) -> int:
    return draw_line(picture, text, size_px, box.left, _baseline(text, size_px, box), colour)


def _centred(picture: Image.Image, text: str, size_px: int, box: Box, colour: int) -> None:
    left = box.left + (box.width - width_px(text, size_px)) // 2
    draw_line(picture, text, size_px, left, _baseline(text, size_px, box), colour)
