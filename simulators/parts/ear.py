"""A speaker that says which clips it plays, when the first sample is out. Runs on MicroPython too."""

from drivers.speaker import Speaker

try:
    from collections.abc import Callable
    from typing import Any
except ImportError:  # MicroPython
    pass


class Ear(Speaker):
    """``began(clips)`` is called at the first sample of each announcement. Of the newest: ``clips``, all that it
    consists of; ``begun``, those that began, and ``begins_ms``, where each did. ``port`` is a `WavPort`.
    """

    def __init__(self, port: "Any", folder: str, began: "Callable[[list[str]], Any]") -> None:
        super().__init__(FirstSample(port, lambda: began(self.clips)), folder)
        self.clips: list[str] = []
        self.begun: list[str] = []
        self.begins_ms: list[int] = []
        self._wav = port

    async def play(self, clips: "list[str]", volume: int = 100, begin: "tuple[int, int]" = (0, 0)) -> bool:
        """As the speaker does."""
        self.clips, self.begun, self.begins_ms = clips, [], []
        return await super().play(clips, volume, begin)

    async def _stream(self, number: int, clip: str, offset: int) -> bool:
        self.begun.append(clip)
        self.begins_ms.append(self._wav.at_ms)
        return await super()._stream(number, clip, offset)


class FirstSample:
    """Before a sound port: notes when samples come after a rest."""

    def __init__(self, port: "Any", first: "Callable[[], Any]") -> None:
        self._port = port
        self._first = first
        self._is_at_rest = True

    def volume(self, percent: int) -> None:
        self._port.volume(percent)

    async def write(self, pcm: bytes) -> None:
        if self._is_at_rest:
            self._is_at_rest = False
            self._first()
        await self._port.write(pcm)

    async def drain(self) -> None:
        await self._port.drain()
        self._is_at_rest = True

    async def cut(self) -> None:
        await self._port.cut()
        self._is_at_rest = True
