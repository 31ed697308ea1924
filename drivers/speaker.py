"""A loudspeaker with a bank of clips: plays them one after another without a gap, and can be cut off."""

import asyncio
import os

from drivers.faults import PartFault
from drivers.wav import BYTES_PER_MS, NotAClip, seek_samples

try:
    from typing import Any

    from drivers.health import Health
    from drivers.ports import SoundPort
except ImportError:  # MicroPython
    pass

PIECE_BYTES = 1024  # 32 ms: so long it takes at most to notice that something more urgent came


class Speaker:
    """``folder`` holds ``{language}/{clip}.wav``. Clips are read while they play, so a bank may exceed the memory.

    On a port that can be unplugged there are also ``health`` and ``watch()``, which runs for ever.
    """

    health: "Health"
    watch: "Any"

    def __init__(self, port: "SoundPort", folder: str) -> None:
        self.folder = folder
        if hasattr(port, "health"):  # it can be unplugged, and looks after itself
            self.health = port.health
            self.watch = getattr(port, "watch")  # noqa: B009  # SoundPort need not have one
        self.stopped_at = (0, 0)  # (number of the clip, bytes of it that were written) where the last `play` ended
        self.number = -1  # of the clip that plays; -1: none yet
        self.end = 0  # before this one `play` ends; may be lowered while it plays
        self.step: "int | None" = None  # counts the pieces while it plays
        self.port = port
        self._is_stopped = False
        self._is_busy = False

    def has(self, clip: str) -> bool:
        """Whether there is a file for this clip."""
        try:
            os.stat(self.path(clip))
        except OSError:
            return False
        return True

    def path(self, clip: str) -> str:
        """The clip's file. Raises PartFault for a name that leads elsewhere."""
        if ".." in clip or clip.startswith("/"):
            raise PartFault("speaker", "clip name " + clip + " leaves the clip folder")
        return "%s/%s.wav" % (self.folder, clip)

    def stop(self) -> None:
        """Cut off what plays now; `play` then returns False."""
        self._is_stopped = True

    async def play(self, clips: "list[str]", volume: int = 100, begin: "tuple[int, int]" = (0, 0)) -> bool:
        """True when the last clip has been heard, False when it was stopped on the way.

        ``volume`` in percent; ``begin`` as `stopped_at`. Raises PartFault, before any sound, when a clip is missing or
        is no 16 kHz mono WAV: half a call is worse than none.
        """
        self._is_stopped = False
        self.number = -1
        self.end = len(clips)
        for clip in clips:
            self._open(clip)[0].close()
        while self._is_busy:  # a self-test
            await asyncio.sleep(0.05)
        try:
            self._is_busy = True
            self.step = 0
            self.port.volume(volume)
            number, offset = begin
            while number < self.end:
                self.number = number
                if not await self._stream(number, clips[number], offset):
                    await self.port.cut()
                    return False
                number += 1
                offset = 0
            await self.port.drain()
        except OSError as error:
            raise PartFault("speaker", "stopped while playing: %s" % error)
        finally:
            self._is_busy = False
            self.step = None
        return True

    async def self_test(self, volume: int = 100) -> str:
        """A tone of 440 Hz for half a second, ``volume`` in percent; what was played. Raises PartFault.

        While something plays, that is heard instead, and said.
        """
        from drivers.tone import TONE_HZ, tone

        if self._is_busy:
            return "something plays now; listen"
        try:
            self._is_busy = True
            self.port.volume(volume)
            played = 0
            for piece in tone(500):
                await self.port.write(piece)
                played += len(piece)
            await self.port.drain()
        except OSError as error:
            raise PartFault("speaker", "no tone: %s" % error)
        finally:
            self._is_busy = False
        return "tone of %d Hz played for %d ms" % (TONE_HZ, played // BYTES_PER_MS)

    async def _stream(self, number: int, clip: str, offset: int) -> bool:
        """False when it was stopped."""
        file, left = self._open(clip)
        try:
            if offset:
                file.seek(min(offset, left), 1)
            while offset < left:
                if self._is_stopped:
                    self.stopped_at = (number, offset)
                    return False
                piece = file.read(min(left - offset, PIECE_BYTES))
                if not piece:
                    break
                offset += len(piece)
                await self.port.write(piece)
                self.step = (self.step or 0) + 1
        finally:
            file.close()
        return True

    def _open(self, clip: str) -> "tuple[Any, int]":
        path = self.path(clip)
        try:
            file = open(path, "rb")
        except OSError:
            raise PartFault("speaker", "no clip " + clip + "; build the clip bank again or copy it to this device")
        try:
            return file, seek_samples(file)
        except NotAClip as error:
            file.close()
            raise PartFault("speaker", "clip %s: %s" % (clip, error))
