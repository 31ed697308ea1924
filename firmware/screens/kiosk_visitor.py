"""The kiosk's pages for a visitor who says who they are: put your card here, what we know of you, why you go first."""

import time

from PIL import Image

from firmware.screens import looks, sheet
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.words import words

REASONS = ("baby", "ill", "urgent", "helper", "donor", "investor")
_STEP_MS, _STEPS = 40, 50  # of the card that slides to its place: two seconds a round


def title(page: Sheet, content: Content, text: str) -> Box:
    """The head; the area below it."""
    unit = min(page.width_px, page.height_px)
    head = (0, 0, page.width_px, unit * 15 // 100)
    page.box(head, sheet.BLUE)
    size_px = head[3] * (46 if content.get("is_large") else 38) // 100
    page.text((unit * 4 // 100, 0, page.width_px - unit * 4 // 100, head[3]), text, size_px, sheet.WHITE, bold=0.015)
    return (unit * 4 // 100, head[3], page.width_px - unit * 4 // 100, page.height_px)


def foot(width_px: int, height_px: int, count: int) -> list[Box]:
    unit = min(width_px, height_px)
    edge = unit * 4 // 100
    return sheet.columns((edge, height_px - unit * 15 // 100, width_px - edge, height_px - edge), count, edge // 2)


class _SlidingCard:
    """A card that slides down to the reader, again and again."""

    def __init__(self, box: Box, is_strong: bool) -> None:
        self.box = box
        self._is_strong = is_strong
        self._step = -1

    def image_at(self, ms: int) -> Image.Image | None:
        step = min(ms // _STEP_MS % _STEPS, _STEPS * 6 // 10)  # it rests where it belongs
        if step == self._step:
            return None
        self._step = step
        left, top, right, bottom = self.box
        wide, high = right - left, bottom - top
        page = Sheet(wide, high, sheet.PAPER, self._is_strong)
        reader = (wide * 12 // 100, high * 68 // 100, wide * 88 // 100, high * 96 // 100)
        page.box(reader, sheet.BAR, high // 24)
        page.box((wide * 24 // 100, high * 72 // 100, wide * 76 // 100, high * 76 // 100), sheet.NIGHT)
        down = high * 32 // 100 * step // (_STEPS * 6 // 10)
        card = (wide * 28 // 100, high * 4 // 100 + down, wide * 72 // 100, high * 40 // 100 + down)
        page.box(card, sheet.CARD, high // 40, sheet.BLUE, max(3, high // 90))
        unit = (card[2] - card[0]) // 12
        page.box((card[2] - unit * 4, card[1] + unit, card[2] - unit, card[1] + unit * 5), sheet.SOFT)
        for line in range(3):
            y = card[1] + unit + line * unit * 3 // 2
            page.box((card[0] + unit, y, card[0] + unit * (7 - line), y + unit // 2), sheet.SOFT)
        return page.image

    def close(self) -> None:
        """Nothing to let go."""


def _card_box(width_px: int, height_px: int) -> Box:
    unit = min(width_px, height_px)
    high = height_px * 40 // 100
    wide = min(width_px - unit * 8 // 100, high * 16 // 10)
    top = height_px * (40 if height_px > width_px else 36) // 100
    return (width_px - wide) // 2, top, (width_px + wide) // 2, top + high


def _card(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``can``: of card, code; what of that this kiosk reads. ``code``: why the last try was none, or empty."""
    language = content.get("language", "zh")
    page = looks.new_sheet(content, width_px, height_px)
    area = title(page, content, words("screen.kiosk.identify", language))
    unit = min(width_px, height_px)
    ways = [words("screen.kiosk.show." + way, language) for way in ("card", "code") if way in content["can"]]
    text = "\n".join(ways) or words("screen.kiosk.show.phone", language)
    box = _card_box(width_px, height_px)
    room = (area[0], area[1] + unit * 3 // 100, area[2], box[1] - unit * 6 // 100)
    lines = text.split("\n")
    for line, each in zip(lines, sheet.rows(room, len(lines), 0), strict=True):
        page.lines(each, line, unit * 6 // 100, sheet.INK, "middle", 0.01)
    if content.get("code"):
        trouble = (area[0], box[3], area[2], box[3] + unit * 9 // 100)
        page.lines(trouble, words(content["code"], language), unit * 45 // 1000, sheet.RED, "middle")
    for name, box in _card_buttons(content, width_px, height_px).items():
        key(page, box, words("screen.kiosk." + ("back" if name == "dismiss" else name), language), False)
    return page.image


def _card_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    back, phone = foot(width_px, height_px, 2)
    return {"dismiss": back, "phone": phone}


def _card_moving(content: Content, width_px: int, height_px: int) -> list[_SlidingCard]:
    return [_SlidingCard(_card_box(width_px, height_px), bool(content.get("is_strong")))] if content["can"] else []


def _visitor_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    unit = min(width_px, height_px)
    found = content["found"]
    names = ["appointment:" + booking.appointment for booking in found.appointments]
    names += ["reprint:" + ticket.number for ticket in found.tickets]
    back, other = foot(width_px, height_px, 2)
    area = (unit * 4 // 100, unit * 20 // 100, width_px - unit * 4 // 100, back[1] - unit * 3 // 100)
    across = 2 if width_px > height_px else 1
    down = max(-(-len(names) // across), 3 if content.get("is_large") else 4)
    cells = [cell for row in sheet.rows(area, down, unit * 2 // 100) for cell in sheet.columns(row, across, unit // 50)]
    return {**dict(zip(names, cells, strict=False)), "dismiss": back, "other": other}


def _visitor(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``found`` a VisitorFound; ``utc_offset_min``."""
    language, found = content.get("language", "zh"), content["found"]
    page = looks.new_sheet(content, width_px, height_px)
    title(page, content, words("screen.kiosk.hello", language, name=found.shown))
    boxes = _visitor_buttons(content, width_px, height_px)
    for booking in found.appointments:
        label = booking.label_en if language == "en" and booking.label_en else booking.label
        times = " – ".join(_clock(at, content) for at in (booking.starts_at_ms, booking.ends_at_ms))
        note = words("screen.kiosk.arrival." + booking.arrival, language)
        row(page, boxes["appointment:" + booking.appointment], label, times + "   " + note, booking.arrival != "early")
    for ticket in found.tickets:
        ahead = words("screen.ahead" if ticket.ahead else "screen.ahead.nobody", language, count=ticket.ahead)
        state = ahead if ticket.state == "waiting" else words("ticket.state." + ticket.state, language)
        again = words("screen.kiosk.again", language)
        row(page, boxes["reprint:" + ticket.number], ticket.number + "  " + ticket.label, state + "   " + again, True)
    if not found.appointments and not found.tickets:
        unit = min(width_px, height_px)
        middle = (unit // 20, height_px * 30 // 100, width_px - unit // 20, height_px * 60 // 100)
        page.lines(middle, words("screen.kiosk.nothing", language), unit * 6 // 100, sheet.INK, "middle")
    key(page, boxes["dismiss"], words("screen.kiosk.back", language), False)
    key(page, boxes["other"], words("screen.kiosk.another", language), True)
    return page.image


def row(page: Sheet, box: Box, title: str, note: str, is_possible: bool) -> None:
    left, top, right, bottom = box
    high = min(bottom - top, (right - left) // 4)
    page.box(box, sheet.CARD if is_possible else sheet.PAPER, high // 8, sheet.BLUE if is_possible else sheet.PALE, 3)
    middle = top + (bottom - top) * 56 // 100
    ink = sheet.INK if is_possible else sheet.GREY
    page.lines((left + high // 5, top + 4, right - high // 5, middle), title, high * 30 // 100, ink, bold=0.01)
    page.text((left + high // 5, middle, right - high // 5, bottom - 4), note, high * 22 // 100, sheet.FAINT)


def _clock(at_ms: int, content: Content) -> str:
    at = time.gmtime(at_ms // 1000 + content["utc_offset_min"] * 60)
    return time.strftime("%H:%M", at)


def _reason_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    unit = min(width_px, height_px)
    back = foot(width_px, height_px, 3)[0]
    area = (unit * 4 // 100, unit * 20 // 100, width_px - unit * 4 // 100, back[1] - unit * 4 // 100)
    across = 2 if width_px > height_px else 1
    lines = sheet.rows(area, len(REASONS) // across, unit * 2 // 100)
    cells = [cell for line in lines for cell in sheet.columns(line, across, unit * 2 // 100)]
    return {**{"reason:" + reason: cell for reason, cell in zip(REASONS, cells, strict=True)}, "back": back}


def _reasons(content: Content, width_px: int, height_px: int) -> Image.Image:
    """Why somebody without one of the usual priorities goes first."""
    language = content.get("language", "zh")
    page = looks.new_sheet(content, width_px, height_px)
    title(page, content, words("screen.kiosk.why", language))
    boxes = _reason_buttons(content, width_px, height_px)
    for reason in REASONS:
        left, top, right, bottom = box = boxes["reason:" + reason]
        high = min(bottom - top, (right - left) // 4)
        page.box(box, sheet.CARD, high // 6, sheet.BLUE, max(2, high // 40))
        text = words("screen.kiosk.reason." + reason, language)
        page.lines(sheet.inset(box, high // 8), text, high * 34 // 100, sheet.BLUE, "middle", 0.01)
    key(page, boxes["back"], words("screen.kiosk.back", language), False)
    return page.image


PAGES = {
    "card": Page(_card, _card_buttons, _card_moving),
    "visitor": Page(_visitor, _visitor_buttons),
    "reasons": Page(_reasons, _reason_buttons),
}
