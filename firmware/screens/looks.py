"""What a visitor may want of the screen itself: another language, larger letters, a stronger contrast."""

from firmware.screens import sheet
from firmware.screens.page_screen import Content
from firmware.screens.sheet import Box, Sheet, key
from firmware.wire.messages.queue import LANGUAGES
from firmware.words import words

NAMES = {"zh": "普通话", "yue": "粤语/繁體", "en": "English"}  # each in its own words
TOOLS = (*("language:" + language for language in LANGUAGES), "large", "strong")


def new_sheet(content: Content, width_px: int, height_px: int) -> Sheet:
    """A sheet in the colours and letters that this visitor wants."""
    return Sheet(width_px, height_px, sheet.PAPER, bool(content.get("is_strong")), content.get("language") == "yue")


def language_of(content: Content) -> str:
    """Of the texts."""
    return str(content.get("language", "zh"))


def draw(page: Sheet, boxes: dict[str, Box], content: Content) -> None:
    """The buttons for it, those of ``boxes`` that are TOOLS."""
    language = language_of(content)
    for item in LANGUAGES:
        key(page, boxes["language:" + item], NAMES[item], item == language)
    for name in ("large", "strong"):
        key(page, boxes[name], words("screen.kiosk." + name, language), bool(content.get("is_" + name)))
