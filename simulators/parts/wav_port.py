"""A loudspeaker that writes what is heard to WAV files, one per announcement. Runs on MicroPython too."""

import asyncio
import os

from drivers.ticks import since_ms, ticks_ms
from drivers.volume import scaled
from drivers.wav import BYTES_PER_MS, header

try:
    from collections.abc import Callable
    from typing import Any
except ImportError:  # MicroPython
    pass

BUFFER_MS = 120  # what a sound device has in stock


class WavPort:
    """Files ``{folder}/heard-000.wav`` and on; after ``keep`` the oldest is written over.

    ``speed`` 1 keeps real time, 20 is twenty times faster, 0 does not wait at all. ``on_heard(path, played_ms)`` is
    called when an announcement has ended; ``played_ms`` is its length at speed 1.

    Of the newest announcement: ``cut_at_ms``, where it was cut off, -1 when it was heard to its end; ``gaps``, the
    (at_ms, length_ms) of silences because samples came too late, which are in the file, too, when ``speed`` is 1;
    ``first_at_ms``, when its first sample came, by `drivers.ticks`.
    """

    def __init__(
        self,
        folder: str,
        *,
        speed: float = 1.0,
        keep: int = 20,
        on_heard: "Callable[[str, int], Any] | None" = None,
    ) -> None:
        self.cut_at_ms = -1
        self.gaps: list[tuple[int, int]] = []
        self.first_at_ms = 0
        self._folder = folder
        self._speed = speed
        self._keep = keep
        self._on_heard = on_heard
        self._turn = 0
        self._percent = 100
        self._file: Any = None
        self._path = ""
        self._bytes = 0
        try:
            os.mkdir(folder)
        except OSError:
            pass  # it is there, or the first open says what is wrong

    @property
    def at_ms(self) -> int:
        """How long the announcement that plays is so far, what the device still has in stock included."""
        return self._bytes // BYTES_PER_MS if self._file is not None else 0

    # what the driver sees: drivers.ports.SoundPort

    def volume(self, percent: int) -> None:
        """For what is written from now on."""
        self._percent = percent

    async def write(self, pcm: bytes) -> None:
        """Take samples; returns when no more than the device's stock is still unheard."""
        if self._file is None:
            self._open()
        self._note_gap()
        self._file.write(scaled(pcm, self._percent))
        self._bytes += len(pcm)
        await self._wait(self._bytes // BYTES_PER_MS - BUFFER_MS)

    async def drain(self) -> None:
        """Returns when all was heard; the file is complete then."""
        if self._file is not None:
            await self._wait(self._bytes // BYTES_PER_MS)
            self._close()

    async def cut(self) -> None:
        """The file ends with what was heard; the stock is dropped."""
        if self._file is None:
            return
        if self._speed > 0:
            heard_ms = int(since_ms(self.first_at_ms) * self._speed)
            self._bytes = min(self._bytes, heard_ms * BYTES_PER_MS)
        self.cut_at_ms = self._bytes // BYTES_PER_MS
        self._close()

    def _open(self) -> None:
        self._path = f"{self._folder}/heard-{self._turn % self._keep:03d}.wav"
        self._turn += 1
        self._file = open(self._path, "wb")
        self._file.write(header(0))
        self._bytes = 0
        self.cut_at_ms, self.gaps = -1, []
        self.first_at_ms = ticks_ms()

    def _close(self) -> None:
        self._file.seek(0)
        self._file.write(header(self._bytes))
        self._file.close()
        self._file = None
        if self._on_heard is not None:
            self._on_heard(self._path, self._bytes // BYTES_PER_MS)

    def _note_gap(self) -> None:
        """The stock ran out: the ear heard silence since then."""
        if self._speed <= 0 or not self._bytes:
            return
        at_ms = self._bytes // BYTES_PER_MS
        gap_ms = int(since_ms(self.first_at_ms) * self._speed) - at_ms
        if gap_ms > 0:
            self.gaps.append((at_ms, gap_ms))
            if self._speed == 1:
                self._file.write(bytes(gap_ms * BYTES_PER_MS))
            self._bytes += gap_ms * BYTES_PER_MS if self._speed == 1 else 0

    async def _wait(self, played_ms: int) -> None:
        """Until the ear has heard ``played_ms`` of this announcement."""
        if self._speed <= 0:
            await asyncio.sleep(0)
            return
        left_ms = played_ms / self._speed - since_ms(self.first_at_ms)
        await asyncio.sleep(max(left_ms, 0) / 1000)
