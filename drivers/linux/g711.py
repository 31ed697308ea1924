"""G.711: 16-bit samples at 8 kHz as one byte each, by A-law or µ-law (ITU-T G.711, tables 1a to 2b); from 16 kHz.

The tables are worked out once from the law: eight segments, each twice as wide as the one before, of sixteen steps.
"""

import math
from array import array
from functools import cache
from operator import mul

PCMU, PCMA = 0, 8  # payload types of RFC 3551

_TAPS = 55  # of the low-pass: 3.4 kHz is 0.6 dB down, 4.4 kHz 43 dB, 4.6 kHz and all above 75 dB
_CUT_HZ = 3800.0
_RATE_HZ = 16000


@cache
def table(payload_type: int) -> bytes:
    """The byte for each sample, by the sample's own 16 bits as an unsigned number."""
    law = _a_law if payload_type == PCMA else _u_law
    return bytes(law(value - 65536 if value > 32767 else value) for value in range(65536))


def encoded(samples: "array[int]", payload_type: int) -> bytes:
    """One byte a sample."""
    law = table(payload_type)
    return bytes([law[sample & 0xFFFF] for sample in samples])


def _a_law(sample: int) -> int:
    """13 bits are kept; even bits are inverted, the sign bit is 1 for what is not negative."""
    size = sample >> 3
    sign = 0x80 if size >= 0 else 0
    if size < 0:
        size = ~size
    segment = max(0, size.bit_length() - 5)
    step = size >> max(1, segment) & 15
    return (sign | segment << 4 | step) ^ 0x55


def _u_law(sample: int) -> int:
    """14 bits are kept, 33 is added so that every segment begins at a power of two; all bits are inverted."""
    size = sample >> 2
    sign = 0x80 if size < 0 else 0
    size = min(abs(size) + 33, 8191)
    segment = size.bit_length() - 6
    return ~(sign | segment << 4 | size >> segment + 1 & 15) & 0xFF


class Halver:
    """From 16 kHz to 8 kHz: a windowed sinc keeps what 8 kHz cannot carry from being folded into it."""

    def __init__(self) -> None:
        self._taps = _low_pass()
        self._before = [0] * (_TAPS - 1)

    def halved(self, pcm: bytes) -> "array[int]":
        """Half as many samples; what was given before goes on. ``pcm`` holds an even number of samples."""
        line = self._before + list(array("h", pcm))
        out = array("h")
        for at in range(0, len(line) - _TAPS + 1, 2):
            value = round(sum(map(mul, self._taps, line[at : at + _TAPS])))
            out.append(max(-32768, min(32767, value)))
        self._before = line[-(_TAPS - 1) :]
        return out


def _low_pass() -> list[float]:
    """Blackman window; the taps add up to 1."""
    middle = _TAPS // 2
    taps = []
    for number in range(_TAPS):
        x = 2 * math.pi * _CUT_HZ / _RATE_HZ * (number - middle)
        turn = 2 * math.pi * (number + 1) / (_TAPS + 1)
        taps.append((math.sin(x) / x if x else 1.0) * (0.42 - 0.5 * math.cos(turn) + 0.08 * math.cos(2 * turn)))
    whole = sum(taps)
    return [tap / whole for tap in taps]
