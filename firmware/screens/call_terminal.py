"""The clerk's page: the window's state, the ticket at it, who waits, and what the last key could not do.

Its keys can be touched where the screen is a touch screen; further pages: firmware/screens/clerk_choices.py.
"""

from PIL import Image

from firmware.screens import clerk_choices, sheet
from firmware.screens.fonts import width_px as font_width_px
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.wire.messages.queue import ShowWindow
from firmware.words import words

_STATE_COLOURS = {"open": "#0B6B3A", "paused": "#8A4B00", "closed": "#44546A"}
_SHOWN_KEYS = ("call", "recall", "pass", "serve", "finish", "hold", "resume", "transfer", "undo", "open", "pause")
_LAST_KEYS = ("close",)
KEYS = _SHOWN_KEYS + _LAST_KEYS


def possible_keys(show: ShowWindow) -> set[str]:
    """The keys that make sense now; the hub has the last word."""
    undo = {"undo"} if show.undo else set()
    if show.ticket_state == "called":
        return {"recall", "pass", "serve", "finish", "hold", "transfer", "pause"} | undo
    if show.ticket_state == "serving":
        return {"finish", "hold", "transfer", "pause"} | undo
    can = {"open": {"pause", "close", "call"}, "paused": {"open", "close"}, "closed": {"open"}}[show.state]
    return can | undo | ({"resume"} if show.held and show.state == "open" else set())


