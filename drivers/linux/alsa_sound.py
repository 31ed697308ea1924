"""A sound card: samples piped into ALSA's aplay, one process an announcement."""

import asyncio

from drivers.wav import RATE_HZ


def aplay(device: str) -> tuple[str, ...]:
    """The command that plays raw samples of the one format on this ALSA device."""
    return ("aplay", "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-r", str(RATE_HZ), "-c", "1", "-")


class AlsaSound:
    """A `SoundPort`. ``command`` reads samples from its standard input and ends when they have been heard."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._player: asyncio.subprocess.Process | None = None

    async def write(self, pcm: bytes) -> None:
        """Take samples. OSError when they cannot be played, saying why."""
        if self._player is None:
            pipe = asyncio.subprocess.PIPE
            self._player = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stderr=pipe)
        assert self._player.stdin is not None
        try:
            self._player.stdin.write(pcm)
            await self._player.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            await self.drain()
            raise OSError(self._command[0] + " ended in the middle; check the sound card") from None

    async def drain(self) -> None:
        """Returns when the last sample has been heard. OSError when it was not."""
        player, self._player = self._player, None
        if player is None:
            return
        if player.stdin is not None:
            player.stdin.close()  # communicate() would leave it open, and the player waiting
        _, complaint = await player.communicate()
        if player.returncode:
            why = complaint.decode(errors="replace").strip().splitlines()[-1:] or [f"status {player.returncode}"]
            raise OSError(f"{self._command[0]}: {why[0]}; check the sound card and its device name")
