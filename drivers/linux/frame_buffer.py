"""A screen behind /dev/fb0: draws the newest frame, off the event loop, and leaves out those nobody could have seen.

Facts from linux/fb.h: FBIOGET_VSCREENINFO gives width, height, bits a pixel and where red is; FBIOGET_FSCREENINFO the
length of a line in bytes.
"""

import asyncio
import fcntl
import struct
from typing import Any, BinaryIO, NamedTuple, Protocol

from PIL import Image

VSCREENINFO, FSCREENINFO = 0x4600, 0x4602
_RAW = {(32, 16): "BGRX", (32, 0): "RGBX"}  # (bits, lowest bit of red) → Pillow's name


class Geometry(NamedTuple):
    """``stride``: bytes from a line to the next; ``raw``: Pillow's name of the pixel format."""

    width_px: int
    height_px: int
    stride: int
    raw: str

    @classmethod
    def ask(cls, file: BinaryIO) -> "Geometry":
        """Of an open frame buffer. OSError when it is none, ValueError for a pixel format that is not known here."""
        return cls.read(fcntl.ioctl(file, VSCREENINFO, bytes(160)), fcntl.ioctl(file, FSCREENINFO, bytes(80)))

    @classmethod
    def read(cls, variable: bytes, fixed: bytes) -> "Geometry":
        """From the two structs, as a 64-bit kernel lays them out."""
        width_px, height_px = struct.unpack_from("=II", variable)
        (bits,) = struct.unpack_from("=I", variable, 24)
        (red,) = struct.unpack_from("=I", variable, 32)
        (stride,) = struct.unpack_from("=I", fixed, 48)
        if (bits, red) not in _RAW:
            raise ValueError(f"frame buffer with {bits} bits a pixel and red at {red}: set it to 32 bits")
        return cls(width_px, height_px, stride, _RAW[bits, red])


class Drawable(Protocol):
    """A frame of `firmware.screens`."""

    def image(self) -> Image.Image:
        """The picture, drawn now."""
        ...


class FrameBuffer:
    """A `ScreenPort`. ``rotate``: degrees clockwise that the picture is turned for a screen that hangs so."""

    def __init__(self, file: BinaryIO, geometry: Geometry, rotate: int = 0) -> None:
        self._file = file
        self._geometry = geometry
        self._rotate = rotate
        is_turned = rotate in (90, 270)
        self.width_px = geometry.height_px if is_turned else geometry.width_px
        self.height_px = geometry.width_px if is_turned else geometry.height_px
        self._frame: Drawable | None = None
        self._drawing: asyncio.Task[None] | None = None

    def invalidate(self, frame: Drawable) -> None:
        """There is something new to see. Needs a running event loop."""
        self._frame = frame
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.get_running_loop().create_task(self._draw())

    async def _draw(self) -> None:
        while self._frame is not None:
            frame, self._frame = self._frame, None
            await asyncio.to_thread(self._put, frame)

    def _put(self, frame: Drawable) -> None:
        image: Any = frame.image().convert("RGB")
        if self._rotate:
            image = image.rotate(-self._rotate, expand=True)
        pixels = image.tobytes("raw", self._geometry.raw)
        row_bytes = len(pixels) // self._geometry.height_px
        for y in range(self._geometry.height_px):
            self._file.seek(y * self._geometry.stride)
            self._file.write(pixels[y * row_bytes : (y + 1) * row_bytes])
        self._file.flush()
