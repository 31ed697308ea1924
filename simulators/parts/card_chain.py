"""Receiving cards on a cable: they read raw frames, light the strip, and say who they are. Knows no driver."""

import asyncio
import errno
import os
import socket
import struct
from typing import Protocol

from simulators.parts.strip import SimulatedStrip

ALL_FRAMES = 3
TO_CARDS = bytes.fromhex("112233445566")
FRAME_BYTES = 2048
BUFFER_BYTES = 4 << 20


class SimulatedCards:
    """Cards whose columns begin at column ``x_px`` of ``strip``; ``width_px`` together. ``order``: of their colours.

    What is sent shows with the next display frame, as on the real ones.
    """

    def __init__(
        self, strip: SimulatedStrip, x_px: int = 0, width_px: int = 0, *, order: str = "bgr", firmware: str = "13.14"
    ) -> None:
        self.strip = strip
        self.x_px = x_px
        self.width_px = width_px or strip.width_px - x_px
        self.order = order
        self.firmware = tuple(int(part) for part in firmware.split("."))
        self.is_mute = False  # does not answer, as some firmware
        self.rows = 0  # frames of each sort that came
        self.shows = 0
        self.pixels = 0
        self.brightness = 0  # of the newest frame, 0 to 255
        self.frames_misread: list[bytes] = []

    def take(self, frame: bytes) -> bytes:
        """A frame from the cable; returns the answer, empty when there is none."""
        if len(frame) < 14 or frame[:6] != TO_CARDS:
            return b""
        sort = frame[12]
        if sort == 0x55:
            self._row(frame)
        elif sort == 0x01:
            self._show(frame)
        elif sort == 0x0A:
            self._dim(frame[13])
        elif sort == 0x07 and len(frame) >= 17 and not self.is_mute:
            return b"" if frame[16] else self._answer()
        return b""

    def _row(self, frame: bytes) -> None:
        y, x, count = struct.unpack_from(">HHH", frame, 13)
        pixels = frame[21 : 21 + count * 3]
        is_whole = len(pixels) == count * 3 and count <= 497 and frame[19:21] in (b"\x08\x88", b"\x08\x80")
        if not is_whole or x + count > self.width_px or y >= self.strip.height_px:
            self.frames_misread.append(frame)
            return
        self.rows += 1
        self.pixels += count
        rgb = bytearray(len(pixels))
        for place, colour in enumerate(self.order):
            rgb["rgb".index(colour) :: 3] = pixels[place::3]
        self.strip.row(self.x_px + x, y, bytes(rgb))

    def _show(self, frame: bytes) -> None:
        self.shows += 1
        if frame[13] == 0x07:
            self._dim(frame[35])
        self.strip.show()

    def _dim(self, brightness: int) -> None:
        self.brightness = brightness
        self.strip.light(-(-brightness * 100 // 255))

    def _answer(self) -> bytes:
        answer = bytearray(200)
        answer[0:6], answer[6:12] = b"\xff" * 6, TO_CARDS
        answer[12:15] = b"\x08\x05\x04"
        answer[15:17] = bytes(self.firmware)
        struct.pack_into(">HH", answer, 34, self.width_px, self.strip.height_px)
        return bytes(answer)


class FarEnd(Protocol):
    """Where frames come out."""

    def fileno(self) -> int: ...

    def recv(self, size: int, /) -> bytes: ...

    def send(self, data: bytes, /) -> int: ...


class CableEnd:
    """The near end of a `SimulatedCable`: behaves as an interface does."""

    def __init__(self, plug: socket.socket) -> None:
        self._plug = plug

    def send(self, data: bytes, /) -> int:
        try:
            return self._plug.send(data)
        except BlockingIOError:
            raise
        except OSError:
            raise OSError(errno.ENETDOWN, os.strerror(errno.ENETDOWN)) from None

    def receive(self) -> bytes:
        try:
            return self._plug.recv(FRAME_BYTES)
        except BlockingIOError:
            return b""

    def is_up(self) -> bool:
        try:
            self._plug.send(b"")
        except BlockingIOError:
            pass
        except OSError:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV)) from None  # the adapter went with the cable
        return True

    def close(self) -> None:
        self._plug.close()


class SimulatedCable:
    """A cable to ``cards`` that can be pulled. ``open`` is what a driver opens instead of an interface.

    Needs a running event loop.
    """

    def __init__(self, cards: SimulatedCards) -> None:
        self.cards = cards
        self._is_in = True
        self._far: socket.socket | None = None
        self._near: list[CableEnd] = []  # what drivers hold

    def open(self) -> CableEnd:
        """OSError while it is pulled: the adapter is gone."""
        if not self._is_in:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        self._let_go()  # whoever opens again has closed the end before
        near, self._far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        for end in (near, self._far):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        listen(self._far, self.cards)
        self._near.append(CableEnd(near))
        return self._near[-1]

    def unplug(self) -> None:
        """Pull it."""
        self._is_in = False
        self._let_go()

    def _let_go(self) -> None:
        if self._far is not None:
            asyncio.get_running_loop().remove_reader(self._far)
            self._far.close()
            self._far = None

    def plug_in(self) -> None:
        """Back again."""
        self._is_in = True

    def close(self) -> None:
        """The driver's program was ended: nobody holds an end any more. Whoever opens it again finds it as it was."""
        self._let_go()
        while self._near:
            self._near.pop().close()


def on_interface(name: str) -> socket.socket:
    """The far end of a veth pair. PermissionError without CAP_NET_RAW, OSError without such an interface."""
    far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_FRAMES))
    far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    far.bind((name, 0))
    far.setblocking(False)
    return far


def listen(far: FarEnd, cards: SimulatedCards) -> None:
    """Give the cards whatever comes, and send what they answer. Ends with the loop, or `remove_reader`."""

    def ready() -> None:
        for _ in range(64):
            try:
                frame = far.recv(FRAME_BYTES)
            except BlockingIOError:
                return
            except OSError:  # the interface went down; it may come back
                return
            answer = cards.take(frame)
            if answer:
                try:
                    far.send(answer)
                except OSError:
                    return

    asyncio.get_running_loop().add_reader(far.fileno(), ready)
