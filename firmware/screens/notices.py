"""Pages with one thing to say: please wait, take your ticket, sorry, out of service."""

from PIL import Image

from firmware.screens import sheet
from firmware.screens.face import face
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.words import words


def notice(
    width_px: int,
    height_px: int,
    title: str,
    body: str,
    foot: str,
    colour: str,
    sign: str,
    big: str = "",
    looks: Content | None = None,
    button: str = "",
) -> Image.Image:
    """A sign (``tick``, ``dots``, ``bar``, ``face``), a title, something very big, a body, a small line at the foot.

    ``looks``: ``language`` and ``is_strong``, as a visitor wants them. ``button``: what a button at the foot says.
    """
    looks = looks or {}
    page = Sheet(width_px, height_px, sheet.PAPER, bool(looks.get("is_strong")), looks.get("language") == "yue")
    unit = min(width_px, height_px)
    parts = [(26, 0), (18, 10)] + ([(24, 20)] if big else []) + ([(20, 6)] if body else [])  # room and type, in percent
    y = (height_px * 90 // 100 - unit * sum(room for room, _ in parts) // 100) // 2
    radius = unit * 13 // 100
    _sign(page, (width_px // 2 - radius, y, width_px // 2 + radius, y + 2 * radius), colour, sign)
    y += 2 * radius
    edge = width_px * 6 // 100
    texts = (
        [(title, colour, 0.02)] + ([(big, sheet.INK, 0.02)] if big else []) + ([(body, sheet.INK, 0.0)] if body else [])
    )
    for (room, size), (text, ink, bold) in zip(parts[1:], texts, strict=True):
        page.lines((edge, y, width_px - edge, y + unit * room // 100), text, unit * size // 100, ink, "middle", bold)
        y += unit * room // 100
    if button:
        key(page, _foot(width_px, height_px), button, False)
    else:
        page.lines(_foot(width_px, height_px), foot, unit * 4 // 100, sheet.FAINT, "middle")
    return page.image


def _foot(width_px: int, height_px: int) -> Box:
    return width_px * 6 // 100, height_px * 88 // 100, width_px - width_px * 6 // 100, height_px * 97 // 100


def _sign(page: Sheet, box: Box, colour: str, sign: str) -> None:
    left, top, right, bottom = box
    size = right - left
    if sign == "face":
        face(page, box, 5, colour)
        return
    page.ellipse(box, colour)
    if sign == "tick":
        points = [(left + size * x // 100, top + size * y // 100) for x, y in ((27, 52), (44, 68), (74, 35))]
        page.line(points, sheet.CARD, max(3, size * 9 // 100))
    elif sign == "dots":
        for x in (30, 50, 70):
            dot = (
                left + size * (x - 6) // 100,
                top + size * 44 // 100,
                left + size * (x + 6) // 100,
                top + size * 56 // 100,
            )
            page.ellipse(dot, sheet.CARD)
    else:
        page.box(sheet.inset((left, top + size * 41 // 100, right, bottom - size * 41 // 100), size * 2 // 100), colour)
        page.box(
            (left + size * 24 // 100, top + size * 43 // 100, right - size * 24 // 100, bottom - size * 43 // 100),
            sheet.CARD,
        )


_PRINTER_FAULTS = ("paper_out", "cover_open", "cutter", "jam", "unplugged", "offline")


def whole(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """A touch anywhere takes the notice off."""
    return {"dismiss": (0, 0, width_px, height_px)}


def _take_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """Another ticket for the same visitor, if that is offered; all else takes the notice off."""
    if not content.get("further"):
        return whole(content, width_px, height_px)
    foot = _foot(width_px, height_px)
    return {"further": foot, "dismiss": (0, 0, width_px, foot[1] - height_px // 100)}


def _language(content: Content) -> str:
    return str(content.get("language", "zh"))


def _wait(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``text``: a key of the catalogue, "your ticket is being printed" when not given."""
    title = words(content.get("text", "screen.kiosk.wait"), _language(content))
    return notice(width_px, height_px, title, "", "", sheet.BLUE, "dots", looks=content)


def _take(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``number``, ``ahead``; ``offline``: that is not known; ``further``: another ticket is offered."""
    language = _language(content)
    known = "screen.ahead" if content["ahead"] else "screen.ahead.nobody"
    ahead = words("screen.ahead.unknown" if content.get("offline") else known, language, count=content["ahead"])
    title, foot = words("screen.kiosk.take", language), words("screen.kiosk.touch", language)
    button = words("screen.kiosk.further", language) if content.get("further") else ""
    return notice(width_px, height_px, title, ahead, foot, "#0B6B3A", "tick", content["number"], content, button)


def _message(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``code``: a key of the catalogue; ``title`` likewise, "no ticket" when not given."""
    language = _language(content)
    title = words(content.get("title", "screen.kiosk.sorry"), language)
    foot = words("screen.kiosk.touch", language)
    return notice(width_px, height_px, title, words(content["code"], language), foot, sheet.RED, "bar", looks=content)


def _out_of_service(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``reason``: link, printer, touch, full or hours; ``fault`` of the printer; ``opens``: when it opens, in words."""
    reason = words("screen.kiosk.closed." + content["reason"])
    if content["reason"] == "printer" and content.get("fault") in _PRINTER_FAULTS:
        reason = words("screen.kiosk.closed.printer." + content["fault"])
    title, foot = words("screen.kiosk.closed"), words("screen.kiosk.elsewhere")
    if content["reason"] == "hours":
        title, foot = words("screen.kiosk.closed.hours"), ""
        reason = words("screen.kiosk.closed.until", time=content["opens"]) if content.get("opens") else ""
    return notice(width_px, height_px, title, reason, foot, sheet.RED, "bar")


PAGES = {
    "wait": Page(_wait),
    "take": Page(_take, _take_buttons),
    "message": Page(_message, whole),
    "out_of_service": Page(_out_of_service),
}
