"""QR codes: on paper, and on a screen for a phone before it."""

import segno
from PIL import Image

from firmware.screens.sheet import Box, Sheet

QUIET = 4  # modules around it, that the standard wants


def picture(text: str, module_px: int) -> Image.Image:
    """Black on white with its quiet zone; a module is a square of ``module_px``. Error correction M."""
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    image = Image.new("L", (len(matrix) + 2 * QUIET,) * 2, 255)
    for y, row in enumerate(matrix):
        for x, bit in enumerate(row):
            image.putpixel((x + QUIET, y + QUIET), 0 if bit else 255)
    return image.resize((image.width * module_px,) * 2, Image.Resampling.NEAREST)


def draw(page: Sheet, box: Box, text: str) -> None:
    """In the middle of the box, with modules of as many whole pixels as fit: a blurred edge is read worse."""
    left, top, right, bottom = box
    room_px = min(right - left, bottom - top)
    small = picture(text, 1)
    image = small.resize((small.width * max(1, room_px // small.width),) * 2, Image.Resampling.NEAREST)
    page.image.paste(image.convert("RGB"), ((left + right - image.width) // 2, (top + bottom - image.height) // 2))
