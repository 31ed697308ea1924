"""A digital amplifier on I2S, such as a MAX98357A: a sound port that keeps the pace of the ear."""

import asyncio

from drivers.ticks import since_ms, ticks_ms
from drivers.wav import BYTES_PER_MS

try:
    from typing import Any

    from drivers.ports import OutputPin
except ImportError:  # MicroPython
    pass

DMA_MS = 80  # what the hardware still holds when the driver's own buffer is empty (ESP32: four buffers of 256 frames)


class I2sSound:
    """``i2s`` is a `machine.I2S`; ``enable``, when given, is high while something plays, so that rest is silent."""

    def __init__(self, i2s: "Any", enable: "OutputPin | None" = None) -> None:
        self._stream: "Any" = asyncio.StreamWriter(i2s, {})  # type: ignore[call-arg, arg-type, unused-ignore]
        self._enable = enable
        self._began_ms = 0
        self._given_ms = 0  # sound handed over since then; 0 at rest
        self._halvings = 0

    # drivers.ports.SoundPort

    def volume(self, percent: int) -> None:
        """In steps of 6 dB, which cost the processor nothing: 100, 50, 25 … percent, the nearest of them."""
        self._halvings = 0
        while percent < 71 and self._halvings < 15:
            percent *= 2
            self._halvings += 1
            if not percent:
                self._halvings = 15

    async def write(self, pcm: bytes) -> None:
        """Take samples; returns when they are in the driver's buffer. OSError when the hardware refuses."""
        if not self._given_ms:
            self._began_ms = ticks_ms()
            self._power(1)
        elif since_ms(self._began_ms) > self._given_ms:  # it ran dry: the ear heard a gap, the rest is later
            self._given_ms = since_ms(self._began_ms)
        if self._halvings:
            from machine import I2S

            softer = bytearray(pcm)
            I2S.shift(buf=softer, bits=16, shift=-self._halvings)
            pcm = softer  # type: ignore[assignment]
        # Not write(): that would write before it has asked for room, which makes I2S block the whole board.
        self._stream.out_buf = pcm
        await self._stream.drain()
        self._given_ms += len(pcm) // BYTES_PER_MS

    async def drain(self) -> None:
        """Returns when the last sample has been heard."""
        left_ms = self._given_ms + DMA_MS - since_ms(self._began_ms)
        if self._given_ms and left_ms > 0:
            await asyncio.sleep(left_ms / 1000)
        self._given_ms = 0
        self._power(0)

    async def cut(self) -> None:
        """What the hardware holds is heard all the same, a fraction of a second; what follows joins it."""

    def _power(self, level: int) -> None:
        if self._enable is not None:
            self._enable.value(level)
