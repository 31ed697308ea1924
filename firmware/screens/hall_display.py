"""The hall display: who is called to which window, how many wait, which windows are open, a notice that runs when it
is long. Landscape or portrait."""

from PIL import Image

from firmware.screens import sheet
from firmware.screens.fonts import width_px
from firmware.screens.page_screen import Content, Page
from firmware.screens.sheet import Box, Sheet
from firmware.screens.ticker import Ticker, notice_line
from firmware.wire.messages.screen import CalledRow, ShowCalls, WaitingRow, WindowRow
from firmware.words import words

# State → ground and ink; white on each ground, and each ink on its ground, have a contrast of 7:1 or more.
_WINDOW_COLOURS = {
    "open": ("#0B5A31", sheet.WHITE),
    "paused": ("#5C3A00", sheet.YELLOW),
    "closed": (sheet.STRIPE, "#A9B7CC"),
}
_EMPTY = ShowCalls(epoch=0, rev=0, hall="", called=[], waiting=[])


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``show`` a ShowCalls or None; ``is_connected``. What runs is drawn by `moving`."""
    show = content["show"] or _EMPTY
    page = Sheet(width_px, height_px, sheet.NIGHT)
    unit = min(width_px, height_px)
    bar_px, foot_px, gap_px = unit * 12 // 100, unit * 9 // 100, unit * 2 // 100
    _head(page, (0, 0, width_px, bar_px), show.hall, content["is_connected"])
    page.box((0, height_px - foot_px, width_px, height_px), sheet.BAR)
    _notice(content, width_px, height_px, page)
    body = (gap_px, bar_px + gap_px, width_px - gap_px, height_px - foot_px - gap_px)
    if show.windows:
        rows = _window_rows(len(show.windows), body[2] - body[0], unit)
        high_px = unit * (9, 15, 21)[min(rows, 3) - 1] // 100
        _windows(page, (body[0], body[3] - high_px, body[2], body[3]), show.windows, unit)
        body = (*body[:3], body[3] - high_px - gap_px)
    calls, waiting = _split(body, gap_px, len(show.waiting))
    _calls(page, calls, show.called, unit)
    if show.waiting:
        _waiting(page, waiting, show.waiting, unit)
    return page.image


def moving(content: Content, width_px: int, height_px: int) -> list[Ticker]:
    """The notice, when it is longer than the screen is wide."""
    return _notice(content, width_px, height_px, None)


def _notice(content: Content, width_px: int, height_px: int, page: Sheet | None) -> list[Ticker]:
    show = content["show"] or _EMPTY
    unit = min(width_px, height_px)
    foot_px, pad_px = unit * 9 // 100, unit * 4 // 100
    box = (pad_px, height_px - foot_px, width_px - pad_px, height_px)
    return notice_line(box, show.notice or words("screen.calls.notice"), foot_px * 45 // 100, unit, page)


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


def _window_rows(windows: int, wide_px: int, unit: int) -> int:
    """In how many rows the windows stand: a tile is at least 7 % of the shorter side wide."""
    return -(-windows // max(1, (wide_px - unit * 22 // 100) // (unit * 7 // 100)))


def _windows(page: Sheet, box: Box, windows: list[WindowRow], unit: int) -> None:
    """A tile for each window: its number on green when it is open; paused and closed ones say so."""
    left, top, right, bottom = box
    rows = _window_rows(len(windows), right - left, unit)
    title = words("screen.calls.windows")
    page.text((left, top, left + unit * 22 // 100, bottom), title, unit * 4 // 100, sheet.SOFT)
    gap_px = unit // 120
    across = -(-len(windows) // rows)
    area = (left + unit * 22 // 100, top, right, bottom)
    cells = [cell for row in sheet.rows(area, rows, gap_px) for cell in sheet.columns(row, across, gap_px)]
    for row, cell in zip(windows, cells, strict=False):
        ground, ink = _WINDOW_COLOURS[row.state]
        high_px = cell[3] - cell[1]
        page.box(cell, ground, high_px // 8)
        split = cell[1] + high_px * 58 // 100
        page.text((cell[0], cell[1], cell[2], split + 4), str(row.number), high_px * 48 // 100, ink, "middle", 0.02)
        word = words("window.state." + row.state)
        page.text((cell[0] + 2, split, cell[2] - 2, cell[3]), word, high_px * 30 // 100, ink, "middle")


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
    planned = max(len(called), min(5, fits))
    each_px = min(most_px, int((high_px - gap_px * (planned - 1)) / (planned + 0.5)))
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
    across = 2 if right - left > unit * 8 // 10 or len(waiting) > 14 else 1
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
    if row.waiting and row.wait_min > 0:
        people = words("screen.calls.people_min", minutes=row.wait_min)
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


PAGES = {"calls": Page(draw, moving=moving)}
