"""The raw Ethernet frames that Colorlight 5A-75 receiving cards take, and the one that they answer.

Facts as public programs send them (PanelPlayer, FPP, zmatrix); where those differ it is an option of `Dialect`. There
is no true EtherType: byte 12 is the frame's type, byte 13 already belongs to its content.
"""

import struct
from typing import NamedTuple

from drivers.faults import PartFault

ADDRESSES = bytes.fromhex("112233445566222233445566")  # the cards', ours: fixed
MOST_PX = 497  # in one frame, which is then 1512 bytes
ORDERS = ("bgr", "rgb", "grb", "gbr", "rbg", "brg")
FLAGS = ("0888", "0880")
SYNCS = ("0107", "0101")
_FLAGS = {flags: bytes.fromhex(flags) for flags in FLAGS}
_ROW = struct.Struct(">12sBHHH2s")
_ZEROS = bytes(270)


class Dialect(NamedTuple):
    """What differs between cards. ``flags``: two bytes of a row in hex; ``order`` of the colours on the wire;
    ``sync``: the first two bytes of the frame that makes rows visible (0101 carries no brightness)."""

    flags: str = "0888"
    order: str = "bgr"
    sync: str = "0107"


class Card(NamedTuple):
    """What a card says of itself. ``width_px`` and ``height_px`` are what it was set up for."""

    firmware: str
    width_px: int
    height_px: int


def row_frame(dialect: Dialect, x_px: int, y_px: int, pixels: bytes | bytearray) -> bytes:
    """At most `MOST_PX` pixels of a row, 3 bytes each, already in the dialect's order."""
    head = _ROW.pack(ADDRESSES, 0x55, y_px, x_px, len(pixels) // 3, _FLAGS[dialect.flags])
    return head + pixels


def in_order(rgb: bytes, order: str) -> bytes:
    """Pixels as ``order`` wants them."""
    if order == "rgb":
        return rgb
    turned = bytearray(len(rgb))
    for place, colour in enumerate(order):
        turned[place::3] = rgb["rgb".index(colour) :: 3]
    return bytes(turned)


def show_frame(dialect: Dialect, brightness: int) -> bytes:
    """Makes the rows sent before visible. ``brightness`` 0 to 255, where the dialect carries it."""
    if dialect.sync == "0101":
        return ADDRESSES + b"\x01\x01" + bytes(98)
    data = bytearray(98)
    data[21], data[22] = brightness, 5
    data[24] = data[25] = data[26] = brightness
    return ADDRESSES + b"\x01\x07" + data


def brightness_frame(brightness: int) -> bytes:
    """The brightness alone, the same for the three colours; 0 to 255, and not in proportion to the light."""
    return ADDRESSES + bytes((0x0A, brightness, brightness, brightness, 0xFF)) + bytes(60)


def discovery_frame() -> bytes:
    """Who is there? Changes nothing on the cards."""
    return ADDRESSES + b"\x07\x00" + _ZEROS


def thanks_frame() -> bytes:
    """After a card's answer."""
    return ADDRESSES + b"\x07\x00" + b"\x00\x00\x01" + _ZEROS[3:]


def read_answer(frame: bytes) -> Card | None:
    """A card's answer to `discovery_frame`; None for any other frame. Raises PartFault when it is cut short."""
    if frame[12:14] != b"\x08\x05":
        return None
    if len(frame) < 38:
        raise PartFault("panel", f"a card's answer of {len(frame)} bytes is cut short; check cable and adapter")
    width_px, height_px = struct.unpack_from(">HH", frame, 34)
    return Card(f"{frame[15]}.{frame[16]}", width_px, height_px)
