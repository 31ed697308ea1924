"""A screen behind /dev/fb0: draws the newest frame, off the event loop, and leaves out those nobody could have seen.

Only rows that differ from what the screen shows are written. What moves on a page (a running notice, a film) is drawn
by itself, 30 times a second, and nothing else with it.

A display that is pulled, or a frame buffer that takes nothing any more, is a fault of the screen; when it is there
again the whole page is drawn again.

Facts from linux/fb.h: FBIOGET_VSCREENINFO gives width, height, bits a pixel and where red is; FBIOGET_FSCREENINFO the
length of a line in bytes.
"""

import asyncio
import fcntl
import os
import struct
import time
from collections.abc import Callable, Sequence
from typing import BinaryIO, NamedTuple, Protocol

from PIL import Image

from drivers.health import Health

VSCREENINFO, FSCREENINFO = 0x4600, 0x4602
FRAME_S = 1 / 30  # between two pictures of what moves
LOOK_S = 0.5  # between two looks at the plug, and between two tries to write again
BAND_ROWS = 16  # converted, compared and written together: few enough to stay in the processor's cache
_RAW = {(32, 16): "BGRX", (32, 0): "RGBX"}  # (bits, lowest bit of red) → Pillow's name
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
Box = tuple[int, int, int, int]


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


class Moving(Protocol):
    """A part of a frame that looks different all the time. ``box``: left, top, right, bottom in pixels."""

    box: Box

    def image_at(self, ms: int) -> Image.Image | None:
        """How the box looks at this moment of the screen's clock; None: as before. Called in a thread."""
        ...

    def close(self) -> None:
        """Its frame is gone."""
        ...


class Drawable(Protocol):
    """A frame of `firmware.screens`."""

    def image(self, ms: int = 0) -> Image.Image:
        """The whole picture, as it looks at this moment of the screen's clock."""
        ...

    def moving(self) -> Sequence[Moving]:
        """What moves on it."""
        ...


class Lost(OSError):
    """The frame buffer takes no pixels."""


