"""A loudspeaker behind a digital amplifier on I2S."""

from drivers.micropython.buses import i2s
from drivers.micropython.i2s_sound import I2sSound
from drivers.micropython.pins import maybe_output
from drivers.speaker import Speaker
from firmware.parts import bus

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def make(row: "dict[str, Any]", board: "dict[str, Any]") -> Speaker:
    """Silent at first. The device's setting ``clips`` goes before the board's."""
    enable = maybe_output(row, "enable", 0)
    return Speaker(I2sSound(i2s(bus(row, board)), enable), board.get("settings", {}).get("clips", row["clips"]))
