"""Writing on the glass: pinyin letters, the characters that they may stand for, digits and marks."""

from PIL import Image

from firmware.screens import keyboard, looks, sheet
from firmware.screens.page_screen import Content
from firmware.screens.sheet import Box, key
from firmware.screens.syllables import characters, next_letters
from firmware.words import words

_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM，。")
_OFFERED = 9  # characters at once


class Typing:
    """``text`` so far, at most ``most`` characters; ``syllable``: typed, no character chosen yet."""

    def __init__(self, text: str, most: int) -> None:
        self.text = text
        self.syllable = ""
        self.page = 0
        self._before = text
        self._most = most

    def push(self, button: str) -> bool:
        """A button of the page; True when the writing is over."""
        word, _, value = button.partition(":")
        if word == "take":
            self._add(value)
            self.syllable, self.page = "", 0
        elif word == "more":
            self.page = (self.page + 1) % _pages(self.syllable)
        elif value == "back":
            self.text = self._before
            return True
        elif value == "ok":
            return True
        elif value == "delete":
            if self.syllable:
                self.syllable, self.page = self.syllable[:-1], 0
            else:
                self.text = self.text[:-1]
        elif word == "key":
            self._type(value)
        return False

    def _type(self, letter: str) -> None:
        if not letter.isascii() or letter.isdigit():
            self._add(letter)
        elif letter.lower() in next_letters(self.syllable):
            self.syllable, self.page = self.syllable + letter.lower(), 0

    def _add(self, text: str) -> None:
        self.text = (self.text + text)[: self._most]

    def content(self) -> Content:
        """What the page says."""
        return {"text": self.text, "syllable": self.syllable, "page": self.page}


def _pages(syllable: str) -> int:
    return max(1, -(-len(characters(syllable)) // _OFFERED)) if syllable else 1


def _candidates(content: Content) -> str:
    at = content["page"] * _OFFERED
    return characters(content["syllable"])[at : at + _OFFERED] if content["syllable"] else ""


def _areas(width_px: int, height_px: int) -> tuple[Box, Box, Box, Box]:
    """What was written, the syllable, the candidates, the keys."""
    unit = min(width_px, height_px)
    edge = unit * 3 // 100
    shares = (22, 31, 45) if width_px > height_px else (16, 22, 30)
    y = [height_px * share // 100 for share in shares]
    right, bottom = width_px - edge, height_px * (98 if width_px > height_px else 72) // 100
    return (
        (edge, edge, right, y[0] - edge // 2),
        (edge, y[0], right, y[1] - edge // 4),
        (edge, y[1], right, y[2] - edge // 2),
        (edge, y[2], right, bottom),
    )


def buttons(content: Content, width_px: int, height_px: int) -> dict[str, Box]:
    """Candidates as ``take:X``, ``more``, and the keys."""
    gap = min(width_px, height_px) // 80
    _, _, area, keys = _areas(width_px, height_px)
    found = keyboard.boxes(keys, (keyboard.DIGITS, *_ROWS), ("back", "delete", "ok"), gap)
    cells = sheet.columns(area, _OFFERED + 1, gap)
    for letter, cell in zip(_candidates(content), cells, strict=False):
        found["take:" + letter] = cell
    if content["syllable"] and _pages(content["syllable"]) > 1:
        found["more"] = cells[-1]
    return found


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``text`` and ``syllable`` so far; ``page`` of the candidates; the visitor's looks."""
    language = looks.language_of(content)
    page = looks.new_sheet(content, width_px, height_px)
    text, syllable, _, _ = _areas(width_px, height_px)
    unit = min(width_px, height_px)
    page.box(text, sheet.CARD, unit // 50, sheet.BLUE, 3)
    inner = sheet.inset(text, unit * 2 // 100)
    hint = words("screen.evaluation.write", language)
    page.lines(inner, content["text"] or hint, unit * 5 // 100, sheet.INK if content["text"] else sheet.FAINT)
    page.text(syllable, content["syllable"], (syllable[3] - syllable[1]) * 60 // 100, sheet.BLUE)
    possible = next_letters(content["syllable"]).upper()
    found = buttons(content, width_px, height_px)
    keys = {name: box for name, box in found.items() if name.startswith("key:")}
    keyboard.draw(page, keys, content["text"] + content["syllable"], language, possible + keyboard.DIGITS + "，。")
    for name, box in found.items():
        if name.startswith("take:"):
            key(page, box, name[5:], False)
    if "more" in found:
        key(page, found["more"], "›", False)
    return page.image