class FrameBuffer:
    """A `ScreenPort`. ``rotate``: degrees clockwise that the picture is turned for a screen that hangs so.

    ``is_unplugged()`` says that no display is there; ``again()`` opens the frame buffer anew after it was lost, or
    raises OSError. ``health``: unplugged.
    """

    def __init__(
        self,
        file: BinaryIO,
        geometry: Geometry,
        rotate: int = 0,
        *,
        is_unplugged: Callable[[], bool] = lambda: False,
        again: Callable[[], BinaryIO] | None = None,
    ) -> None:
        self.health = Health()
        self._is_unplugged = is_unplugged
        self._again = again
        self._file = file
        self._geometry = geometry
        self._rotate = rotate
        is_turned = rotate in (90, 270)
        self.width_px = geometry.height_px if is_turned else geometry.width_px
        self.height_px = geometry.width_px if is_turned else geometry.height_px
        self.written_bytes = 0  # since the start
        self._began_s = time.monotonic()
        self._row_bytes = geometry.width_px * 4
        self._bands: dict[int, bytes] = {}  # first row → what was written there last
        self._frame: Drawable | None = None
        self._shown: Drawable | None = None  # the newest that was taken for drawing
        self._is_stale = False  # what moves goes on, but all the page has to be drawn again
        self._is_dark = False  # no display was there at the last look
        self._drawing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    def invalidate(self, frame: Drawable) -> None:
        """There is something new to see. Needs a running event loop. Raises what went wrong with the frame before."""
        self._frame = frame
        if self._watching is None:
            self._watching = asyncio.get_running_loop().create_task(self._watch())
        before = self._drawing
        if before is None or before.done():
            self._drawing = asyncio.get_running_loop().create_task(self._work())
            if before is not None and not before.cancelled():
                before.result()

    async def _watch(self) -> None:
        """Look at the plug, for ever; what lies behind it is drawn anew when it is in again."""
        while True:
            was_dark, self._is_dark = self._is_dark, self._is_unplugged()
            if self._is_dark:
                self.health.set("unplugged")
            elif was_dark:
                self._draw_again()
            await asyncio.sleep(LOOK_S)

    def _draw_again(self) -> None:
        """The newest frame; one that could not be drawn is left for `invalidate` to tell."""
        self._is_stale = True
        drawing = self._drawing
        if drawing is None or not drawing.done() or drawing.cancelled() or drawing.exception() is not None:
            return
        if self._shown is not None:
            self.invalidate(self._shown)

    async def _work(self) -> None:
        while self._frame is not None:
            frame, self._frame = self._frame, None
            self._shown = frame
            moving: Sequence[Moving] | None = None
            try:
                self._is_stale = True
                while self._frame is None and self._is_stale:
                    moving = frame.moving() if moving is None else moving
                    await self._show(frame, moving)
            finally:
                for part in moving or ():
                    part.close()

    async def _show(self, frame: Drawable, moving: Sequence[Moving]) -> None:
        """Once all of it, then what moves; or a pause when the frame buffer takes nothing."""
        try:
            if self.health.fault:
                self._bands.clear()
            self._is_stale = False
            await asyncio.to_thread(self.put, frame, self._now_ms())
            if not self._is_dark:
                self.health.set("")
            await self._animate(moving)
        except Lost:
            self.health.set("unplugged")
            self._is_stale = True
            await asyncio.sleep(LOOK_S)
            self._open_again()

    def _open_again(self) -> None:
        if self._again is not None:
            try:
                file = self._again()
            except OSError:
                return
            self._file.close()
            self._file = file

    async def _animate(self, moving: Sequence[Moving]) -> None:
        """Until the next frame comes. A picture that is late is left out, so that what moves keeps its speed."""
        due_s = time.monotonic()
        while moving and self._frame is None and not self._is_stale:
            due_s += FRAME_S * (1 + int((time.monotonic() - due_s) / FRAME_S))
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            await asyncio.to_thread(self.put_moving, moving, self._now_ms())

    def _now_ms(self) -> int:
        return int((time.monotonic() - self._began_s) * 1000)

    def put(self, frame: Drawable, ms: int) -> None:
        """Draw a frame and write what differs."""
        picture = self._as_hung(frame.image(ms))
        for first in range(0, picture.height, BAND_ROWS):
            band = self._pixels(picture.crop((0, first, picture.width, min(first + BAND_ROWS, picture.height))))
            if self._bands.get(first) != band:
                self._bands[first] = band
                self._write(first, 0, band, self._row_bytes)

    def put_moving(self, moving: Sequence[Moving], ms: int) -> None:
        """Draw only what moves."""
        for part in moving:
            image = part.image_at(ms)
            if image is None:
                continue
            left, top, right, bottom = self._turned(part.box)
            for first in range(top - top % BAND_ROWS, bottom, BAND_ROWS):
                self._bands.pop(first, None)  # no longer what `put` wrote
            self._write(top, left * 4, self._pixels(self._as_hung(image)), (right - left) * 4)

    def _turned(self, box: Box) -> Box:
        """Where a box of the picture lies on the glass."""
        left, top, right, bottom = box
        width, height = self._geometry.width_px, self._geometry.height_px
        if self._rotate == 90:
            return width - bottom, left, width - top, right
        if self._rotate == 180:
            return width - right, height - bottom, width - left, height - top
        return (top, height - right, bottom, height - left) if self._rotate == 270 else box

    def _as_hung(self, picture: Image.Image) -> Image.Image:
        image = picture if picture.mode == "RGB" else picture.convert("RGB")
        return image.transpose(_TURNS[self._rotate]) if self._rotate else image

    def _pixels(self, image: Image.Image) -> bytes:
        pixels: bytes = image.tobytes("raw", self._geometry.raw)
        return pixels

    def _write(self, first: int, left_bytes: int, pixels: bytes, row_bytes: int) -> None:
        """Rows of pixels from row ``first`` downwards. Raises `Lost`."""
        stride = self._geometry.stride
        self.written_bytes += len(pixels)
        step = len(pixels) if row_bytes == stride else row_bytes
        try:
            for row in range(len(pixels) // step):
                place = (first + row) * stride + left_bytes
                os.pwrite(self._file.fileno(), pixels[row * step : (row + 1) * step], place)
        except OSError as error:
            raise Lost(f"screen: {error}; is it plugged in?") from None
