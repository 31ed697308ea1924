"""The kiosk's page of services, and the page on which a lost ticket's number is typed."""

from PIL import Image

from firmware.screens import notices, sheet
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.wire.messages.queue import LANGUAGES, ServiceOffer
from firmware.words import words

PRIORITIES = ("elderly", "disabled", "military", "pregnant")
_LANGUAGE_NAMES = {"zh": "普通话", "yue": "粤语", "en": "English"}  # each in its own words
_KEY_ROWS = ("1234567890", "ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ")


def offers_on_leaf(content: Content, width_px: int, height_px: int) -> tuple[list[ServiceOffer], int]:
    """The services on the leaf that is open, and how many leaves there are."""
    offers = content["show"].offers
    across = _across(len(offers), width_px, height_px)
    per_leaf = across * (7 if height_px > width_px else 4)
    leaves = max(1, -(-len(offers) // per_leaf))
    leaf = min(content.get("leaf", 0), leaves - 1)
    return offers[leaf * per_leaf : (leaf + 1) * per_leaf], leaves


def _across(offers: int, width_px: int, height_px: int) -> int:
    if height_px > width_px:
        return 1 if offers <= 5 else 2
    return 2 if offers <= 6 else 3


def _bands(width_px: int, height_px: int) -> dict[str, Box]:
    """Where things go: head, languages, prompt, services, leaves, priorities, foot."""
    edge = min(width_px, height_px) * 4 // 100
    tall = height_px > width_px
    shares = (
        ("head", 9),
        ("languages", 7),
        ("prompt", 6),
        ("services", 57),
        ("leaves", 6),
        ("priorities", 9),
        ("foot", 6),
    )
    if not tall:
        shares = (
            ("head", 12),
            ("languages", 9),
            ("prompt", 7),
            ("services", 44),
            ("leaves", 8),
            ("priorities", 12),
            ("foot", 8),
        )
    bands: dict[str, Box] = {}
    y = 0.0
    for name, share in shares:
        bottom = y + height_px * share / 100
        bands[name] = (edge, round(y), width_px - edge, round(bottom))
        y = bottom
    return bands


def _choose_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    bands = _bands(width_px, height_px)
    gap = min(width_px, height_px) * 2 // 100
    buttons: dict[str, Box] = {}
    for language, box in zip(
        LANGUAGES, sheet.columns(_middle(bands["languages"], 72), len(LANGUAGES), gap), strict=True
    ):
        buttons["language:" + language] = box
    offers, leaves = offers_on_leaf(content, width_px, height_px)
    across = _across(len(content["show"].offers), width_px, height_px)
    down = 7 if height_px > width_px else 4
    if leaves == 1:  # as high as there is room, but not clumsy
        down = max(-(-len(offers) // across), down * 2 // 3)
    cells = [cell for row in sheet.rows(bands["services"], down, gap) for cell in sheet.columns(row, across, gap)]
    for offer, cell in zip(offers, cells, strict=False):
        buttons["service:" + offer.service] = cell
    if leaves > 1:
        back, _, forth = sheet.columns(_middle(bands["leaves"], 74), 3, gap)
        buttons["leaf:previous"], buttons["leaf:next"] = back, forth
    left, top, right, bottom = bands["priorities"]
    row = (left, top + (bottom - top) * 38 // 100, right, bottom - (bottom - top) * 6 // 100)
    for priority, box in zip(PRIORITIES, sheet.columns(row, len(PRIORITIES), gap), strict=True):
        buttons["priority:" + priority] = box
    foot = _middle(bands["foot"], 74)
    buttons["reprint"] = (foot[0] + (foot[2] - foot[0]) // 4, foot[1], foot[2] - (foot[2] - foot[0]) // 4, foot[3])
    return buttons


def _middle(box: Box, percent: int) -> Box:
    """The middle of a band, ``percent`` of its height."""
    spare = (box[3] - box[1]) * (100 - percent) // 200
    return box[0], box[1] + spare, box[2], box[3] - spare


def _choose(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``show`` a ShowServices; ``language``, ``priority``, ``leaf`` as chosen so far."""
    language = content.get("language", "zh")
    chosen = {"language:" + language, "priority:" + content.get("priority", "none")}
    bands = _bands(width_px, height_px)
    buttons = _choose_buttons(content, width_px, height_px)
    page = Sheet(width_px, height_px, sheet.PAPER)
    _head(page, bands["head"], content["show"].hall, language)
    high = bands["prompt"][3] - bands["prompt"][1]
    page.text(bands["prompt"], words("screen.kiosk.please", language), high * 52 // 100, sheet.INK, "middle")
    for item in LANGUAGES:
        key(page, buttons["language:" + item], _LANGUAGE_NAMES[item], "language:" + item in chosen)
    offers, leaves = offers_on_leaf(content, width_px, height_px)
    for offer in offers:
        _offer(page, buttons["service:" + offer.service], offer, language)
    if leaves > 1:
        key(page, buttons["leaf:previous"], words("screen.kiosk.previous", language), False)
        key(page, buttons["leaf:next"], words("screen.kiosk.next", language), False)
        here = "%d / %d" % (min(content.get("leaf", 0), leaves - 1) + 1, leaves)
        page.text(bands["leaves"], here, high * 50 // 100, sheet.FAINT, "middle")
    left, top, right, bottom = bands["priorities"]
    title = (left, top, right, top + (bottom - top) * 36 // 100)
    page.text(title, words("screen.kiosk.priority", language), (title[3] - title[1]) * 60 // 100, sheet.FAINT, "middle")
    for priority in PRIORITIES:
        name = "priority:" + priority
        key(page, buttons[name], words("screen.kiosk." + priority, language), name in chosen)
    key(page, buttons["reprint"], words("screen.kiosk.reprint", language), False)
    return page.image


def _head(page: Sheet, band: Box, hall: str, language: str) -> None:
    high = band[3] - band[1]
    page.box((0, band[1], page.width_px, band[3]), sheet.BLUE)
    half = (band[0] + band[2]) * 64 // 100
    page.text((band[0], band[1], half, band[3]), hall, high * 42 // 100, sheet.WHITE, bold=0.015)
    title = words("screen.kiosk.title", language)
    page.text((half, band[1], band[2], band[3]), title, high * 32 // 100, sheet.WHITE, "right")


def _offer(page: Sheet, box: Box, offer: ServiceOffer, language: str) -> None:
    left, top, right, bottom = box
    unit = min(bottom - top, (right - left) * 42 // 100)
    page.box(box, sheet.CARD, unit // 8, sheet.BLUE, max(2, unit // 50))
    page.box((left, top + unit // 8, left + max(6, unit // 14), bottom - unit // 8), sheet.BLUE)
    pad = unit // 5
    label = offer.label_en if language == "en" and offer.label_en else offer.label
    split = top + (bottom - top) * 62 // 100
    page.lines((left + pad, top + pad // 3, right - pad // 2, split), label, unit * 31 // 100, sheet.INK, bold=0.01)
    waiting = "screen.kiosk.waiting" if offer.waiting else "screen.kiosk.nobody"
    text = words(waiting, language, count=offer.waiting)
    page.text((left + pad, split, right - pad // 2, bottom - pad // 2), text, unit * 21 // 100, sheet.FAINT)


def _reprint_boxes(width_px: int, height_px: int) -> tuple[Box, Box, Box]:
    """Title, what was typed, keys."""
    edge = min(width_px, height_px) * 5 // 100
    at = (8, 18, 34) if height_px > width_px else (4, 18, 36)
    y = [height_px * share // 100 for share in (*at, 96 if height_px < width_px else 78)]
    return (
        (edge, y[0], width_px - edge, y[1]),
        (edge, y[1], width_px - edge, y[2] - edge // 2),
        (edge, y[2], width_px - edge, y[3]),
    )


def _reprint_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    gap = min(width_px, height_px) // 100
    lines = sheet.rows(_reprint_boxes(width_px, height_px)[2], len(_KEY_ROWS) + 1, gap)
    buttons: dict[str, Box] = {}
    for letters, line in zip(_KEY_ROWS, lines, strict=False):
        for letter, box in zip(letters, sheet.columns(line, len(letters), gap), strict=True):
            buttons["key:" + letter] = box
    for name, box in zip(("key:back", "key:delete", "key:ok"), sheet.columns(lines[-1], 3, gap), strict=True):
        buttons[name] = box
    return buttons


def _reprint(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``typed`` so far, ``language``."""
    language = content.get("language", "zh")
    page = Sheet(width_px, height_px, sheet.PAPER)
    title, typed, _ = _reprint_boxes(width_px, height_px)
    page.text(title, words("screen.kiosk.number", language), (title[3] - title[1]) * 45 // 100, sheet.INK, "middle")
    page.box(typed, sheet.CARD, 16, sheet.BLUE, 4)
    page.text(typed, content["typed"], (typed[3] - typed[1]) * 60 // 100, sheet.INK, "middle", 0.02)
    for name, box in _reprint_buttons(content, width_px, height_px).items():
        letter = name.partition(":")[2]
        label = letter if len(letter) == 1 else words("screen.kiosk." + letter, language)
        key(page, box, label, name == "key:ok", bool(content["typed"]) or name not in ("key:ok", "key:delete"))
    return page.image


PAGES = {
    **notices.PAGES,
    "choose": Page(_choose, _choose_buttons),
    "reprint": Page(_reprint, _reprint_buttons),
}
