"""The evaluation terminal's pages: at rest, asking with five faces, thanks, a message."""

from PIL import Image

from firmware.screens import notices, sheet
from firmware.screens.face import face
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet
from firmware.words import words

# Level → colour of its face; white on each and each on white have a contrast of 4.5:1 or more.
_COLOURS = {5: "#0B6B3A", 4: "#2E6F17", 3: "#7A5B00", 2: "#A34A00", 1: "#A31515"}


def _asking(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``number`` of the ticket."""
    page = Sheet(width_px, height_px, sheet.PAPER)
    unit = min(width_px, height_px)
    edge = unit * 4 // 100
    head = (0, 0, width_px, height_px * 15 // 100)
    page.box(head, sheet.BLUE)
    number = words("screen.evaluation.number", number=content["number"])
    page.text((edge, 0, width_px - edge, head[3]), number, unit * 7 // 100, sheet.WHITE, "middle", 0.015)
    title = (edge, head[3], width_px - edge, height_px * 34 // 100)
    page.lines(title, words("screen.evaluation.please"), unit * 8 // 100, sheet.INK, "middle", 0.015)
    area = (edge, title[3], width_px - edge, height_px - edge)
    is_wide = width_px > height_px
    cut = sheet.columns if is_wide else sheet.rows
    for level, box in zip((5, 4, 3, 2, 1), cut(area, 5, edge // 2), strict=True):
        _level(page, box, level, is_wide)
    return page.image


def _level(page: Sheet, box: Box, level: int, is_wide: bool) -> None:
    left, top, right, bottom = box
    page.box(box, sheet.CARD, min(right - left, bottom - top) // 12, _COLOURS[level], 3)
    label = words("satisfaction.%d" % level)
    if is_wide:
        size = min((right - left) * 64 // 100, (bottom - top) * 50 // 100)
        x, y = (left + right - size) // 2, top + (bottom - top) * 10 // 100
        face(page, (x, y, x + size, y + size), level, _COLOURS[level])
        text = (left + 8, y + size, right - 8, y + size + (bottom - y - size) * 52 // 100)
        page.text(text, label, (right - left) * 19 // 100, _COLOURS[level], "middle", 0.015)
        page.text(
            (left, text[3] - 8, right, bottom - 10), str(level), (right - left) * 22 // 100, sheet.FAINT, "middle"
        )
        return
    size = (bottom - top) * 74 // 100
    x, y = left + (right - left) * 8 // 100, (top + bottom - size) // 2
    face(page, (x, y, x + size, y + size), level, _COLOURS[level])
    page.text((x + size * 14 // 10, top, right - size, bottom), label, size * 42 // 100, _COLOURS[level], bold=0.015)
    page.text((right - size, top, right - size // 4, bottom), str(level), size * 42 // 100, sheet.FAINT, "right")


def _resting(content: Content, width_px: int, height_px: int) -> Image.Image:
    title, body = words("screen.evaluation.resting"), words("screen.evaluation.later")
    return notices.notice(width_px, height_px, title, body, "", sheet.BLUE, "face")


def _thanks(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``level`` that was given."""
    body = words("screen.evaluation.again" if content["level"] > 2 else "screen.evaluation.better")
    return notices.notice(width_px, height_px, words("screen.evaluation.thanks"), body, "", "#0B6B3A", "tick")


def _message(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``code``: a key of the catalogue."""
    return notices.notice(width_px, height_px, words(content["code"]), "", "", sheet.RED, "bar")


PAGES = {"resting": Page(_resting), "asking": Page(_asking), "thanks": Page(_thanks), "message": Page(_message)}
