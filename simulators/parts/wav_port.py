"""A loudspeaker that writes what is heard to WAV files, one per announcement. Runs on MicroPython too."""

import asyncio
import os

from drivers.ticks import since_ms, ticks_ms
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
    """

    def __init__(
        self,
        folder: str,
        *,
        speed: float = 1.0,
        keep: int = 20,
        on_heard: "Callable[[str, int], Any] | None" = None,
    ) -> None:
        self._folder = folder
        self._speed = speed
        self._keep = keep
        self._on_heard = on_heard
        self._turn = 0
        self._file: Any = None
        self._path = ""
        self._bytes = 0
        self._began_ms = 0
        try:
            os.mkdir(folder)
        except OSError:
            pass  # it is there, or the first open says what is wrong

    # what the driver sees: drivers.ports.SoundPort

    async def write(self, pcm: bytes) -> None:
        """Take samples; returns when no more than the device's stock is still unheard."""
        if self._file is None:
            self._open()
        self._file.write(pcm)
        self._bytes += len(pcm)
        await self._wait(self._bytes // BYTES_PER_MS - BUFFER_MS)

    async def drain(self) -> None:
        """Returns when all was heard; the file is complete then."""
        if self._file is None:
            return
        played_ms = self._bytes // BYTES_PER_MS
        await self._wait(played_ms)
        self._file.seek(0)
        self._file.write(header(self._bytes))
        self._file.close()
        self._file = None
        if self._on_heard is not None:
            self._on_heard(self._path, played_ms)

    def _open(self) -> None:
        self._path = f"{self._folder}/heard-{self._turn % self._keep:03d}.wav"
        self._turn += 1
        self._file = open(self._path, "wb")
        self._file.write(header(0))
        self._bytes = 0
        self._began_ms = ticks_ms()

    async def _wait(self, played_ms: int) -> None:
        """Until the ear has heard ``played_ms`` of this announcement."""
        if self._speed <= 0:
            await asyncio.sleep(0)
            return
        left_ms = played_ms / self._speed - since_ms(self._began_ms)
        await asyncio.sleep(max(left_ms, 0) / 1000)
