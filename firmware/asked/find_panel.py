"""Flashes an LED panel with the id of its device in large letters, or its light, so that it is found in the hall."""

import asyncio

from drivers.faults import PartFault

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

HALF_FLASH_S = 0.4

# 5 x 7 dots, a column a byte, the top in the lowest bit: the letters that ids are made of.
_GLYPHS = {
    "-": b"\x08\x08\x08\x08\x08", "0": b">QIE>", "1": b"\x00B\x7f@\x00", "2": b"BaQIF", "3": b"!AEK1",
    "4": b"\x18\x14\x12\x7f\x10", "5": b"'EEE9", "6": b"<JII0", "7": b"\x01q\t\x05\x03", "8": b"6III6",
    "9": b"\x06II)\x1e", "a": b" TTTx", "b": b"\x7fHDD8", "c": b"8DDD ", "d": b"8DDH\x7f", "e": b"8TTT\x18",
    "f": b"\x08~\t\x01\x02", "g": b"\x0cRRR>", "h": b"\x7f\x08\x04\x04x", "i": b"\x00D}@\x00", "j": b" @D=\x00",
    "k": b"\x7f\x10(D\x00", "l": b"\x00A\x7f@\x00", "m": b"|\x04\x18\x04x", "n": b"|\x08\x04\x04x", "o": b"8DDD8",
    "p": b"|\x14\x14\x14\x08", "q": b"\x08\x14\x14\x18|", "r": b"|\x08\x04\x04\x08", "s": b"HTTT ",
    "t": b"\x04?D@ ", "u": b"<@@ |", "v": b"\x1c @ \x1c", "w": b"<@0@<", "x": b"D(\x10(D", "y": b"\x0cPPP<",
    "z": b"DdTLD",
}  # fmt: skip
_WIDE, _HIGH = 6, 8  # dots of a letter with its gap
_COLOUR = 0xFFB000


async def flash(agent: "Any", part: "Any", seconds: int) -> None:
    """Until it is over or cancelled; then the panel shows again what it should."""
    try:
        for turn in range(max(1, int(seconds / HALF_FLASH_S))):
            if hasattr(part, "say"):  # a panel that is told texts
                part.light(turn % 2 * 100)
            else:
                _draw(part, agent.device if turn % 2 == 0 else "")
            await asyncio.sleep(HALF_FLASH_S)
    except PartFault as error:
        agent.note("locate", error)
    finally:
        if not hasattr(part, "say"):
            _draw(part, "")
        agent.see_again()


def _draw(panel: "Any", text: str) -> None:
    """As large as the panel allows, letter by letter: a small board has no memory for a whole line."""
    panel.clear(0, panel.width_px, panel.height_px)
    scale = max(1, min(panel.height_px // _HIGH, panel.width_px // (_WIDE * max(1, len(text)))))
    for place, letter in enumerate(text):
        x = place * _WIDE * scale
        if x + _WIDE * scale > panel.width_px:
            return
        width, rows = glyph(letter, scale, panel.height_px)
        panel.draw(x, width, len(rows) // ((width + 3) // 4), [_COLOUR], rows)


def glyph(letter: str, scale: int, height_px: int) -> "tuple[int, bytes]":
    """(width in pixels, rows as a panel draws them); a letter that no id has is a full block."""
    columns = _GLYPHS.get(letter, b"\x7f\x7f\x7f\x7f\x7f")
    width = _WIDE * scale
    rows = bytearray()
    for y in range(_HIGH):
        row = bytearray((width + 3) // 4)
        for column in range(5):
            if columns[column] >> y & 1:
                for x in range(column * scale, (column + 1) * scale):
                    row[x // 4] |= 1 << (x % 4 * 2)
        rows += bytes(row) * min(scale, height_px // _HIGH or 1)
    return width, bytes(rows[: height_px * ((width + 3) // 4)])
