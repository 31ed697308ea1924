"""The hall display: who is called to which window, how many wait, one notice. Landscape or portrait."""

from PIL import Image

from firmware.screens import sheet
from firmware.screens.fonts import width_px
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet
from firmware.wire.messages.screen import CalledRow, ShowCalls, WaitingRow
from firmware.words import words

_EMPTY = ShowCalls(epoch=0, rev=0, hall="", called=[], waiting=[])


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``show`` a ShowCalls or None; ``is_connected``."""
    show = content["show"] or _EMPTY
    page = Sheet(width_px, height_px, sheet.NIGHT)
    unit = min(width_px, height_px)
    bar_px, foot_px, gap_px = unit * 12 // 100, unit * 9 // 100, unit * 2 // 100
    _head(page, (0, 0, width_px, bar_px), show.hall, content["is_connected"])
    notice = show.notice or words("screen.calls.notice")
    foot = (0, height_px - foot_px, width_px, height_px)
    page.box(foot, sheet.BAR)
    page.lines(
        (gap_px * 2, foot[1], width_px - gap_px * 2, height_px), notice, foot_px * 45 // 100, sheet.WHITE, "middle"
    )
    body = (gap_px, bar_px + gap_px, width_px - gap_px, height_px - foot_px - gap_px)
    calls, waiting = _split(body, gap_px, len(show.waiting))
    _calls(page, calls, show.called, unit)
    if show.waiting:
        _waiting(page, waiting, show.waiting, unit)
    return page.image


def _split(body: Box, gap_px: int, waiting: int) -> tuple[Box, Box]:
    """Where the calls go and where the waiting counts go: side by side, or one below the other."""
    left, top, right, bottom = body
    if not waiting:
        return body, body
    if right - left > bottom - top:
        middle = left + (right - left) * 66 // 100
        return (left, top, middle, bottom), (middle + gap_px, top, right, bottom)
    lines = -(-waiting // 2)
    below_px = min((bottom - top) * 40 // 100, (lines + 1) * (right - left) * 9 // 100)
    return (left, top, right, bottom - below_px - gap_px), (left, bottom - below_px, right, bottom)


def _head(page: Sheet, box: Box, hall: str, is_connected: bool) -> None:
    page.box(box, sheet.BAR)
    left, top, right, bottom = box
    size_px = (bottom - top) * 52 // 100
    pad_px = size_px * 6 // 10
    page.box((left + pad_px, top + size_px // 2, left + pad_px + size_px // 6, bottom - size_px // 2), sheet.YELLOW)
    side = words("screen.calls.title")
    colour, side_px = sheet.SOFT, size_px * 7 // 10
    if not is_connected:
        side, colour, side_px = words("screen.calls.offline"), sheet.YELLOW, size_px * 5 // 10
    room_px = width_px(side, side_px)
    page.text((right - pad_px - room_px - 4, top, right - pad_px, bottom), side, side_px, colour, "right")
    start = left + pad_px + size_px // 2
    page.text((start, top, right - room_px - 3 * pad_px, bottom), hall, size_px, sheet.WHITE, bold=0.015)


def _calls(page: Sheet, box: Box, called: list[CalledRow], unit: int) -> None:
    left, top, right, bottom = box
    if not called:
        page.box(box, sheet.PANEL, unit // 50)
        page.lines(sheet.inset(box, unit // 20), words("screen.calls.none"), unit * 8 // 100, sheet.SOFT, "middle")
        return
    gap_px = max(4, unit // 120)
    high_px = bottom - top
    # The newest is half as high again as the others; a row is at least 10 % of the shorter side, for eyes far away.
    fits = int((high_px + gap_px) / (unit * 0.1 + gap_px) - 0.5)
    called = called[: max(1, fits)]
    most_px = unit * 17 // 100
    each_px = min(most_px, int((high_px - gap_px * (max(len(called), 5) - 1)) / (max(len(called), 5) + 0.5)))
    y = top
    for place, row in enumerate(called):
        row_px = each_px * 3 // 2 if place == 0 else each_px
        alike = called[:1] if place == 0 else called[1:]  # of one size
        size_px = min(_size_px(each, right - left, row_px) for each in alike)
        _call(page, (left, y, right, y + row_px), row, place, size_px)
        y += row_px + gap_px


def _call(page: Sheet, box: Box, row: CalledRow, place: int, size_px: int) -> None:
    left, top, right, bottom = box
    high_px = bottom - top
    is_newest = place == 0
    ground = sheet.BLUE if is_newest else (sheet.PANEL, sheet.STRIPE)[place % 2]
    page.box(box, ground, high_px // 10, sheet.YELLOW if is_newest else "", max(3, high_px // 32) if is_newest else 0)
    please, to, window = (words("screen.calls." + word) for word in ("please", "to", "window"))
    small_px, pad_px = size_px * 6 // 10, size_px * 4 // 10
    plain = sheet.WHITE if is_newest else sheet.SOFT
    x = page.text((left + pad_px, top, right, bottom), please, small_px, plain) + pad_px // 2
    x = page.text((x, top, right, bottom), row.number, size_px, sheet.YELLOW, bold=0.02) + pad_px // 2
    # Windows stand below one another in rows of one size, as far as there is room for what follows.
    tail_px = width_px(to + window, small_px) + width_px(str(row.window), size_px) + size_px // 10 + 2 * pad_px
    mark_px = small_px * 2 + pad_px * 14 // 10 if row.recalled else 0
    x = max(x, min(left + (right - left) * 45 // 100, right - tail_px - mark_px))
    x = page.text((x, top, right, bottom), to, small_px, plain) + pad_px // 2
    x = page.text((x, top, right, bottom), str(row.window), size_px, sheet.GREEN, bold=0.02) + pad_px // 2
    page.text((x, top, right, bottom), window, small_px, plain)
    if row.recalled:
        middle = (top + bottom) // 2
        mark = (
            right - pad_px * 7 // 10 - small_px * 2,
            middle - small_px * 6 // 10,
            right - pad_px * 7 // 10,
            middle + small_px * 6 // 10,
        )
        page.box(mark, sheet.YELLOW, small_px // 4)
        page.text(mark, words("screen.calls.recalled"), small_px * 7 // 10, sheet.NIGHT, "middle", bold=0.01)


def _size_px(row: CalledRow, wide_px: int, high_px: int) -> int:
    """The size of the number in a row of this size, so that all of the row fits."""
    size_px = min(high_px * 70 // 100, wide_px * 11 // 100)
    small_px, pad_px = size_px * 6 // 10, size_px * 4 // 10
    plain = "".join(words("screen.calls." + word) for word in ("please", "to", "window"))
    mark_px = small_px * 2 + pad_px * 3 // 2 if row.recalled else 0
    strokes_px = size_px // 10  # bold numbers are wider than measured
    numbers_px = width_px(row.number + str(row.window), size_px)
    needed_px = width_px(plain, small_px) + numbers_px + 4 * pad_px + mark_px + strokes_px
    return size_px * wide_px // max(needed_px, wide_px)


def _waiting(page: Sheet, box: Box, waiting: list[WaitingRow], unit: int) -> None:
    left, top, right, bottom = box
    page.box(box, sheet.PANEL, unit // 50)
    is_wide = right - left > bottom - top
    across = 2 if is_wide or len(waiting) > 14 else 1
    head_px = unit * 8 // 100
    pad_px = unit * 2 // 100
    page.text(
        (left + pad_px, top, right - pad_px, top + head_px),
        words("screen.calls.waiting"),
        head_px * 55 // 100,
        sheet.SOFT,
    )
    area = (left + pad_px, top + head_px, right - pad_px, bottom - pad_px)
    down = -(-len(waiting) // across)
    gap_px = max(2, unit // 200)
    pitch_px = min((area[3] - area[1] + gap_px) // down, unit * 11 // 100)
    for place, row in enumerate(waiting):
        column = sheet.columns(area, across, pad_px)[place // down]
        y = area[1] + place % down * pitch_px
        line = (column[0], y, column[2], y + pitch_px - gap_px)
        page.box(line, sheet.STRIPE, pitch_px // 10)
        _count(page, line, row)


def _count(page: Sheet, line: Box, row: WaitingRow) -> None:
    left, top, right, bottom = line
    size_px = min((bottom - top) * 56 // 100, (right - left) * 9 // 100)
    pad_px = size_px // 2
    people = words("screen.calls.people")
    people_px = size_px * 7 // 10
    edge = right - pad_px - width_px(people, people_px)
    page.text((edge, top, right - pad_px + 2, bottom), people, people_px, sheet.SOFT)
    room_px = max(width_px(str(row.waiting), size_px) + pad_px // 2, width_px("00", size_px))
    page.text(
        (edge - pad_px // 3 - room_px, top, edge - pad_px // 3, bottom),
        str(row.waiting),
        size_px,
        sheet.GREEN,
        "right",
        0.02,
    )
    page.lines(
        (left + pad_px, top, edge - pad_px // 3 - room_px - pad_px // 2, bottom), row.label, size_px, sheet.WHITE
    )


PAGES = {"calls": Page(draw)}
