"""Existing IP broadcast terminals as one loudspeaker: RTP multicast from this computer."""

from typing import Any

from drivers.linux.g711 import PCMA, PCMU
from drivers.linux.rtp_sound import RtpSound
from drivers.speaker import Speaker


def make(row: dict[str, Any], board: dict[str, Any]) -> Speaker:
    """The device's settings ``clips`` and ``multicast`` (address:port) go before the board's."""
    settings = board.get("settings", {})
    group, _, number = (settings.get("multicast") or f"{row['group']}:{row['port']}").partition(":")
    port = RtpSound(
        group,
        int(number),
        ttl=row["ttl"],
        interface=row["interface"],
        payload_type=PCMU if row["law"] == "u" else PCMA,
    )
    return Speaker(port, settings.get("clips", row["clips"]))
