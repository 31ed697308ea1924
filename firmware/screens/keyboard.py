"""Keys for typing on the glass: a field for what was typed, rows of letters and digits, and what ends it."""

from firmware.screens import sheet
from firmware.screens.sheet import Box, Sheet
from firmware.words import words

DIGITS = "1234567890"
LETTER_ROWS = ("ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ")
PHONE_ROWS = ("123", "456", "789", "0")


def boxes(area: Box, rows: tuple[str, ...], ends: tuple[str, ...], gap_px: int) -> dict[str, Box]:
    """``key:X`` for each letter of each row, and below them ``key:{end}`` for each of ``ends``."""
    lines = sheet.rows(area, len(rows) + 1, gap_px)
    found: dict[str, Box] = {}
    most = max(len(row) for row in rows)
    for letters, line in zip(rows, lines, strict=False):
        cells = sheet.columns(line, most if len(letters) > most // 2 else len(letters), gap_px)
        for letter, cell in zip(letters, cells, strict=False):
            found["key:" + letter] = cell
    for end, cell in zip(ends, sheet.columns(lines[-1], len(ends), gap_px), strict=True):
        found["key:" + end] = cell
    return found


def draw(page: Sheet, keys: dict[str, Box], typed: str, language: str, possible: str | None = None) -> None:
    """``possible``: the letters that lead anywhere; all when not given."""
    for name, box in keys.items():
        letter = name.partition(":")[2]
        if len(letter) == 1:
            sheet.key(page, box, letter, False, possible is None or letter in possible)
        else:
            can = bool(typed) or letter == "back"
            sheet.key(page, box, words("screen.kiosk." + letter, language), letter == "ok" and can, can)


def field(page: Sheet, box: Box, typed: str, hint: str = "") -> None:
    """What was typed, or in a paler ink what could be."""
    high_px = box[3] - box[1]
    page.box(box, sheet.CARD, high_px // 8, sheet.BLUE, max(2, high_px // 30))
    if typed or not hint:
        page.text(box, typed, high_px * 60 // 100, sheet.INK, "middle", 0.02)
    else:
        page.lines(sheet.inset(box, high_px // 8), hint, high_px * 34 // 100, sheet.FAINT, "middle")


def typed_with(typed: str, value: str, most: int) -> str:
    """What was typed after one more key."""
    if value == "delete":
        return typed[:-1]
    return typed + value if len(value) == 1 and len(typed) < most else typed
