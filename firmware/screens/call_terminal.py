"""The clerk's page: the window's state, the ticket at it, who waits, and what the last key could not do."""

from PIL import Image

from drivers.keypad import CALL_KEYS
from firmware.screens import sheet
from firmware.screens.fonts import width_px as font_width_px
from firmware.screens.kiosk import key
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet
from firmware.wire.messages.queue import ShowWindow
from firmware.words import words

_STATE_COLOURS = {"open": "#0B6B3A", "paused": "#8A4B00", "closed": "#44546A"}
_SHOWN_KEYS = (*CALL_KEYS[:7], "transfer", *CALL_KEYS[7:])


def possible_keys(show: ShowWindow) -> set[str]:
    """The keys that make sense now; the hub has the last word."""
    if show.ticket_state == "called":
        return {"recall", "pass", "serve", "finish", "hold", "transfer", "pause"}
    if show.ticket_state == "serving":
        return {"finish", "hold", "transfer", "pause"}
    can = {"open": {"pause", "close", "call"}, "paused": {"open", "close"}, "closed": {"open"}}[show.state]
    return can | ({"resume"} if show.held and show.state == "open" else set())


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``show`` a ShowWindow or None; ``is_connected``; ``code`` a key of the catalogue or empty; ``is_waiting``."""
    show: ShowWindow | None = content["show"]
    page = Sheet(width_px, height_px, sheet.PAPER)
    unit = min(width_px, height_px)
    edge = unit * 3 // 100
    head = (0, 0, width_px, min(height_px, width_px) * 14 // 100)
    card = (edge, head[3] + edge, width_px - edge, height_px * 60 // 100)
    message = (edge, card[3] + edge // 2, width_px - edge, card[3] + height_px * 9 // 100)
    keys = (edge, message[3] + edge // 2, width_px - edge, height_px - edge)
    _head(page, head, show)
    _ticket(page, card, show, content["is_waiting"])
    code = content["code"] or ("" if content["is_connected"] else "terminal.offline")
    if code:
        page.box(message, "#FBE3E3", unit // 60)
        page.lines(
            sheet.inset(message, edge // 3),
            words(code),
            min((message[3] - message[1]) * 56 // 100, unit * 5 // 100),
            sheet.RED,
            "middle",
        )
    can = possible_keys(show) if show is not None and content["is_connected"] else set()
    across = 6 if width_px > height_px else 3
    gap = unit * 2 // 100
    cells = [
        c for row in sheet.rows(keys, -(-len(_SHOWN_KEYS) // across), gap) for c in sheet.columns(row, across, gap)
    ]
    for word, cell in zip(_SHOWN_KEYS, cells, strict=False):
        key(page, cell, words("key." + word), False, word in can)
    return page.image


def _head(page: Sheet, box: Box, show: ShowWindow | None) -> None:
    _, top, right, bottom = box
    high = bottom - top
    pad = high * 3 // 10
    if show is None:
        page.box(box, _STATE_COLOURS["closed"])
        page.text((pad, top, right - pad, bottom), words("screen.window.starting"), high * 40 // 100, sheet.WHITE)
        return
    page.box(box, _STATE_COLOURS[show.state])
    page.text(
        (pad, top, right // 2, bottom), words("window.state." + show.state), high * 48 // 100, sheet.WHITE, bold=0.015
    )
    count, count_px = str(show.waiting), high * 62 // 100
    page.text((right // 2, top, right - pad, bottom), count, count_px, sheet.WHITE, "right", 0.02)
    edge = right - pad * 2 - font_width_px(count, count_px)
    page.text((right // 4, top, edge, bottom), words("screen.window.waiting"), high * 34 // 100, sheet.WHITE, "right")


def _ticket(page: Sheet, box: Box, show: ShowWindow | None, is_waiting: bool) -> None:
    page.box(box, sheet.CARD, (box[3] - box[1]) // 16)
    left, top, right, bottom = box
    high = bottom - top
    pad = high // 12
    label_px = min(high * 10 // 100, (right - left) * 5 // 100)
    page.text(
        (left + pad, top + pad // 2, right - pad, top + high // 5), words("screen.window.number"), label_px, sheet.FAINT
    )
    if is_waiting:
        busy = (left + pad, top + pad // 2, right - pad, top + high // 5)
        page.text(busy, words("screen.window.busy"), label_px, sheet.BLUE, "right")
    number = show.number if show is not None and show.number else words("screen.window.nobody")
    colour = sheet.BLUE if show is not None and show.number else sheet.FAINT
    number_px = min(high * 44 // 100, (right - left) * 20 // 100)
    page.text(
        (left + pad, top + high // 5, right - pad, top + high * 66 // 100), number, number_px, colour, "middle", 0.02
    )
    if show is None:
        return
    state = words("ticket.state." + show.ticket_state) if show.ticket_state else ""
    about = "  ·  ".join(part for part in (state, show.service) if part)
    page.text(
        (left + pad, top + high * 66 // 100, right - pad, top + high * 82 // 100),
        about,
        label_px * 11 // 10,
        sheet.INK,
        "middle",
    )
    if show.held:
        held = words("screen.window.held") + "  " + "  ".join(ticket.rpartition("-")[2] for ticket in show.held)
        page.text(
            (left + pad, top + high * 82 // 100, right - pad, bottom - pad // 2), held, label_px, sheet.FAINT, "middle"
        )


PAGES = {"window": Page(draw)}