def _boxes(width_px: int, height_px: int) -> dict[str, Box]:
    """Head, card, message, keys, and the list of who waits: beside the card, or below it on an upright screen."""
    unit = min(width_px, height_px)
    edge = unit * 3 // 100
    head = (0, 0, width_px, unit * 14 // 100)
    is_wide = width_px > height_px
    bottom = height_px * (60 if is_wide else 52) // 100
    card = (edge, head[3] + edge, width_px - edge, bottom)
    if is_wide:
        split = width_px * 74 // 100
        waiting = (split, card[1], width_px - edge, bottom)
        card = (edge, card[1], split - edge // 2, bottom)
    else:
        split = card[1] + (bottom - card[1]) * 68 // 100
        waiting = (edge, split + edge // 2, width_px - edge, bottom)
        card = (edge, card[1], width_px - edge, split)
    message = (edge, bottom + edge // 2, width_px - edge, bottom + height_px * 9 // 100)
    keys = (edge, message[3] + edge // 2, width_px - edge, height_px - edge)
    return {"head": head, "card": card, "waiting": waiting, "message": message, "keys": keys}


def buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """All keys, also those that can do nothing now: the message says why. Name of the clerk's badge: who sits here."""
    boxes = _boxes(width_px, height_px)
    across, gap = (6 if width_px > height_px else 3), min(width_px, height_px) * 2 // 100
    lines = sheet.rows(boxes["keys"], -(-len(KEYS) // across), gap)
    cells = [cell for line in lines for cell in sheet.columns(line, across, gap)]
    found = dict(zip(KEYS, cells, strict=False))
    left, top, right, bottom = boxes["head"]
    found["sign"] = ((left + right) * 36 // 100, top, (left + right) * 64 // 100, bottom)
    return found


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``show`` a ShowWindow or None; ``is_connected``; ``code`` a key of the catalogue or empty; ``is_waiting``."""
    show: ShowWindow | None = content["show"]
    page = Sheet(width_px, height_px, sheet.PAPER)
    unit = min(width_px, height_px)
    boxes, keys = _boxes(width_px, height_px), buttons(content, width_px, height_px)
    _head(page, boxes["head"], keys["sign"], show)
    _ticket(page, boxes["card"], show, content["is_waiting"])
    _waiting(page, boxes["waiting"], show)
    code = content["code"] or ("" if content["is_connected"] else "terminal.offline")
    if code:
        message = boxes["message"]
        page.box(message, "#FBE3E3", unit // 60)
        size_px = min((message[3] - message[1]) * 56 // 100, unit * 5 // 100)
        page.lines(sheet.inset(message, unit // 100), words(code), size_px, sheet.RED, "middle")
    can = possible_keys(show) if show is not None and content["is_connected"] else set()
    for word in KEYS:
        key(page, keys[word], words("key." + word), False, word in can)
    return page.image


def _head(page: Sheet, box: Box, sign: Box, show: ShowWindow | None) -> None:
    _, top, right, bottom = box
    high = bottom - top
    pad = high * 3 // 10
    if show is None:
        page.box(box, _STATE_COLOURS["closed"])
        page.text((pad, top, right - pad, bottom), words("screen.window.starting"), high * 40 // 100, sheet.WHITE)
        return
    page.box(box, _STATE_COLOURS[show.state])
    state = words("window.state." + show.state)
    page.text((pad, top, sign[0], bottom), state, high * 48 // 100, sheet.WHITE, bold=0.015)
    staff = words("screen.window.staff", staff=show.staff) if show.staff else words("screen.window.sign_in")
    inner = sheet.inset(sign, high * 2 // 10)
    page.box(inner, _STATE_COLOURS[show.state], high // 8, sheet.WHITE, 2)
    page.text(sheet.inset(inner, high // 12), staff, high * 30 // 100, sheet.WHITE, "middle")
    count, count_px = str(show.waiting), high * 62 // 100
    page.text((right // 2, top, right - pad, bottom), count, count_px, sheet.WHITE, "right", 0.02)
    edge = right - pad * 2 - font_width_px(count, count_px)
    page.text((sign[2], top, edge, bottom), words("screen.window.waiting"), high * 34 // 100, sheet.WHITE, "right")


def _ticket(page: Sheet, box: Box, show: ShowWindow | None, is_waiting: bool) -> None:
    page.box(box, sheet.CARD, (box[3] - box[1]) // 16)
    left, top, right, bottom = box
    high = bottom - top
    pad = high // 12
    label_px = min(high * 10 // 100, (right - left) * 5 // 100)
    corner = (left + pad, top + pad // 2, right - pad, top + high // 5)
    page.text(corner, words("screen.window.number"), label_px, sheet.FAINT)
    if is_waiting:
        page.text(corner, words("screen.window.busy"), label_px, sheet.BLUE, "right")
    number = show.number if show is not None and show.number else words("screen.window.nobody")
    colour = sheet.BLUE if show is not None and show.number else sheet.FAINT
    number_px = min(high * 44 // 100, (right - left) * 20 // 100)
    middle = (left + pad, top + high // 5, right - pad, top + high * 66 // 100)
    page.text(middle, number, number_px, colour, "middle", 0.02)
    if show is None:
        return
    about_box = (left + pad, top + high * 66 // 100, right - pad, top + high * 82 // 100)
    page.lines(about_box, _about(show), label_px * 11 // 10, sheet.INK, "middle")
    if show.held:
        held = words("screen.window.held") + "  " + "  ".join(ticket.rpartition("-")[2] for ticket in show.held)
        held_box = (left + pad, top + high * 82 // 100, right - pad, bottom - pad // 2)
        page.text(held_box, held, label_px, sheet.FAINT, "middle")


def _about(show: ShowWindow) -> str:
    """State, service, why first, how many people: what the clerk wants to know of the ticket."""
    state = words("ticket.state." + show.ticket_state) if show.ticket_state else ""
    persons = words("screen.window.persons", count=show.persons) if show.ticket and show.persons > 1 else ""
    return "  ·  ".join(part for part in (state, show.service, show.reason, persons) if part)


def _waiting(page: Sheet, box: Box, show: ShowWindow | None) -> None:
    """The next ones, as many as there is room for; those who go first are marked."""
    left, top, right, bottom = box
    page.box(box, sheet.CARD, (bottom - top) // 16 if bottom - top < right - left else (right - left) // 16)
    across = 3 if right - left > 2 * (bottom - top) else 1
    size_px = (right - left) * 11 // 100 // across * (3 if across == 1 else 4) // 3
    pad = size_px // 2
    title = (left + pad, top + pad // 2, right - pad, top + pad // 2 + size_px * 15 // 10)
    page.text(title, words("screen.window.next"), size_px * 8 // 10, sheet.FAINT)
    if show is None or not show.next:
        page.text((left, title[3], right, bottom), words("screen.window.nobody"), size_px, sheet.FAINT, "middle")
        return
    pitch_px = size_px * 14 // 10
    down = max(1, (bottom - pad - title[3]) // pitch_px)
    for place, ticket in enumerate(show.next[: down * across]):
        column = sheet.columns((left + pad, top, right - pad, bottom), across, pad)[place % across]
        y = title[3] + place // across * pitch_px
        end = page.text((column[0], y, column[2], y + pitch_px), ticket.number, size_px, sheet.INK, bold=0.01)
        if ticket.mark:
            mark = words("screen.window.mark." + ticket.mark)
            page.text((end + pad // 2, y, column[2], y + pitch_px), mark, size_px * 7 // 10, sheet.RED)


PAGES = {"window": Page(draw, buttons), **clerk_choices.PAGES}
