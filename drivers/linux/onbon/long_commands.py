"""Commands of Onbon BX-6Q3 controllers: dynamic areas of text behind the long header.

Sources: the table of the maker's protocol analyser (github.com/strongercjd/Onbon-Protocol-Analysis, fields of A7 06),
the maker's Java library for BX-6Q (github.com/onbonlab/bx.dual.dyn.java: A7 01, how answers look), and the maker's
examples for the sixth generation (shown with all programmes: 1, at once: 1). No recorded frame is known. What commands
for power, brightness and status are like here is not published.
"""

import struct

from drivers.faults import PartFault
from drivers.linux.onbon.commands import ACK, ANSWER, NACK, Area

DELETE_ALL_AREAS = bytes((ANSWER, 0xA7, 0x01, 0xFF))
ALL_PROGRAMMES, AT_ONCE = 1, 1
_PLACE = struct.Struct("<BBHBHBLBHHHHB8s")
_LOOK = struct.Struct("<BBBB6sBBBBBBBL")
_ANSWER = struct.Struct("<BBBHHH")


def area_bytes(area: Area, area_type: int = 0) -> bytes:
    """Length, of what follows it, and content, without voice."""
    content = _PLACE.pack(
        *(area.id, area.run_mode, area.timeout_s, ALL_PROGRAMMES, 0, AT_ONCE, 0),
        *(area_type, area.x, area.y, area.width, area.height),
        *(0, bytes(8)),  # border, reserved
    ) + _LOOK.pack(
        *(0, area.line_spacing, 0, 0, bytes(6)),  # layout, line gap, alignment, gap of characters, reserved
        *(area.lines, area.wrap, area.display, 0, area.speed, area.stay),
        *(0, len(area.text)),  # voice
    )
    return struct.pack("<L", len(content) + len(area.text)) + content + area.text


def update(*areas: Area, area_type: int = 0) -> bytes:
    """Write these areas; they are forgotten when the power goes, for a flash memory wears out."""
    head = bytes((ANSWER, 0xA7, 0x06, 0, 0, len(areas)))  # kept: no; deleted: none
    return head + b"".join(area_bytes(area, area_type) for area in areas)


def plain_answer(data: bytes) -> bytes:
    """An answer as those with the short header are: group, number, error, reserved. PartFault when it is none."""
    if len(data) < _ANSWER.size:
        raise PartFault("panel", f"an answer of {len(data)} bytes is cut short")
    _, group, number, status, error, _ = _ANSWER.unpack_from(data)
    if bytes((group, number)) not in (ACK, NACK):
        raise PartFault("panel", f"the controller answers {data[1:3].hex()} instead of yes or no")
    return bytes((group, number, (error or status) & 255, 0, 0))
