"""Digital sound out of the board, at the pace of the ear."""

# mypy: ignore-errors
import io
import sys
import time

import far
import layout
from machine import Pin

_POLL, _POLL_OUT = 3, 4
_PORTS = 2  # of the ESP32, the ESP32-S3 and the RP2350
_PIECE = 1024  # bytes that the hardware takes at once


class I2S(io.IOBase):
    """Transmits only. As on the ESP32: `write` blocks, unless a poller (asyncio) has asked for room.

    Refuses what MicroPython's ports refuse, in their words: a port that the chip has not, what is no pin, and where
    PIO makes the clocks (ports/rp2/machine_i2s.c) a word clock that does not follow the bit clock.
    """

    RX, TX, MONO, STEREO = 0, 1, 0, 1

    def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
        if not 0 <= id < _PORTS:
            raise ValueError("invalid id")
        for pin in (sck, ws, sd):
            if not isinstance(pin, Pin):
                raise TypeError("expecting a pin")
        if sys.platform == "rp2" and ws._id != sck._id + 1:
            raise ValueError("invalid ws (must be sck+1)")
        if mode != I2S.TX or bits != 16:
            raise ValueError("only mode TX, 16 bits")
        self._id = id
        self._room = ibuf
        channels = 2 if format == I2S.STEREO else 1
        self._bytes_per_s = 2 * channels * rate
        self._speed = far.SPEED
        self._ends_us = None  # when the last sample will have been played
        self._is_polled = False
        far.tell(layout.I2S_OPEN, id, rate.to_bytes(4, "big") + bytes((channels,)))

    def _free(self):
        """Bytes that the buffer takes now."""
        if self._ends_us is None or not self._speed:
            return self._room
        left_us = time.ticks_diff(self._ends_us, time.ticks_us())
        return self._room if left_us <= 0 else self._room - int(left_us * self._speed * self._bytes_per_s) // 1000000

    def _play(self, samples):
        now_us, gap_ms = time.ticks_us(), 0
        if self._ends_us is None or time.ticks_diff(self._ends_us, now_us) < 0:
            if self._ends_us is not None:
                gap_ms = int(time.ticks_diff(now_us, self._ends_us) * (self._speed or 1)) // 1000
            self._ends_us = now_us
        if self._speed:
            length_us = int(len(samples) * 1000000 / self._bytes_per_s / self._speed)
            self._ends_us = time.ticks_add(self._ends_us, length_us)
        far.tell(layout.I2S_PLAY, self._id, min(gap_ms, 0xFFFFFFFF).to_bytes(4, "big") + bytes(samples))

    def write(self, buffer):
        samples = memoryview(buffer)
        if self._is_polled:
            count = max(0, min(len(samples), self._free())) & ~3
            if not count and len(samples) < 4:
                count = len(samples)
            for begin in range(0, count, _PIECE):
                self._play(samples[begin : min(begin + _PIECE, count)])
            return count
        for begin in range(0, len(samples), _PIECE):
            piece = samples[begin : begin + _PIECE]
            while self._free() < len(piece):
                time.sleep_ms(1)
            self._play(piece)
        return len(samples)

    def ioctl(self, request, argument):
        if request == _POLL:
            self._is_polled = True
            return argument & _POLL_OUT if self._free() >= min(_PIECE, self._room // 2) else 0
        return 0 if request == 4 else -1  # 4: close

    @staticmethod
    def shift(*, buf, bits, shift):
        """Doubles (or halves, for a negative number) the samples in place so many times."""
        if bits != 16:
            raise ValueError("only 16 bits")
        for at in range(0, len(buf), 2):
            value = int.from_bytes(buf[at : at + 2], "little")
            value -= (value & 0x8000) << 1
            value = value << shift if shift > 0 else value >> -shift
            buf[at : at + 2] = (value & 0xFFFF).to_bytes(2, "little")

    def deinit(self):
        self._ends_us = None
