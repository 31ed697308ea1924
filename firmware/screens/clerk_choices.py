"""The clerk's further pages on the glass: where to transfer a ticket and when, which held one to call back, why the
window pauses, who sits here, and their own figures of the week before."""

from PIL import Image

from firmware.screens import keyboard, sheet
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet, key
from firmware.wire.messages.figures import ShowFigures
from firmware.words import words

_ROWS = 5
_LATER_MIN = (0, 10, 20, 30, 60)
_SWITCHES = ("back_here", *("later:%d" % minutes for minutes in _LATER_MIN))
_PAUSES = ("lunch", "meeting", "fault", "other")


def _areas(width_px: int, height_px: int) -> tuple[Box, Box, Box]:
    """Title, choices, and the row of keys below."""
    unit = min(width_px, height_px)
    edge = unit * 3 // 100
    foot = unit * 15 // 100
    title = (edge, 0, width_px - edge, unit * 14 // 100)
    below = (edge, height_px - foot, width_px - edge, height_px - edge)
    return title, (edge, title[3], width_px - edge, below[1] - edge), below


def _per_leaf(width_px: int, height_px: int) -> tuple[int, int]:
    """(columns, rows) of choices on a leaf."""
    return (3, _ROWS) if width_px > height_px else (2, _ROWS * 2)


def _with_switches(width_px: int, height_px: int) -> list[Box]:
    """Where the choices are when there are switches, too, and the rows of these."""
    _, area, _ = _areas(width_px, height_px)
    gap = min(width_px, height_px) * 2 // 100
    down, switches = _per_leaf(width_px, height_px)[1], 1 if width_px > height_px else 2
    lines = sheet.rows((*area[:3], area[3] - gap // 2), down + switches, gap)
    return [(area[0], area[1], area[2], lines[down - 1][3] - gap // 2), *lines[down:]]


def _choice_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    unit = min(width_px, height_px)
    gap = unit * 2 // 100
    _, area, below = _areas(width_px, height_px)
    across, down = _per_leaf(width_px, height_px)
    switches: list[Box] = []
    if "comes_back" in content:
        area, *lines = _with_switches(width_px, height_px)
        switches = [cell for line in lines for cell in sheet.columns(line, len(_SWITCHES) // len(lines), gap)]
    cells = [cell for row in sheet.rows(area, down, gap) for cell in sheet.columns(row, across, gap)]
    choices, leaves, leaf = _leaf(content, width_px, height_px)
    found = {name: cell for (name, _), cell in zip(choices, cells, strict=False)}
    found.update(zip(_SWITCHES, switches, strict=False))
    ends = sheet.columns(below, 3, gap)
    found["back"] = ends[0]
    if leaves > 1:
        found["leaf:%d" % ((leaf + 1) % leaves)] = ends[2]
    return found


def _leaf(content: Content, width_px: int, height_px: int) -> tuple[list[tuple[str, str | int]], int, int]:
    """The choices on the leaf that is open, how many leaves there are, and which it is."""
    across, down = _per_leaf(width_px, height_px)
    choices: list[tuple[str, str | int]] = content["choices"]
    leaves = max(1, -(-len(choices) // (across * down)))
    leaf = min(content.get("leaf", 0), leaves - 1)
    return choices[leaf * across * down : (leaf + 1) * across * down], leaves, leaf


def _choose(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``title`` a key of the catalogue; ``choices``: (name of the button, what it says, or the number of a window).

    ``leaf`` from 0; ``number`` of the ticket. Of a transfer alone ``comes_back`` and ``after_min``: how the switches
    stand.
    """
    page = Sheet(width_px, height_px, sheet.PAPER)
    title, _, below = _areas(width_px, height_px)
    page.box((0, 0, width_px, title[3] - 4), sheet.BLUE)
    text = words(content["title"], number=content["number"])
    page.text((title[0], 0, title[2], title[3] - 4), text, (title[3] - title[1]) * 44 // 100, sheet.WHITE, bold=0.015)
    found = _choice_buttons(content, width_px, height_px)
    choices, leaves, leaf = _leaf(content, width_px, height_px)
    for name, label in choices:
        box = found[name]
        high = box[3] - box[1]
        page.box(box, sheet.CARD, high // 6, sheet.BLUE, max(2, high // 28))
        text = label if isinstance(label, str) else words("strip.window", number=label)
        page.lines(
            sheet.inset(box, high // 8),
            text,
            min(high * 40 // 100, min(width_px, height_px) * 4 // 100),
            sheet.BLUE,
            "middle",
        )
    if "comes_back" in content:
        area, *lines = _with_switches(width_px, height_px)
        spare = (lines[0][1] - area[3]) // 2
        page.box((0, area[3] + spare, width_px, lines[-1][3] + spare), sheet.CHOSEN)
        key(page, found["back_here"], words("screen.window.back_here"), content["comes_back"])
        for minutes in _LATER_MIN:
            label = words("screen.window.later" if minutes else "screen.window.now", minutes=minutes)
            key(page, found["later:%d" % minutes], label, minutes == content["after_min"])
    key(page, found["back"], words("screen.kiosk.back"), False)
    if leaves > 1:
        key(page, found["leaf:%d" % ((leaf + 1) % leaves)], words("screen.kiosk.next"), False)
        size_px = (below[3] - below[1]) * 36 // 100
        page.text(below, "%d / %d" % (leaf + 1, leaves), size_px, sheet.FAINT, "middle")
    return page.image


def _pause_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """``pause:{reason}``: what the button says is what the hub is told."""
    gap = min(width_px, height_px) * 2 // 100
    _, area, below = _areas(width_px, height_px)
    across = 2 if width_px > height_px else 1
    lines = sheet.rows(area, len(_PAUSES) // across, gap)
    cells = [cell for line in lines for cell in sheet.columns(line, across, gap)]
    reasons = ["pause:" + words("screen.window.pause." + reason) for reason in _PAUSES]
    return {**dict(zip(reasons, cells, strict=True)), "back": sheet.columns(below, 3, gap)[0]}


def _pause(content: Content, width_px: int, height_px: int) -> Image.Image:
    """Why the window takes nobody for a while."""
    page = Sheet(width_px, height_px, sheet.PAPER)
    title = _areas(width_px, height_px)[0]
    page.box((0, 0, width_px, title[3] - 4), sheet.BLUE)
    head = (title[0], 0, title[2], title[3] - 4)
    page.text(head, words("screen.window.why_pause"), (title[3] - title[1]) * 44 // 100, sheet.WHITE, bold=0.015)
    found = _pause_buttons(content, width_px, height_px)
    for name in [name for name in found if name != "back"]:
        box = found[name]
        high = min(box[3] - box[1], min(width_px, height_px) * 20 // 100)
        page.box(box, sheet.CARD, high // 6, sheet.BLUE, max(2, high // 28))
        page.text(sheet.inset(box, high // 8), name.partition(":")[2], high * 40 // 100, sheet.BLUE, "middle", 0.01)
    key(page, found["back"], words("screen.kiosk.back"), False)
    return page.image


def _sign_boxes(width_px: int, height_px: int) -> tuple[Box, Box, dict[str, Box]]:
    title, area, below = _areas(width_px, height_px)
    left, top, right, _ = area
    typed = (left, top + 8, right, top + (below[3] - top) * 20 // 100)
    rows = (keyboard.DIGITS, *keyboard.LETTER_ROWS)
    keys = (left, typed[3] + 12, right, below[3])
    return title, typed, keyboard.boxes(keys, rows, ("back", "delete", "ok"), min(width_px, height_px) // 80)


def _sign_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    return _sign_boxes(width_px, height_px)[2]


def _sign(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``typed`` so far."""
    page = Sheet(width_px, height_px, sheet.PAPER)
    title, typed, keys = _sign_boxes(width_px, height_px)
    page.text(title, words("screen.window.who"), (title[3] - title[1]) * 44 // 100, sheet.INK, "middle")
    keyboard.field(page, typed, content["typed"])
    keyboard.draw(page, keys, content["typed"], "zh")
    return page.image


def _mine_buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    below = _areas(width_px, height_px)[2]
    ends = sheet.columns(below, 3, min(width_px, height_px) * 2 // 100)
    return {"back": ends[0], "sign_out": ends[2]}


def _mine(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``staff`` who is signed in; ``figures`` a ShowFigures or None."""
    show: ShowFigures | None = content["figures"]
    page = Sheet(width_px, height_px, sheet.PAPER)
    title, area, _ = _areas(width_px, height_px)
    unit = min(width_px, height_px)
    page.box((0, 0, width_px, title[3] - 4), sheet.BLUE)
    size_px = (title[3] - title[1]) * 44 // 100
    head = (title[0], 0, title[2], title[3] - 4)
    end = page.text(head, words("screen.mine.title"), size_px, sheet.WHITE, bold=0.015)
    who = words("screen.window.staff", staff=content["staff"])
    page.text((end, head[1], head[2], head[3]), who, size_px * 8 // 10, sheet.WHITE, "right")
    top, *cards, note = sheet.rows(area, 5, unit * 2 // 100)
    if show is None or not show.first:
        page.lines(sheet.inset(area, unit // 20), words("screen.mine.none"), unit * 6 // 100, sheet.FAINT, "middle")
    else:
        week = words("screen.mine.week", first=show.first, last=show.last)
        page.text(top, week, unit * 5 // 100, sheet.INK, "middle")
        for card, (label, value) in zip(cards, _own(show), strict=True):
            _fact(page, card, label, value)
        page.lines(note, words("screen.mine.note"), unit * 35 // 1000, sheet.FAINT, "middle")
    found = _mine_buttons(content, width_px, height_px)
    key(page, found["back"], words("screen.kiosk.back"), False)
    key(page, found["sign_out"], words("screen.mine.sign_out"), False)
    return page.image


def _own(show: ShowFigures) -> list[tuple[str, str]]:
    minutes = "%.1f" % (show.stay_s / 60)
    return [
        (words("screen.mine.served"), str(show.served)),
        (words("screen.mine.stay"), words("screen.mine.minutes", minutes=minutes)),
        (words("screen.mine.satisfied"), words("screen.mine." + show.share, percent=show.percent)),
    ]


def _fact(page: Sheet, box: Box, label: str, value: str) -> None:
    high = box[3] - box[1]
    page.box(box, sheet.CARD, high // 6)
    inner = (box[0] + high // 3, box[1], box[2] - high // 3, box[3])
    unit = min(page.image.size)
    end = page.text(inner, label, min(high * 32 // 100, unit * 4 // 100), sheet.FAINT)
    page.text((end, *inner[1:]), value, min(high * 42 // 100, unit * 6 // 100), sheet.BLUE, "right", 0.015)


PAGES = {
    "choose": Page(_choose, _choice_buttons),
    "pause": Page(_pause, _pause_buttons),
    "sign_in": Page(_sign, _sign_buttons),
    "mine": Page(_mine, _mine_buttons),
}
