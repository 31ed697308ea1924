"""A sound card: samples piped into ALSA's aplay, one process an announcement; notices when the card goes."""

import asyncio
from pathlib import Path

from drivers.health import Health
from drivers.volume import scaled
from drivers.wav import RATE_HZ

BUFFER_US = 120_000  # what the card holds: as little as is safe, so that what is urgent is heard at once
STALL_S = 1.5  # no samples taken for so long: the card is stuck
LOOK_S = 0.5  # between two looks at the list of cards
TRY_S = 1.0  # between two tries to open a card that is away


def aplay(device: str) -> tuple[str, ...]:
    """The command that plays raw samples of the one format on this ALSA device."""
    form = ("-t", "raw", "-f", "S16_LE", "-r", str(RATE_HZ), "-c", "1")
    return ("aplay", "-q", "-D", device, *form, f"--buffer-time={BUFFER_US}", "-")


class AlsaSound:
    """A `SoundPort`. ``command`` reads samples from its standard input and ends when they have been heard.

    ``cards``: the kernel's list of sound cards, which changes when one is plugged in or out.
    """

    def __init__(self, command: tuple[str, ...], cards: Path = Path("/proc/asound/cards")) -> None:
        self.health = Health()
        self._command = command
        self._cards = cards
        self._percent = 100
        self._player: asyncio.subprocess.Process | None = None

    async def watch(self) -> None:
        """For ever: notices that the card went, even if nobody plays, and that it is back."""
        known = self._listed()
        while True:
            await asyncio.sleep(TRY_S if self.health.fault else LOOK_S)
            listed = self._listed()
            if self._player is None and (self.health.fault or listed != known):
                known = listed
                await self._try()

    def volume(self, percent: int) -> None:
        """For what is written from now on."""
        self._percent = percent

    async def write(self, pcm: bytes) -> None:
        """Take samples. OSError when they cannot be played, saying why."""
        if self._player is None:
            pipe = asyncio.subprocess.PIPE
            self._player = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stderr=pipe)
        assert self._player.stdin is not None
        try:
            self._player.stdin.write(scaled(pcm, self._percent))
            await asyncio.wait_for(self._player.stdin.drain(), STALL_S)
        except TimeoutError:
            await self.cut()
            self.health.set("no_answer")
            raise OSError(f"{self._command[0]} takes no samples; check the sound card") from None
        except (BrokenPipeError, ConnectionResetError):
            await self.drain()
            self.health.set("unplugged")
            raise OSError(self._command[0] + " ended in the middle; check the sound card") from None

    async def drain(self) -> None:
        """Returns when the last sample has been heard. OSError when it was not."""
        player, self._player = self._player, None
        if player is None:
            return
        if player.stdin is not None:
            player.stdin.close()  # communicate() would leave it open, and the player waiting
        try:
            _, complaint = await asyncio.wait_for(player.communicate(), STALL_S + BUFFER_US / 1e6)
        except TimeoutError:
            await _end(player)
            self.health.set("no_answer")
            raise OSError(f"{self._command[0]} does not end; check the sound card") from None
        if player.returncode:
            self.health.set("unplugged")
            why = complaint.decode(errors="replace").strip().splitlines()[-1:] or [f"status {player.returncode}"]
            raise OSError(f"{self._command[0]}: {why[0]}; check the sound card and its device name")
        self.health.set("")

    async def cut(self) -> None:
        """Silence at once."""
        player, self._player = self._player, None
        if player is not None:
            await _end(player)

    async def _try(self) -> None:
        """Open the card and play nothing."""
        try:
            await self.write(b"")
            await self.drain()
        except OSError:
            pass  # health says it; the next try is soon

    def _listed(self) -> str:
        try:
            return self._cards.read_text(errors="replace")
        except OSError:
            return ""


async def _end(player: asyncio.subprocess.Process) -> None:
    if player.returncode is None:
        try:
            player.kill()
        except ProcessLookupError:
            pass
    await player.communicate()
