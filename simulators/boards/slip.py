"""SLIP (RFC 1055), as the ROM of an ESP32 frames its packets: END before and after."""

END, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE = 0xC0, 0xDB, 0xDC, 0xDD
LONGEST_BYTES = 65536 + 64


def packet(body: bytes) -> bytes:
    """The bytes on the wire."""
    escaped = body.replace(bytes((ESCAPE,)), bytes((ESCAPE, ESCAPED_ESCAPE)))
    return b"\xc0" + escaped.replace(b"\xc0", bytes((ESCAPE, ESCAPED_END))) + b"\xc0"


class Packets:
    """Takes a stream apart. What is not SLIP, such as a Ctrl-C, is passed over."""

    def __init__(self) -> None:
        self._came = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are complete now."""
        self._came += data
        *frames, rest = bytes(self._came).split(b"\xc0")
        self._came = bytearray(rest if len(rest) <= LONGEST_BYTES else b"")
        return [_plain(frame) for frame in frames if frame]


def _plain(frame: bytes) -> bytes:
    frame = frame.replace(bytes((ESCAPE, ESCAPED_END)), bytes((END,)))
    return frame.replace(bytes((ESCAPE, ESCAPED_ESCAPE)), bytes((ESCAPE,)))
