"""A running line of text: drawn once as a long picture, of which a window is shown that moves by whole pixels."""

from functools import lru_cache
from typing import Protocol

from PIL import Image

from firmware.screens import sheet
from firmware.screens.fonts import width_px
from firmware.screens.sheet import Box, Sheet

PX_PER_S_PERCENT = 11  # of the screen's shorter side: 119 px a second at 1080, about three characters
_GAP_EMS = 3


class Moving(Protocol):
    """A part of a page that looks different all the time. ``box`` is where it is drawn."""

    box: Box

    def image_at(self, ms: int) -> Image.Image | None:
        """How it looks at a moment of the screen's clock; None: as before."""
        ...

    def close(self) -> None:
        """Its page is gone."""
        ...


class Ticker:
    """``text`` runs through ``box`` from right to left, for ever."""

    def __init__(self, box: Box, text: str, size_px: int, unit_px: int, ink: str, ground: str) -> None:
        self.box = box
        self._line = (text, size_px, box[3] - box[1], ink, ground)
        self._px_per_s = max(30, unit_px * PX_PER_S_PERCENT // 100 // 30 * 30)  # a whole number of pixels a frame

    def image_at(self, ms: int) -> Image.Image:
        """The window at that moment."""
        line = _line(*self._line)
        left, top, right, bottom = self.box
        wide_px = right - left
        step_px = self._px_per_s // 30
        offset_px = ms * 30 // 1000 * step_px % line.width
        picture = line.crop((offset_px, 0, min(offset_px + wide_px, line.width), bottom - top))
        if picture.width == wide_px:
            return picture
        whole = Image.new("RGB", (wide_px, bottom - top), self._line[4])
        x = 0
        while x < wide_px:  # the line begins again
            whole.paste(picture, (x, 0))
            x += picture.width
            picture = line.crop((0, 0, min(line.width, max(1, wide_px - x)), bottom - top))
        return whole

    def close(self) -> None:
        """Nothing to let go."""


@lru_cache(maxsize=4)
def _line(text: str, size_px: int, high_px: int, ink: str, ground: str) -> Image.Image:
    """All of the text and the gap behind it."""
    wide_px = width_px(text, size_px)
    page = Sheet(wide_px + _GAP_EMS * size_px, high_px, ground)
    page.text((0, 0, wide_px + size_px, high_px), text, size_px, ink)
    return page.image


def notice_line(box: Box, text: str, size_px: int, unit_px: int, page: Sheet | None) -> list[Ticker]:
    """A notice in white on the bar: still, drawn on ``page``, when it fits the box, else what runs through it."""
    if width_px(text, size_px) <= box[2] - box[0]:
        if page:
            page.text(box, text, size_px, sheet.WHITE, "middle")
        return []
    return [Ticker(box, text, size_px, unit_px, sheet.WHITE, sheet.BAR)]
