"""The evaluation terminal's pages: at rest, asking with five faces, why, in own words, thanks, a message.

The reasons of each level are the national indicators (domain facts: three digits, the first is the level); the first
three of each level are those that the authorities want seen first.
"""

from functools import lru_cache

from PIL import Image

from firmware.screens import keyboard, notices, own_words, sheet
from firmware.screens.face import face
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.words import words

# Level → colour of its face; white on each and each on white have a contrast of 4.5:1 or more.
_COLOURS = {5: "#0B6B3A", 4: "#2E6F17", 3: "#7A5B00", 2: "#A34A00", 1: "#A31515"}
REASONS = {5: range(510, 518), 4: range(406, 414), 3: range(307, 315), 2: range(207, 215), 1: range(108, 116)}


def _frame(width_px: int, height_px: int) -> tuple[Box, Box, Box]:
    """Head, title, and the area below."""
    unit = min(width_px, height_px)
    edge = unit * 4 // 100
    head = (0, 0, width_px, unit * 20 // 100)
    title = (edge, head[3], width_px - edge, head[3] + unit * 16 // 100)
    return head, title, (edge, title[3], width_px - edge, height_px - edge)


def _head(page: Sheet, content: Content, head: Box) -> None:
    """Who served you: picture, badge number and name; and the number of your ticket."""
    page.box(head, sheet.BLUE)
    _, _, right, bottom = head
    pad = bottom // 6
    x = pad
    picture = _photo(content.get("photo", ""))
    if picture is not None:
        page.picture((pad, pad // 2, pad + bottom, bottom - pad // 2), picture)
        x += bottom + pad // 2
    number = words("screen.evaluation.number", number=content["number"])
    if not content.get("staff"):
        page.text((x, 0, right - pad, bottom), number, bottom * 36 // 100, sheet.WHITE, "middle", 0.015)
        return
    staff = words("screen.evaluation.staff", staff=content["staff"])
    if content.get("staff_name"):
        staff = content["staff_name"] + "  " + staff
    page.text((x, 0, right * 62 // 100, bottom), staff, bottom * 34 // 100, sheet.WHITE, bold=0.015)
    page.text((right * 64 // 100, 0, right - pad, bottom), number, bottom * 30 // 100, sheet.WHITE, "right")


@lru_cache(maxsize=2)
def _photo(path: str) -> Image.Image | None:
    """The picture in a file; None without one, or when it is none that can be read."""
    if not path:
        return None
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError):
        return None


def _level_boxes(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    _, _, area = _frame(width_px, height_px)
    cut = sheet.columns if width_px > height_px else sheet.rows
    boxes = cut(area, 5, min(width_px, height_px) * 2 // 100)
    return {str(level): box for level, box in zip((5, 4, 3, 2, 1), boxes, strict=True)}


def _asking(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``number`` of the ticket; ``staff``, ``staff_name``, ``photo`` (a file), empty when not known."""
    page = Sheet(width_px, height_px, sheet.PAPER)
    head, title, _ = _frame(width_px, height_px)
    _head(page, content, head)
    unit = min(width_px, height_px)
    page.lines(title, words("screen.evaluation.please"), unit * 8 // 100, sheet.INK, "middle", 0.015)
    for level, box in _level_boxes(content, width_px, height_px).items():
        _level(page, box, int(level), width_px > height_px)
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
        digit = (left, text[3] - 8, right, bottom - 10)
        page.text(digit, str(level), (right - left) * 20 // 100, sheet.FAINT, "middle")
        return
    size = (bottom - top) * 74 // 100
    x, y = left + (right - left) * 8 // 100, (top + bottom - size) // 2
    face(page, (x, y, x + size, y + size), level, _COLOURS[level])
    page.text((x + size * 14 // 10, top, right - size, bottom), label, size * 42 // 100, _COLOURS[level], bold=0.015)
    page.text((right - size, top, right - size // 4, bottom), str(level), size * 42 // 100, sheet.FAINT, "right")


def _why_boxes(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """The eight reasons of the level, own words, and the keys."""
    _, title, area = _frame(width_px, height_px)
    unit = min(width_px, height_px)
    gap = unit * 2 // 100
    left, top, right, bottom = (area[0], title[1] + unit * 15 // 100, area[2], area[3])
    foot = bottom - unit * 13 // 100
    across = 2 if width_px > height_px else 1
    lines = sheet.rows((left, top, right, foot - gap), 8 // across + 1, gap)
    cells = [cell for line in lines[:-1] for cell in sheet.columns(line, across, gap)]
    found = {"reason:%d" % code: cell for code, cell in zip(REASONS[content["level"]], cells, strict=True)}
    found["write"] = lines[-1]
    back, _, send = sheet.columns((left, foot, right, bottom), 3, gap)
    return {**found, "back": back, "submit": send}


def _why(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``level``, ``reasons`` chosen so far, ``remark`` so far, and what `_asking` says."""
    page = Sheet(width_px, height_px, sheet.PAPER)
    head, _, _ = _frame(width_px, height_px)
    level, boxes = content["level"], _why_boxes(content, width_px, height_px)
    _head(page, content, head)
    first = boxes["reason:%d" % REASONS[level][0]]
    unit = min(width_px, height_px)
    size, y = unit * 11 // 100, head[3] + unit * 2 // 100
    face(page, (first[0], y, first[0] + size, y + size), level, _COLOURS[level])
    title = (first[0] + size * 12 // 10, head[3], width_px - first[0], first[1])
    text = words("satisfaction.%d" % level) + "  " + words("screen.evaluation.why")
    page.text(title, text, unit * 6 // 100, _COLOURS[level], bold=0.015)
    for code in REASONS[level]:
        _reason(page, boxes["reason:%d" % code], words("reason.%d" % code), code in content["reasons"])
    keyboard.field(page, boxes["write"], content["remark"], words("screen.evaluation.write"))
    key(page, boxes["back"], words("screen.kiosk.back"), False)
    can = level > 2 or bool(content["reasons"]) or bool(content["remark"])
    key(page, boxes["submit"], words("screen.evaluation.submit"), True, can)
    return page.image


def _reason(page: Sheet, box: Box, text: str, is_chosen: bool) -> None:
    left, top, right, bottom = box
    high = bottom - top
    page.box(box, "#DCE8F8" if is_chosen else sheet.CARD, high // 6, sheet.BLUE if is_chosen else sheet.PALE, 3)
    size = high * 44 // 100
    mark = (left + high // 4, (top + bottom - size) // 2, left + high // 4 + size, (top + bottom + size) // 2)
    page.box(mark, sheet.BLUE if is_chosen else sheet.CARD, size // 5, sheet.BLUE, max(2, size // 12))
    if is_chosen:
        points = [(mark[0] + size * x // 100, mark[1] + size * y // 100) for x, y in ((22, 52), (42, 72), (80, 28))]
        page.line(points, sheet.CARD, max(3, size // 8))
    page.lines((mark[2] + high // 5, top + 2, right - high // 8, bottom - 2), text, high * 46 // 100, sheet.INK)


def _resting(content: Content, width_px: int, height_px: int) -> Image.Image:
    """Who works here, when that is known, and that a rating will be asked for."""
    title, body = words("screen.evaluation.resting"), words("screen.evaluation.later")
    foot = words("screen.evaluation.staff", staff=content["staff"]) if content.get("staff") else ""
    if foot and content.get("staff_name"):
        foot = content["staff_name"] + "  " + foot
    return notices.notice(width_px, height_px, title, body, foot, sheet.BLUE, "face")


def _thanks(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``level`` that was given."""
    body = words("screen.evaluation.again" if content["level"] > 2 else "screen.evaluation.better")
    return notices.notice(width_px, height_px, words("screen.evaluation.thanks"), body, "", "#0B6B3A", "tick")


def _message(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``code``: a key of the catalogue."""
    return notices.notice(width_px, height_px, words(content["code"]), "", "", sheet.RED, "bar")


PAGES = {
    "resting": Page(_resting),
    "asking": Page(_asking, _level_boxes),
    "why": Page(_why, _why_boxes),
    "words": Page(own_words.draw, own_words.buttons),
    "thanks": Page(_thanks),
    "message": Page(_message),
}
