"""What a screen shows while an installer tests it: plain colours, a grid to its edges, and a place for a finger."""

import asyncio
from collections.abc import Callable
from typing import Any

from PIL import Image

from drivers.faults import PartFault
from firmware.screens import sheet
from firmware.screens.sheet import Sheet
from firmware.words import words

Content = dict[str, Any]
PLAIN = ("#ff0000", "#00ff00", "#0000ff", "#ffffff", "#000000")
COLOUR_S = 0.6
GRID_S = 3.0
TOUCH_S = 15.0
CELLS = 12  # of the grid, on its shorter side


def draw(content: Content, width_px: int, height_px: int) -> Image.Image:
    """``colour``; or, when it is empty, the grid, and whether a finger is waited for (``is_touch``)."""
    if content["colour"]:
        return Sheet(width_px, height_px, content["colour"]).image
    page = Sheet(width_px, height_px, "#000000")
    cell = min(width_px, height_px) / CELLS
    for number in range(int(width_px / cell) + 1):
        x = min(int(number * cell), width_px - 1)
        page.line([(x, 0), (x, height_px)], "#808080", 1)
    for number in range(int(height_px / cell) + 1):
        y = min(int(number * cell), height_px - 1)
        page.line([(0, y), (width_px, y)], "#808080", 1)
    right, bottom = width_px - 1, height_px - 1
    page.line([(0, 0), (right, 0), (right, bottom), (0, bottom), (0, 0)], "#ffffff", 1)
    for at, colour in enumerate(PLAIN[:3]):  # a corner each, so that a turned picture is noticed; the fourth is white
        left, top = (0, width_px - int(cell))[at % 2], (0, height_px - int(cell))[at // 2]
        page.box((left, top, left + int(cell), top + int(cell)), colour)
    middle, size = height_px // 2, int(cell)
    page.box((size, middle - 2 * size, width_px - size, middle + 2 * size), "#ffffff")
    keys = ("screen.test.touch" if content["is_touch"] else "screen.test",) * 2
    for key, language, top in zip(keys, ("zh", "en"), (middle - 2 * size, middle), strict=True):
        box = (size, top, width_px - size, top + 2 * size)
        page.lines(box, words(key, language), size * 2 // 3, sheet.INK, "middle")
    return page.image


async def self_test(
    show: Callable[[Content | None], None],
    size_px: tuple[int, int],
    touched: "Callable[[], asyncio.Future[tuple[int, int]]] | None" = None,
) -> str:
    """``show`` takes what the page says, and None when it is over; ``touched`` is the next finger's place.

    Returns what was shown and touched. Raises PartFault when nobody touches a panel that can be touched.
    """
    try:
        for colour in PLAIN:
            show({"colour": colour, "is_touch": False})
            await asyncio.sleep(COLOUR_S)
        show({"colour": "", "is_touch": touched is not None})
        if touched is None:
            await asyncio.sleep(GRID_S)
            return "%d x %d, colours and a grid were shown" % size_px
        try:
            place = await asyncio.wait_for(touched(), TOUCH_S)
        except TimeoutError:
            raise PartFault("screen", "no touch within %d s; touch the glass during the test" % TOUCH_S) from None
        return "%d x %d, colours and a grid were shown; touched at %d, %d" % (*size_px, *place)
    finally:
        show(None)
