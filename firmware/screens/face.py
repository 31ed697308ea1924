"""A round face whose mouth says a level of satisfaction: a broad smile for 5, a deep frown for 1."""

from firmware.screens import sheet
from firmware.screens.sheet import Box, Sheet

_DEPTH = {5: 26, 4: 14, 2: 14, 1: 26}  # of the mouth, in hundredths of the face


def face(page: Sheet, box: Box, level: int, colour: str) -> None:
    """``box`` is square."""
    left, top, right, _ = box
    size = right - left
    page.ellipse(box, colour)
    for x in (34, 66):
        eye = (
            left + size * (x - 6) // 100,
            top + size * 32 // 100,
            left + size * (x + 6) // 100,
            top + size * 44 // 100,
        )
        page.ellipse(eye, sheet.CARD)
    width = max(3, size * 6 // 100)
    if level == 3:
        y = top + size * 67 // 100
        page.line([(left + size * 32 // 100, y), (left + size * 68 // 100, y)], sheet.CARD, width)
        return
    deep = _DEPTH[level]
    middle = top + size * (58 if level > 3 else 74) // 100
    mouth = (
        left + size * 27 // 100,
        middle - size * deep // 100,
        right - size * 27 // 100,
        middle + size * deep // 100,
    )
    page.arc(mouth, *((15, 165) if level > 3 else (195, 345)), sheet.CARD, width)
