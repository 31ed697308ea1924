"""Typing on a kiosk: a service by its pinyin initials, the number of a lost ticket or a telephone, how many came."""

from PIL import Image

from firmware.screens import keyboard, sheet
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet
from firmware.wire.messages.queue import ServiceOffer
from firmware.words import words

_FOUND = 6  # services shown at once
_ENDS = ("back", "delete", "ok")
_ROWS = {
    "reprint": (keyboard.DIGITS, *keyboard.LETTER_ROWS),
    "phone": keyboard.PHONE_ROWS,
    "persons": keyboard.PHONE_ROWS,
    "paper": (keyboard.DIGITS, *keyboard.LETTER_ROWS),
    "search": keyboard.LETTER_ROWS,
}


def matches(offers: list[ServiceOffer], typed: str) -> list[ServiceOffer]:
    """Those whose initials begin so, then those that hold it further on."""
    begin = [offer for offer in offers if offer.initials.startswith(typed)]
    return begin + [offer for offer in offers if typed in offer.initials and offer not in begin]


def leading_letters(offers: list[ServiceOffer], typed: str) -> str:
    """The letters with which something is still found."""
    return "".join(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if matches(offers, typed + letter))


def _areas(content: Content, width_px: int, height_px: int) -> tuple[Box, Box, Box, Box]:
    """Title, what was typed, what was found, keys. The keys lie low on an upright screen, for who sits."""
    edge = min(width_px, height_px) * 4 // 100
    is_search = content["kind"] == "search"
    shares = ((4, 11, 19, 58), (2, 12, 24, 54))[width_px > height_px]
    if not is_search:
        shares = ((12, 22, 34, 44), (4, 16, 34, 36))[width_px > height_px]
    y = [height_px * share // 100 for share in shares]
    left, right, bottom = edge, width_px - edge, height_px * (98 if width_px > height_px else 92) // 100
    if not is_search and width_px < height_px:
        bottom = height_px * 88 // 100
    return (
        (left, y[0], right, y[1]),
        (left, y[1], right, y[2] - edge // 2),
        (left, y[2], right, y[3] - edge // 2),
        (left, y[3], right, bottom),
    )


def _buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    gap = min(width_px, height_px) * 12 // 1000
    _, _, area, keys = _areas(content, width_px, height_px)
    kind = content["kind"]
    found = keyboard.boxes(keys, _ROWS[kind], _ENDS[:2] if kind == "search" else _ENDS, gap)
    if kind == "search":
        across = 2 if width_px < height_px else 3
        lines = sheet.rows(area, _FOUND // across, gap)
        cells = [cell for line in lines for cell in sheet.columns(line, across, gap)]
        for offer, cell in zip(matches(content["show"].offers, content["typed"]), cells, strict=False):
            found["service:" + offer.service] = cell
    return found


def _draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``kind``: search or persons (then ``show`` a ShowServices), reprint, phone, paper; ``typed`` so far; the
    visitor's looks."""
    language, kind, typed = content.get("language", "zh"), content["kind"], content["typed"]
    page = Sheet(width_px, height_px, sheet.PAPER, bool(content.get("is_strong")), language == "yue")
    title, line, _, _ = _areas(content, width_px, height_px)
    most = content["show"].group_max if kind == "persons" else 0
    text = words("screen.kiosk.type." + kind, language, count=most)
    page.lines(title, text, (title[3] - title[1]) * 45 // 100, sheet.INK, "middle")
    keyboard.field(page, line, typed)
    found = _buttons(content, width_px, height_px)
    possible = None
    if kind == "search":
        offers = content["show"].offers
        possible = leading_letters(offers, typed)
        by_id = {"service:" + offer.service: offer for offer in offers}
        for name in [name for name in found if name in by_id]:
            _service(page, found[name], by_id[name], language)
    keys = {name: box for name, box in found.items() if name.startswith("key:")}
    keyboard.draw(page, keys, typed, language, possible)
    return page.image


def _service(page: Sheet, box: Box, offer: ServiceOffer, language: str) -> None:
    left, top, right, bottom = box
    high = bottom - top
    page.box(box, sheet.CARD, high // 8, sheet.BLUE, max(2, high // 40))
    label = offer.label_en if language == "en" and offer.label_en else offer.label
    split = top + high * 68 // 100
    page.lines((left + high // 6, top + 2, right - high // 6, split), label, high * 34 // 100, sheet.INK, "middle")
    page.text((left, split - 2, right, bottom - 2), offer.initials, high * 22 // 100, sheet.FAINT, "middle")


PAGES = {"type": Page(_draw, _buttons)}
