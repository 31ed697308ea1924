"""A loudspeaker with a bank of clips: plays them one after another without a gap."""

from drivers.faults import PartFault
from drivers.wav import NotAClip, seek_samples

try:
    from typing import Any

    from drivers.ports import SoundPort
except ImportError:  # MicroPython
    pass

PIECE_BYTES = 2048  # 64 ms


class Speaker:
    """``folder`` holds ``{language}/{clip}.wav``. Clips are read while they play, so a bank may exceed the memory."""

    def __init__(self, port: "SoundPort", folder: str) -> None:
        self._port = port
        self._folder = folder

    async def play(self, clips: "list[str]") -> None:
        """Returns when the last clip has been heard.

        Raises PartFault, before any sound, when a clip is missing or is no 16 kHz mono WAV: half a call is worse
        than none.
        """
        for clip in clips:
            self._open(clip)[0].close()
        try:
            for clip in clips:
                await self._stream(clip)
            await self._port.drain()
        except OSError as error:
            raise PartFault("speaker", "stopped while playing: %s" % error)

    async def _stream(self, clip: str) -> None:
        file, left = self._open(clip)
        try:
            while left > 0:
                piece = file.read(min(left, PIECE_BYTES))
                if not piece:
                    break
                left -= len(piece)
                await self._port.write(piece)
        finally:
            file.close()

    def _open(self, clip: str) -> "tuple[Any, int]":
        if ".." in clip:
            raise PartFault("speaker", "clip name " + clip + " leaves the clip folder")
        path = "%s/%s.wav" % (self._folder, clip)
        try:
            file = open(path, "rb")
        except OSError:
            raise PartFault("speaker", "no clip " + clip + "; build the clip bank again or copy it to this device")
        try:
            return file, seek_samples(file)
        except NotAClip as error:
            file.close()
            raise PartFault("speaker", "clip %s: %s" % (clip, error))
