"""What is heard from a virtual board's loudspeaker: one WAV file for each stretch of sound."""

import asyncio
import wave
from collections.abc import Callable
from pathlib import Path

QUIET_S = 0.3  # so long a silence ends a stretch


class Ear:
    """``on_heard(path)`` is called, on the loop's thread, when a stretch has been heard to its end.

    A shorter silence is in the file as silence: a gap between two clips can be measured there. When the power goes,
    the file ends with the last sample that was played.
    """

    def __init__(
        self, folder: Path, loop: asyncio.AbstractEventLoop, speed: float, on_heard: Callable[[Path], None]
    ) -> None:
        self._folder = folder
        self._loop = loop
        self._speed = speed
        self._on_heard = on_heard
        self._count = 0
        self._rate_hz, self._channels = 16000, 1
        self._samples = bytearray()
        self._ends_s = 0.0  # on the loop's clock: when the last of them will have been played
        self._quiet: asyncio.TimerHandle | None = None

    def open(self, rate_hz: int, channels: int) -> None:
        """The board has set its sound up."""
        self.cut()
        self._rate_hz, self._channels = rate_hz, channels

    def play(self, gap_ms: int, samples: bytes) -> None:
        """Samples after so much silence since the last ones."""
        if self._samples and gap_ms / 1000 > QUIET_S:
            self._finish()
        if self._samples:
            self._samples += bytes(gap_ms * self._rate_hz // 1000 * 2 * self._channels)
        self._samples += samples
        now_s = self._loop.time()
        length_s = len(samples) / self._bytes_per_s / self._speed if self._speed else 0.0
        self._ends_s = max(self._ends_s, now_s) + length_s
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = self._loop.call_later(self._ends_s - now_s + QUIET_S / (self._speed or 1), self._finish)

    def cut(self) -> None:
        """The power goes, or the board starts anew: what still waited in its buffer is never heard."""
        left_s = max(0.0, self._ends_s - self._loop.time()) * self._speed
        frame = 2 * self._channels
        unheard = int(left_s * self._rate_hz) * frame
        del self._samples[max(0, len(self._samples) - unheard) :]
        self._ends_s = 0.0
        self._finish()

    @property
    def _bytes_per_s(self) -> int:
        return 2 * self._channels * self._rate_hz

    def _finish(self) -> None:
        if self._quiet is not None:
            self._quiet.cancel()
            self._quiet = None
        if not self._samples:
            return
        path = self._folder / f"heard-{self._count:03d}.wav"
        self._count += 1
        with wave.open(str(path), "wb") as file:
            file.setnchannels(self._channels)
            file.setsampwidth(2)
            file.setframerate(self._rate_hz)
            file.writeframes(self._samples)
        self._samples.clear()
        self._on_heard(path)
