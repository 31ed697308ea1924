"""Tests of parts too plain to bring their own. Loaded when a person tests them: a small board has them only then."""

import asyncio

from drivers.faults import PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

LAMP_S = 3.0
COLOUR_S = 0.5
PLAIN = (0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF)
COLUMNS_PX = 64  # drawn at once


async def self_test(part: "Any") -> str:
    """What was done and seen; empty when there is nothing to test. Raises PartFault."""
    if hasattr(part, "locate") and hasattr(part, "set"):
        return await _lamp(part)
    if hasattr(part, "draw") and hasattr(part, "clear"):
        return await _panel(part)
    if hasattr(part, "is_down"):
        return "contact closed: pressed now" if part.is_down() else "contact open: not pressed"
    if hasattr(part, "measured"):
        return _loop(part)
    return ""


def _loop(loop: "Any") -> str:
    """Fails when the loop is cut or bridged, or the case open."""
    state, share, case = loop.measured()
    if state in ("short", "open"):
        raise PartFault("button", "loop %s, %d permille; check its wires and resistors" % (state, share))
    if case:
        raise PartFault("button", "case open; close it (loop %s, %d permille)" % (state, share))
    return "%s, %d permille, %s" % (state, share, "no case contact" if case is None else "case closed")


async def _lamp(lamp: "Any") -> str:
    lamp.locate("test")
    try:
        await asyncio.sleep(LAMP_S)
    finally:
        lamp.locate(None)
    return "blinked fast for %d s" % LAMP_S


async def _panel(panel: "Any") -> str:
    """Whoever asked looks at the panel; then it is dark until it is told anew."""
    try:
        for colour in PLAIN:
            for x in range(0, panel.width_px, COLUMNS_PX):
                width = min(COLUMNS_PX, panel.width_px - x)
                panel.draw(x, width, panel.height_px, [colour], b"\x55" * ((width + 3) // 4) * panel.height_px)
            await asyncio.sleep(COLOUR_S)
    finally:
        panel.clear(0, panel.width_px, panel.height_px)
    return "%d x %d LEDs were told red, green, blue, white" % (panel.width_px, panel.height_px)
