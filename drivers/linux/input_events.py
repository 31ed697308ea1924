"""Keys and touches from /dev/input (linux/input.h): 24 bytes an event, read without a library."""

import asyncio
import fcntl
import os
import struct
from typing import NamedTuple

EVENT = struct.Struct("qqHHi")  # seconds, microseconds, type, code, value, on a 64-bit kernel
EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
BTN_TOUCH = 0x14A
ABS_X, ABS_Y, ABS_MT_X, ABS_MT_Y = 0x00, 0x01, 0x35, 0x36
EVIOCGRAB = 0x40044590
AGAIN_S = 1.0  # how often a device that is not plugged in is looked for


class Event(NamedTuple):
    type: int
    code: int
    value: int


class InputDevice:
    """One device file; it may be unplugged and plugged in again at any time."""

    def __init__(self, path: str, again_s: float = AGAIN_S) -> None:
        self._path = path
        self._again_s = again_s
        self._fd = -1
        self._waiting = b""

    async def event(self) -> Event:
        """The next event; waits while there is no device."""
        while True:
            try:
                if self._fd < 0:
                    self._open()
                while len(self._waiting) < EVENT.size:
                    await self._read()
            except OSError:
                self.close()
                await asyncio.sleep(self._again_s)
                continue
            _, _, kind, code, value = EVENT.unpack_from(self._waiting)
            self._waiting = self._waiting[EVENT.size :]
            return Event(kind, code, value)

    def close(self) -> None:
        """Let the device go."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
        self._waiting = b""

    def axis(self, code: int) -> tuple[int, int]:
        """(least, greatest) value of an axis of the device; OSError when it is not there or has no such axis."""
        if self._fd < 0:
            self._open()
        facts = fcntl.ioctl(self._fd, 0x80184540 + code, bytes(24))  # EVIOCGABS
        _, least, greatest = struct.unpack_from("iii", facts)
        return least, greatest

    def _open(self) -> None:
        self._fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            fcntl.ioctl(self._fd, EVIOCGRAB, 1)  # what is typed here reaches nobody else, the text console least of all
        except OSError:
            pass  # a pipe, which nobody else reads

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._fd, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._fd)
        data = os.read(self._fd, EVENT.size * 64)
        if not data:
            raise OSError("unplugged")
        self._waiting += data


class Keys:
    """A `KeyPort`: ``codes`` are the key codes (linux/input-event-codes.h) in the order of the keypad's words."""

    def __init__(self, device: InputDevice, codes: list[int]) -> None:
        self._device = device
        self._codes = codes

    async def code(self) -> int:
        """The next key that goes down; a key held down counts once, other keys do not count."""
        while True:
            event = await self._device.event()
            if event.type == EV_KEY and event.value == 1 and event.code in self._codes:
                return self._codes.index(event.code)


class Touch:
    """A `TouchPort` over the whole of a screen that is turned by ``rotate`` degrees clockwise.

    ``ranges``: least and greatest value of x and y; asked of the device when not given.
    """

    def __init__(
        self,
        device: InputDevice,
        width_px: int,
        height_px: int,
        *,
        rotate: int = 0,
        ranges: tuple[tuple[int, int], tuple[int, int]] | None = None,
    ) -> None:
        self._device = device
        self._size = (width_px, height_px)
        self._rotate = rotate
        self._ranges = ranges
        self._x = self._y = 0

    async def tap(self) -> tuple[int, int]:
        """Where the next finger goes down."""
        is_down = False
        while True:
            event = await self._device.event()
            if event.type == EV_ABS and event.code in (ABS_X, ABS_MT_X):
                self._x = event.value
            elif event.type == EV_ABS and event.code in (ABS_Y, ABS_MT_Y):
                self._y = event.value
            elif event.type == EV_KEY and event.code == BTN_TOUCH:
                is_down = event.value == 1
            elif event.type == EV_SYN and is_down:
                return self._place()

    def _place(self) -> tuple[int, int]:
        if self._ranges is None:
            self._ranges = self._device.axis(ABS_X), self._device.axis(ABS_Y)
        shares = []
        for value, (least, greatest) in zip((self._x, self._y), self._ranges, strict=True):
            shares.append(min(max((value - least) / max(greatest - least, 1), 0.0), 1.0))
        across, down = shares
        for _ in range(self._rotate // 90):  # the glass is turned with the screen: back, a quarter at a time
            across, down = down, 1 - across
        width_px, height_px = self._size
        return min(int(across * width_px), width_px - 1), min(int(down * height_px), height_px - 1)
