"""Frames of Onbon BX-5K controllers: preamble, escapes, header, CRC.

Onbon's protocol documents, and frames recorded by others; the CRC was checked against nine of those. A frame is eight
A5, then escaped header, data and CRC, then 5A.
"""

import struct

from drivers.faults import PartFault

BEGIN, END = 0xA5, 0x5A
MOST_BYTES = 4096  # of a frame, unescaped
_HEADER = struct.Struct("<HH3sBBBBBH")
_HIDES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_HIDDEN = {hidden: byte for byte, hidden in _HIDES.items()}
US, FIRST_CARD = 0x8000, 0x0001


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


def header(data: bytes, to: int = FIRST_CARD, sender: int = US) -> bytes:
    """14 bytes: addresses, CRC as the check, any device type, protocol version 2, the length of the data."""
    return _HEADER.pack(to, sender, bytes(3), 0, 0, 0, 0xFE, 2, len(data))


def frame(data: bytes, to: int = FIRST_CARD, sender: int = US) -> bytes:
    """``data`` as it goes onto the wire."""
    body = header(data, to, sender) + data
    body += struct.pack("<H", crc16(body))
    return bytes([BEGIN]) * 8 + b"".join([_HIDES.get(byte) or bytes([byte]) for byte in body]) + bytes([END])


def read(inner: bytes) -> bytes:
    """The data of a frame, given what stands between preamble and end. PartFault says what is wrong with it."""
    body = _unescaped(inner)
    if len(body) < _HEADER.size + 2:
        raise PartFault("panel", f"a frame of {len(body)} bytes is cut short")
    if crc16(body[:-2]) != body[-2] | body[-1] << 8:
        raise PartFault("panel", "a frame with a wrong CRC; look for noise on the line, and at the speed")
    *_, length = _HEADER.unpack_from(body)
    data = body[_HEADER.size : -2]
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
