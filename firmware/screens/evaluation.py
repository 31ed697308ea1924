"""The evaluation terminal's pages: at rest, asking with five faces, why, in own words, thanks, a message.

The reasons of each level are the national indicators (domain facts: three digits, the first is the level); the first
three of each level are those that the authorities want seen first.
"""

from functools import lru_cache

from PIL import Image

from firmware.screens import keyboard, looks, notices, own_words, qr, sheet
from firmware.screens.face import face
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.words import words

# Level → colour of its face; white on each and each on white have a contrast of 4.5:1 or more.
_COLOURS = {5: "#0B6B3A", 4: "#2E6F17", 3: "#7A5B00", 2: "#A34A00", 1: "#A31515"}
_STRONG = {5: "#86F2A4", 4: "#C6F27A", 3: "#FFE14D", 2: "#FFC48A", 1: "#FFB4B4"}  # on black
REASONS = {5: range(510, 518), 4: range(406, 414), 3: range(307, 315), 2: range(207, 215), 1: range(108, 116)}


def _colour(content: Content, level: int) -> str:
    return (_STRONG if content.get("is_strong") else _COLOURS)[level]


def _frame(content: Content, width_px: int, height_px: int) -> tuple[Box, Box, Box]:
    """Head, title, and the area below; a kiosk, which says ``service``, has a row of keys under the faces."""
    unit = min(width_px, height_px)
    edge = unit * 4 // 100
    head = (0, 0, width_px, unit * 20 // 100)
    title = (edge, head[3], width_px - edge, head[3] + unit * 16 // 100)
    foot = edge + unit * 12 // 100 if content.get("service") and "level" not in content else edge
    return head, title, (edge, title[3], width_px - edge, height_px - foot)


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
    language = looks.language_of(content)
    number = words("screen.evaluation.number", language, number=content["number"])
    if content.get("service"):
        middle = bottom * 54 // 100
        where = words("screen.rate.window", language, window=content["window"])
        page.text((x, 0, right - pad, middle), content["service"], bottom * 32 // 100, sheet.WHITE, bold=0.015)
        page.text((x, middle, right - pad, bottom - pad // 2), number + "   " + where, bottom * 28 // 100, sheet.WHITE)
        return
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


def _cut(content: Content, width_px: int, height_px: int) -> tuple[Box, Box | None]:
    """Where the faces are, and where the code for a phone is, if there is one: beside them, or below."""
    _, _, area = _frame(content, width_px, height_px)
    if not content.get("link"):
        return area, None
    left, top, right, bottom = area
    gap = min(width_px, height_px) * 2 // 100
    if width_px > height_px:
        edge = right - (right - left) * 23 // 100
        return (left, top, edge - gap, bottom), (edge, top, right, bottom)
    edge = bottom - (bottom - top) * 20 // 100
    return (left, top, right, edge - gap), (left, edge, right, bottom)


def level_boxes(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """The five levels, the best first."""
    area, _ = _cut(content, width_px, height_px)
    cut = sheet.columns if width_px > height_px else sheet.rows
    boxes = cut(area, 5, min(width_px, height_px) * 2 // 100)
    return {str(level): box for level, box in zip((5, 4, 3, 2, 1), boxes, strict=True)}


def _asking(content: Content, width_px: int, height_px: int) -> Image.Image:
    """What `asking_sheet` says."""
    return asking_sheet(content, width_px, height_px).image


def asking_sheet(content: Content, width_px: int, height_px: int) -> Sheet:
    """``number`` of the ticket; ``staff``, ``staff_name``, ``photo`` (a file), empty when not known; or ``service`` and
    ``window``. ``link``: where a phone may rate instead.
    """
    page = looks.new_sheet(content, width_px, height_px)
    head, title, _ = _frame(content, width_px, height_px)
    _head(page, content, head)
    unit = min(width_px, height_px)
    please = words("screen.evaluation.please", looks.language_of(content))
    page.lines(title, please, unit * 8 // 100, sheet.INK, "middle", 0.015)
    for level, box in level_boxes(content, width_px, height_px).items():
        _level(page, box, int(level), content, width_px > height_px)
    _, code = _cut(content, width_px, height_px)
    if code is not None:
        _phone(page, code, content, width_px > height_px)
    return page


def _phone(page: Sheet, box: Box, content: Content, is_wide: bool) -> None:
    """The code for a phone's camera, and what it is for."""
    left, top, right, bottom = box
    text = words("screen.evaluation.phone", looks.language_of(content))
    if is_wide:
        high = right - left
        middle = top + (bottom - top - high) * 40 // 100
        qr.draw(page, (left, middle, right, middle + high), content["link"])
        below = (left, middle + high, right, min(bottom, middle + high * 14 // 10))
        page.lines(below, text, high * 13 // 100, sheet.INK, "middle", 0.01)
        return
    qr.draw(page, (left, top, left + bottom - top, bottom), content["link"])
    beside = (left + (bottom - top) * 11 // 10, top, right, bottom)
    page.lines(beside, text, (bottom - top) * 24 // 100, sheet.INK, "left", 0.01)


def _level(page: Sheet, box: Box, level: int, content: Content, is_wide: bool) -> None:
    left, top, right, bottom = box
    colour, large = _colour(content, level), 125 if content.get("is_large") else 100
    page.box(box, sheet.CARD, min(right - left, bottom - top) // 12, colour, 3)
    label = words("satisfaction.%d" % level, looks.language_of(content))
    write = page.lines if " " in label else page.text  # Chinese stays in one line
    if is_wide:
        size = min((right - left) * 64 // 100, (bottom - top) * 50 // 100)
        x, y = (left + right - size) // 2, top + (bottom - top) * 10 // 100
        face(page, (x, y, x + size, y + size), level, colour)
        text = (left + 8, y + size, right - 8, y + size + (bottom - y - size) * 52 // 100)
        write(text, label, (right - left) * 19 // 100 * large // 100, colour, "middle", 0.015)
        digit = (left, text[3] - 8, right, bottom - 10)
        page.text(digit, str(level), (right - left) * 20 // 100, sheet.FAINT, "middle")
        return
    size = (bottom - top) * 74 // 100
    x, y = left + (right - left) * 8 // 100, (top + bottom - size) // 2
    face(page, (x, y, x + size, y + size), level, colour)
    words_px = size * 42 // 100 * large // 100
    write((x + size * 14 // 10, top, right - size, bottom), label, words_px, colour, bold=0.015)
    page.text((right - size, top, right - size // 4, bottom), str(level), size * 42 // 100, sheet.FAINT, "right")


def _why_boxes(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """The eight reasons of the level, own words, and the keys."""
    _, title, area = _frame(content, width_px, height_px)
    unit = min(width_px, height_px)
    gap = unit * 2 // 100
    left, top, right, bottom = (area[0], title[1] + unit * 14 // 100, area[2], area[3])
    foot = bottom - unit * 11 // 100
    across = 2 if width_px > height_px else 1
    lines = sheet.rows((left, top, right, foot - gap), 8 // across + 1, gap)
    cells = [cell for line in lines[:-1] for cell in sheet.columns(line, across, gap)]
    found = {"reason:%d" % code: cell for code, cell in zip(REASONS[content["level"]], cells, strict=True)}
    found["write"] = lines[-1]
    back, _, send = sheet.columns((left, foot, right, bottom), 3, gap)
    return {**found, "back": back, "submit": send}


def _why(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``level``, ``reasons`` chosen so far, ``remark`` so far, and what `_asking` says."""
    page, language = looks.new_sheet(content, width_px, height_px), looks.language_of(content)
    head, _, _ = _frame(content, width_px, height_px)
    level, boxes = content["level"], _why_boxes(content, width_px, height_px)
    _head(page, content, head)
    first = boxes["reason:%d" % REASONS[level][0]]
    unit = min(width_px, height_px)
    size, y = unit * 11 // 100, head[3] + unit * 2 // 100
    colour = _colour(content, level)
    face(page, (first[0], y, first[0] + size, y + size), level, colour)
    title = (first[0] + size * 12 // 10, head[3], width_px - first[0], first[1])
    text = words("satisfaction.%d" % level, language) + "  " + words("screen.evaluation.why", language)
    write = page.lines if language == "en" else page.text
    write(title, text, unit * 6 // 100, colour, bold=0.015)
    for code in REASONS[level]:
        chosen = code in content["reasons"]
        _reason(page, boxes["reason:%d" % code], words("reason.%d" % code, language), chosen, content)
    keyboard.field(page, boxes["write"], content["remark"], words("screen.evaluation.write", language))
    key(page, boxes["back"], words("screen.kiosk.back", language), False)
    can = level > 2 or bool(content["reasons"]) or bool(content["remark"])
    key(page, boxes["submit"], words("screen.evaluation.submit", language), True, can)
    return page.image


def _reason(page: Sheet, box: Box, text: str, is_chosen: bool, content: Content) -> None:
    left, top, right, bottom = box
    high = bottom - top
    page.box(box, sheet.CHOSEN if is_chosen else sheet.CARD, high // 6, sheet.BLUE if is_chosen else sheet.PALE, 3)
    size = high * 44 // 100
    mark = (left + high // 4, (top + bottom - size) // 2, left + high // 4 + size, (top + bottom + size) // 2)
    page.box(mark, sheet.BLUE if is_chosen else sheet.CARD, size // 5, sheet.BLUE, max(2, size // 12))
    if is_chosen:
        points = [(mark[0] + size * x // 100, mark[1] + size * y // 100) for x, y in ((22, 52), (42, 72), (80, 28))]
        page.line(points, sheet.CARD, max(3, size // 8))
    size_px = high * (56 if content.get("is_large") else 46) // 100
    page.lines((mark[2] + high // 5, top + 2, right - high // 8, bottom - 2), text, size_px, sheet.INK)


def _resting(content: Content, width_px: int, height_px: int) -> Image.Image:
    """Who works here, when that is known, and that a rating will be asked for."""
    title, body = words("screen.evaluation.resting"), words("screen.evaluation.later")
    foot = words("screen.evaluation.staff", staff=content["staff"]) if content.get("staff") else ""
    if foot and content.get("staff_name"):
        foot = content["staff_name"] + "  " + foot
    return notices.notice(width_px, height_px, title, body, foot, sheet.BLUE, "face")


def _thanks(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``level`` that was given; 0: on a phone, and nobody here needs to know."""
    body = words("screen.evaluation.better" if content["level"] in (1, 2) else "screen.evaluation.again")
    return notices.notice(width_px, height_px, words("screen.evaluation.thanks"), body, "", "#0B6B3A", "tick")


def _message(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``code``: a key of the catalogue."""
    return notices.notice(width_px, height_px, words(content["code"]), "", "", sheet.RED, "bar")


PAGES = {
    "resting": Page(_resting),
    "asking": Page(_asking, level_boxes),
    "why": Page(_why, _why_boxes),
    "words": Page(own_words.draw, own_words.buttons),
    "thanks": Page(_thanks),
    "message": Page(_message),
}
