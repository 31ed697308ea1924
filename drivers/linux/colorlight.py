"""Colorlight 5A-75 receiving cards on a network interface of their own: pixel rows as raw Ethernet frames.

The frames as several public programs send them (PanelPlayer, FPP): 0x55 carries a piece of a row, 0x01 0x07 makes
everything visible. The cards keep what they were sent, so only what changes travels.
"""

import asyncio
import socket
import struct
from typing import Protocol

ADDRESSES = bytes.fromhex("112233445566222233445566")
MOST_PX = 497  # in one frame
SETTLE_S = 0.005  # from the last row to the moment at which the cards may show it
ETH_P_ALL = 3


class Frames(Protocol):
    """A socket of one interface."""

    def send(self, data: bytes, /) -> int:
        """One frame."""
        ...


def open_interface(name: str) -> socket.socket:
    """OSError, saying what to do, without such an interface or without the capability CAP_NET_RAW."""
    try:
        frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    except PermissionError:
        raise OSError(
            f"panel: frames on {name} need CAP_NET_RAW; give it to the service (AmbientCapabilities)"
        ) from None
    try:
        frames.bind((name, 0))
    except OSError as error:
        frames.close()
        raise OSError(
            f"panel: interface {name}: {error}; is the adapter of the strip plugged in and named so?"
        ) from None
    return frames


def row_frame(x_px: int, y_px: int, rgb: bytes) -> bytes:
    """At most `MOST_PX` pixels of a row."""
    bgr = bytearray(rgb)
    bgr[0::3], bgr[2::3] = rgb[2::3], rgb[0::3]
    return ADDRESSES + struct.pack(">BHHHBB", 0x55, y_px, x_px, len(rgb) // 3, 0x08, 0x88) + bgr


def show_frame(brightness: int) -> bytes:
    """``brightness`` 0 to 255."""
    data = bytearray(98)
    data[21], data[22] = brightness, 5
    data[24] = data[25] = data[26] = brightness
    return ADDRESSES + b"\x01\x07" + data


class ColorlightPixels:
    """A `PixelPort`; needs a running event loop."""

    def __init__(self, frames: Frames, brightness: int = 128) -> None:
        self._frames = frames
        self._show = show_frame(brightness)
        self._timer: asyncio.TimerHandle | None = None

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Pixels for the next show."""
        for at in range(0, len(rgb), MOST_PX * 3):
            self._frames.send(row_frame(x_px + at // 3, y_px, rgb[at : at + MOST_PX * 3]))

    def show(self) -> None:
        """A moment later, so that the cards have stored the rows; shows in between become one."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SETTLE_S, self._light_up)

    def _light_up(self) -> None:
        self._timer = None
        self._frames.send(self._show)
