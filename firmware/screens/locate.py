"""The page by which a person in the hall finds a device: its id, as large as the screen allows."""

from PIL import Image

from firmware.screens import sheet
from firmware.screens.sheet import Sheet
from firmware.words import words

Content = dict[str, object]


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``device``, ``kind``, ``where``."""
    page = Sheet(width_px, height_px, sheet.YELLOW)
    unit, edge = min(width_px, height_px), width_px * 4 // 100
    kind = "kind." + str(content["kind"])
    texts = (
        (10, 5, words("screen.locate"), 0.0),
        (34, 24, str(content["device"]), 0.03),
        (16, 9, words(kind), 0.02),
        (12, 5, words(kind, "en"), 0.0),
        (16, 8, str(content["where"]), 0.0),
    )
    y = (height_px - height_px * sum(room for room, *_ in texts) // 100) // 2
    for room, size, text, bold in texts:
        bottom = y + height_px * room // 100
        page.lines((edge, y, width_px - edge, bottom), text, unit * size // 100, sheet.INK, "middle", bold)
        y = bottom
    return page.image
