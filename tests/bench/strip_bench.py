"""Strips of receiving cards: one window's change on the longest strip, and whole pictures on the publicity strip.

The frames leave by a packet socket on a veth pair with nobody at its far end; without root by a datagram socket.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

from drivers.linux.colorlight.chain import ANSWER, Chain, FramePort
from drivers.linux.colorlight.frames import Dialect, show_frame
from drivers.linux.colorlight.pixels import ColorlightPixels
from drivers.linux.colorlight.stretch import Stretch
from drivers.linux.long_panel import LongPanel
from drivers.linux.packet_socket import PacketSocket
from firmware.roles.window_strip import WindowStrip
from firmware.wire.messages.screen import ShowRegion
from hub.effects.region_look import palette_of
from hub.effects.strip_layout import Look
from hub.effects.strip_pixels import region_pixels
from tests.drivers.veth import NEAR, in_network_of_its_own

LONG_PX, HIGH_PX, CARDS, WINDOW_PX = 14817, 128, 3, 569  # 44.45 m over 26 windows, P3
FRAME_PX = 3200  # 9.6 m
CALLS, FRAMES = 60, 40


class Datagrams:
    """Where there is no packet socket: as many bytes through the kernel, read by nobody."""

    def __init__(self) -> None:
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sink.bind(("127.0.0.1", 0))
        self._source = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._source.connect(self._sink.getsockname())
        self.send = self._source.send

    def receive(self) -> bytes:
        return b""

    def is_up(self) -> bool:
        return True

    def close(self) -> None:
        self._source.close()
        self._sink.close()


def strip_figures() -> dict[str, float]:
    """``strip_region_ms`` (median) and ``colorlight_fps``."""
    found: dict[str, float] = {}

    def measure(open_port: Callable[[], FramePort]) -> None:
        found["strip_region_ms"] = _region_ms(open_port)
        found["colorlight_fps"] = _fps(open_port)

    if in_network_of_its_own(lambda: measure(lambda: PacketSocket(NEAR, ANSWER))):
        measure(Datagrams)
    return found


def _panel(open_port: Callable[[], FramePort], width_px: int, cards: int) -> tuple[LongPanel, list[Chain]]:
    edges = [width_px * at // cards for at in range(cards + 1)]
    chains = [
        Chain(open_port, Stretch(left, right - left, HIGH_PX, Dialect()), is_asked=False)
        for left, right in pairwise(edges)
    ]
    for chain in chains:
        chain.look()
    return LongPanel(ColorlightPixels(chains, HIGH_PX, refresh_s=0), width_px, HIGH_PX), chains


def _send(chains: list[Chain]) -> None:
    """All that is due and the frame that shows it, as the pump does, without its pauses for the cards."""
    for chain in chains:
        while chain.stretch.is_due:
            for frame in chain.stretch.take():
                _insist(chain, frame)
    for chain in chains:
        _insist(chain, show_frame(Dialect(), 128))


def _insist(chain: Chain, frame: bytes) -> None:
    while True:
        try:
            return chain.send(frame)
        except BlockingIOError:
            time.sleep(0.0001)


def _region_ms(open_port: Callable[[], FramePort]) -> float:
    """From what the window says to the last frame: drawn, packed, read as a message, compared, sent to the cards."""
    panel, chains = _panel(open_port, LONG_PX, CARDS)
    took = []

    async def calls() -> None:
        role = WindowStrip({}, {"panel": panel})
        _send(chains)
        for number in range(CALLS):
            window = number % 26
            began = time.perf_counter()
            look = Look(WINDOW_PX, HIGH_PX, str(window + 1), "出入境证件办理", f"HA{number:03}", ("请到", "本窗口"))
            show = ShowRegion(
                epoch=1,
                rev=number + 1,
                x=window * WINDOW_PX,
                width=WINDOW_PX,
                height=HIGH_PX,
                palette=palette_of("called"),
                pixels=region_pixels(look),
                text="",
                flash_ms=3000,
            )
            role.shown(ShowRegion.decode(show.encode()), window)
            _send(chains)
            took.append((time.perf_counter() - began) * 1000)
            if role.fault:
                raise RuntimeError(role.fault)

    asyncio.run(calls())
    for chain in chains:
        chain.close()
    return median(took)


def _fps(open_port: Callable[[], FramePort]) -> float:
    """Pictures of which every pixel changes, in a second, by the median of those sent."""
    panel, chains = _panel(open_port, FRAME_PX, 1)
    pictures = [bytes([value]) * (FRAME_PX // 4 * HIGH_PX) for value in (0x1B, 0xE4)]

    async def frames() -> float:
        _send(chains)
        took = []
        for number in range(FRAMES):
            began = time.perf_counter()
            panel.draw(0, FRAME_PX, HIGH_PX, [0xFF0000, 0x00FF00, 0x0000FF], pictures[number % 2])
            _send(chains)
            took.append(time.perf_counter() - began)
        return 1 / median(took)

    found = asyncio.run(frames())
    for chain in chains:
        chain.close()
    return found
