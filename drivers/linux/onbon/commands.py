"""Commands of Onbon BX-5K and BX-6K controllers: the data of their frames, and what the answers mean.

Each is group, number, whether an answer is wanted (1 yes, 2 no), the length of what follows (or 0), parameters. Source:
the maker's protocol (doc.onbonbx.com/zh/k/potocol, v1.4), which both generations share; its enumerations are here.
"""

import struct
from typing import NamedTuple

from drivers.faults import PartFault

ANSWER, NO_ANSWER = 1, 2
STATIC, LEFT = 1, 3  # display modes
SINGLE_LINE, MULTI_LINE = 1, 2
NO_WRAP, WRAP = 1, 2
RED, GREEN, YELLOW = 1, 2, 3
BRIGHTEST = 15
IN_PIXELS = 0x8000  # with a column or width: it counts pixels; without it bytes, eight pixels each
REFUSALS = {  # CmdError of a NACK
    1: "no such group of commands",
    2: "no such command",
    3: "busy",
    4: "out of memory",
    5: "wrong CRC",
    12: "a font is missing",
    13: "another type of controller",
}

PING = bytes.fromhex("A2 00 01 00 00")
STATUS = bytes.fromhex("A1 02 01 00 00")
DELETE_ALL_AREAS = bytes.fromhex("A3 06 01 02 00 FF 00")
ACK, NACK = b"\xa0\x00", b"\xa0\x01"


class Area(NamedTuple):
    """A dynamic area with its text. ``x`` and ``width`` as they travel (see `IN_PIXELS`), the rest in pixels;
    ``timeout_s`` and ``run_mode``: what happens to it when nobody says anything new (0: it stays)."""

    id: int
    x: int
    y: int
    width: int
    height: int
    text: bytes  # GB 2312, marks included
    display: int = STATIC
    lines: int = SINGLE_LINE
    wrap: int = NO_WRAP
    speed: int = 4
    stay: int = 5  # half seconds
    run_mode: int = 0
    timeout_s: int = 2
    line_spacing: int = 0


def area_bytes(area: Area) -> bytes:
    """Length and content, without voice and extension."""
    content = struct.pack(
        "<BHHHHBBBHBBBBBBBBBL",
        *(0, area.x, area.y, area.width, area.height),
        *(area.id, area.line_spacing, area.run_mode, area.timeout_s),
        *(0, 0, 0),  # voice, extension, alignment
        *(area.lines, area.wrap, area.display, 0, area.speed, area.stay),
        len(area.text),
    )
    return struct.pack("<H", len(content) + len(area.text)) + content + area.text


def update(*areas: Area, delete: bytes = b"", answer: int = ANSWER, has_length: bool = True) -> bytes:
    """Write these areas, and delete those whose ids are in ``delete``."""
    told = bytes([len(delete)]) + delete + bytes([len(areas)]) + b"".join(area_bytes(area) for area in areas)
    return struct.pack("<BBBH", 0xA3, 0x06, answer, len(told) if has_length else 0) + told


def brightness(level: int) -> bytes:
    """0 to 15, the same at any time of day."""
    return bytes.fromhex("A3 02 01 02 00 01") + bytes([level])


def power(is_on: bool) -> bytes:
    """LEDs on or off; the controller keeps its areas."""
    return bytes.fromhex("A3 00 01 01 00") + bytes([1 if is_on else 2])


def set_clock(year: int, month: int, day: int, hour: int, minute: int, second: int, weekday: int) -> bytes:
    """``weekday`` 1 is Monday."""
    figures = (year % 100, year // 100, month, day, hour, minute, second, weekday)
    return bytes.fromhex("A2 03 01 08 00") + bytes(figure // 10 << 4 | figure % 10 for figure in figures)


class Status(NamedTuple):
    """Answer to `STATUS`. ``areas`` None: it does not say."""

    is_on: bool
    brightness: int
    areas: tuple[int, ...] | None


def read_status(data: bytes) -> Status:
    """PartFault when it is no status, or cut short."""
    if data[:2] != STATUS[:2]:
        raise PartFault("panel", f"the controller answers {data[:2].hex()} when asked for its status")
    if len(data) < 7:
        raise PartFault("panel", f"a status of {len(data)} bytes is cut short")
    is_on, level = data[5] == 1, data[6]
    if len(data) < 21:
        return Status(is_on, level, None)
    # How many areas, and which; before that whether there is a special area, and its pages. A BX-5K1 has no such
    # thing and says nothing of it. What follows, bar code and perhaps name, tells one from the other.
    for at, tails in ((22, (16, 28)), (20, (16, 28)), (22, range(256)), (20, range(256))):
        count = data[at] if at < len(data) else 0
        if len(data) - at - 1 - count in tails and (at == 20 or data[20] <= 1):
            return Status(is_on, level, tuple(data[at + 1 : at + 1 + count]))
    raise PartFault("panel", f"a status of {len(data)} bytes is cut short")


def is_done(data: bytes) -> bool:
    """True for done, False for refused. PartFault when it is neither."""
    if data[:2] not in (ACK, NACK):
        raise PartFault("panel", f"the controller answers {data[:2].hex()} instead of yes or no")
    return data[:2] == ACK


def refusal(error: int) -> str:
    """What a NACK means."""
    return REFUSALS.get(error, f"error {error}")
