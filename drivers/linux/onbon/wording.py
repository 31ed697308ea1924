"""What of a region's words fits a strip of few pixels, and how the controller shall set it."""

from typing import NamedTuple

from drivers.linux.onbon.commands import (
    GREEN,
    LEFT,
    MULTI_LINE,
    NO_WRAP,
    RED,
    SINGLE_LINE,
    STATIC,
    WRAP,
    YELLOW,
)


class Setting(NamedTuple):
    """Text and how it stands."""

    text: str
    display: int
    lines: int
    wrap: int


def cells(text: str) -> int:
    """Half widths: 1 for what ASCII has, 2 for Han characters."""
    return sum(1 if character.isascii() else 2 for character in text)


def setting(text: str, width_px: int, height_px: int, font_px: int) -> Setting:
    """As much of the words as stands still: all, or without the service, or only where and who; else it runs.

    The words of a region are separated by spaces: window, service, number, what to do.
    """
    room = max(1, width_px * 2 // font_px)
    most = max(1, height_px // font_px)
    for words in _fewer(text.split(" ")):
        lines = _lines(words, room)
        if lines and len(lines) <= most:
            # The controller breaks where the line is full, so each is filled up to there.
            full = "".join(line + " " * (room - cells(line)) for line in lines[:-1]) + lines[-1]
            return Setting(full, STATIC, *((SINGLE_LINE, NO_WRAP) if len(lines) == 1 else (MULTI_LINE, WRAP)))
    return Setting(text, LEFT, SINGLE_LINE, NO_WRAP)


def _fewer(words: list[str]) -> list[list[str]]:
    found = [words]
    if len(words) > 2:
        found.append([words[0], *words[2:]])
    if len(words) > 3:
        found.append([words[0], words[2]])
    return found


def _lines(words: list[str], room: int) -> list[str]:
    """The words in lines of at most ``room`` cells; none when a word is longer."""
    lines: list[str] = []
    for word in words:
        if cells(word) > room:
            return []
        if lines and cells(lines[-1]) + 1 + cells(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def mark(colour: int) -> str:
    """The controller's mark for the nearest of its three colours. ``colour`` is 0xRRGGBB."""
    red, green = colour >> 16 & 255, colour >> 8 & 255
    name = YELLOW if min(red, green) * 2 > max(red, green) else RED if red > green else GREEN
    return f"\\C{name}"


def encoded(text: str, marks: str = "") -> bytes:
    """GB 2312; a sign that begins a mark is made harmless, characters that the card does not have become ？."""
    plain = text.replace("\\", "＼")
    return (marks + "".join(c if _is_there(c) else "？" for c in plain)).encode("gb2312")


def _is_there(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
