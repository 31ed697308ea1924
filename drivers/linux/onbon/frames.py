"""Frames of Onbon controllers: preamble, escapes, header, CRC.

A frame is eight A5, then escaped header, data and CRC, then 5A. Sources, by how sure they are:

- Header of 14 bytes: the maker's protocol for BX-5K and BX-6K (doc.onbonbx.com/zh/k/potocol, v1.4), whose own example
  frames have this CRC, as have those that others recorded.
- Header of 16 bytes: the maker's Java library for BX-6Q (github.com/onbonlab/bx.dual.dyn.java) and the table of its
  protocol analyser (github.com/strongercjd/Onbon-Protocol-Analysis). No recorded frame is known.
"""

import struct
from typing import NamedTuple

from drivers.faults import PartFault

BEGIN, END = 0xA5, 0x5A
MOST_BYTES = 4096  # of a frame, unescaped
_HIDES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_HIDDEN = {hidden: byte for byte, hidden in _HIDES.items()}
US = 0x8000


class Header(NamedTuple):
    """What stands before the data. ``layout`` gives each way of it; the length of the data is its last field."""

    to: int
    device_type: int
    version: int
    layout: struct.Struct

    def pack(self, length: int) -> bytes:
        """For ``length`` bytes of data."""
        if self.layout is _LONG:
            return _LONG.pack(self.to, US, self.version, 0, self.device_type, bytes(4), length)
        return _SHORT.pack(self.to, US, bytes(3), 0, 0, 0, self.device_type, self.version, length)


# Addresses, 3 reserved, bar code (0: none), check (0: CRC), display mode (0), device type, version, length.
_SHORT = struct.Struct("<HH3sBBBBBH")
# Addresses, version, reserved, device type, 4 reserved, length.
_LONG = struct.Struct("<HHBBH4sL")


def short_header(to: int = 0x0001, device_type: int = 0xFE, version: int = 0x02) -> Header:
    """Of BX-5K and BX-6K: the address they come with, any device type."""
    return Header(to, device_type, version, _SHORT)


def long_header(to: int = 0xFFFF, device_type: int = 0x0366, version: int = 0xF0) -> Header:
    """Of BX-6Q: to whoever hears it, a BX-6Q3."""
    return Header(to, device_type, version, _LONG)


FONT_CARD = short_header()


def crc16(data: bytes) -> int:
    """Reflected polynomial A001, from 0, over what is not escaped (CRC-16/ARC)."""
    crc = 0
    for byte in data:
        crc = _CRC[(crc ^ byte) & 255] ^ crc >> 8
    return crc


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = [_crc_of(byte) for byte in range(256)]


def frame(data: bytes, header: Header = FONT_CARD) -> bytes:
    """``data`` as it goes onto the wire."""
    body = header.pack(len(data)) + data
    body += struct.pack("<H", crc16(body))
    return bytes([BEGIN]) * 8 + b"".join([_HIDES.get(byte) or bytes([byte]) for byte in body]) + bytes([END])


def read(inner: bytes, header: Header = FONT_CARD) -> bytes:
    """The data of a frame, given what stands between preamble and end. PartFault says what is wrong with it.

    Of ``header`` only the layout counts: who answers may name itself as it likes.
    """
    body = _unescaped(inner)
    size = header.layout.size
    if len(body) < size + 2:
        raise PartFault("panel", f"a frame of {len(body)} bytes is cut short")
    if crc16(body[:-2]) != body[-2] | body[-1] << 8:
        raise PartFault("panel", "a frame with a wrong CRC; look for noise on the line, and at the speed")
    length = header.layout.unpack_from(body)[-1]
    data = body[size:-2]
    if length != len(data):
        raise PartFault("panel", f"a frame says {length} bytes of data and has {len(data)}")
    return data


def _unescaped(inner: bytes) -> bytes:
    body = bytearray()
    at = 0
    while at < len(inner):
        if inner[at] in (0xA6, 0x5B):
            byte = _HIDDEN.get(inner[at : at + 2])
            if byte is None:
                raise PartFault("panel", f"no escape {inner[at : at + 2].hex()} in a frame")
            body.append(byte)
            at += 2
        else:
            body.append(inner[at])
            at += 1
    return bytes(body)


class Reader:
    """Finds frames in what comes; what lies between them is thrown away."""

    def __init__(self) -> None:
        self._inner: bytearray | None = None  # None: no preamble yet

    def feed(self, data: bytes) -> list[bytes]:
        """What stands between preamble and end of the frames that are whole now, for `read`."""
        found = []
        for byte in data:
            if byte == BEGIN:
                self._inner = bytearray()
            elif byte == END:
                if self._inner:
                    found.append(bytes(self._inner))
                self._inner = None
            elif self._inner is not None:
                self._inner.append(byte)
                if len(self._inner) > MOST_BYTES * 2:
                    self._inner = None
        return found
