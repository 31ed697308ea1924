"""A loudspeaker on the computer's sound card."""

from typing import Any

from drivers.linux.alsa_sound import AlsaSound, aplay
from drivers.speaker import Speaker


def make(row: dict[str, Any], board: dict[str, Any]) -> Speaker:
    """The device's setting ``clips`` goes before the board's."""
    return Speaker(AlsaSound(aplay(row["device"])), board.get("settings", {}).get("clips", row["clips"]))
