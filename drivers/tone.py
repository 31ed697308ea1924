"""The tone that a loudspeaker is tested with. Loaded when somebody asks for it."""

import math
import struct

from drivers.wav import RATE_HZ

TONE_HZ = 440
HEIGHT = 8000  # of 32767: well heard, and harmless to a hall
PIECE_MS = 50  # 22 whole periods


def tone(length_ms: int) -> "list[bytes]":
    """Pieces of `PIECE_MS`, which join without a click; the last is as long as the others."""
    count = RATE_HZ * PIECE_MS // 1000
    values = [int(HEIGHT * math.sin(2 * math.pi * TONE_HZ * at / RATE_HZ)) for at in range(count)]
    piece = b"".join([struct.pack("<h", value) for value in values])
    return [piece] * (length_ms // PIECE_MS)
