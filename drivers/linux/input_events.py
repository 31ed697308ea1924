"""Events from /dev/input (linux/input.h): 24 bytes each, read without a library; and the keys of a keypad."""

import asyncio
import errno
import fcntl
import os
import struct
from typing import NamedTuple

from drivers.health import Health

EVENT = struct.Struct("qqHHi")  # seconds, microseconds, type, code, value, on a 64-bit kernel
EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
ABS_X, ABS_Y = 0x00, 0x01
EVIOCGRAB = 0x40044590
AGAIN_S = 1.0  # how often a device that is not plugged in is looked for


class Event(NamedTuple):
    type: int
    code: int
    value: int


class InputDevice:
    """One device file, ours alone; it may be unplugged and plugged in again at any time, which ``health`` tells.

    ``is_extra``: a device that need not be there is missed only once it was.
    """

    def __init__(self, path: str, again_s: float = AGAIN_S, *, is_extra: bool = False) -> None:
        self._is_extra = is_extra
        self._path = path
        self._again_s = again_s
        self._fd = -1
        self._waiting = b""
        self.health = Health()
        self.lives = 0  # how often it was opened: what was held down before counts no more

    async def event(self) -> Event:
        """The next event; waits while there is no device."""
        while True:
            try:
                if self._fd < 0:
                    self._open()
                    self.lives += 1
                    self.health.set("")
                while len(self._waiting) < EVENT.size:
                    await self._read()
            except OSError:
                self.close()
                if self.lives or not self._is_extra:
                    self.health.set("unplugged")
                await asyncio.sleep(self._again_s)
                continue
            return self._next()

    def come(self) -> Event | None:
        """The next event that was read already: who follows a fast scanner takes these without waiting for each."""
        return self._next() if len(self._waiting) >= EVENT.size else None

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

    def _next(self) -> Event:
        _, _, kind, code, value = EVENT.unpack_from(self._waiting)
        self._waiting = self._waiting[EVENT.size :]
        return Event(kind, code, value)

    def _open(self) -> None:
        self._fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            fcntl.ioctl(self._fd, EVIOCGRAB, 1)  # what is typed here reaches nobody else, the text console least of all
        except OSError as error:
            if error.errno != errno.ENOTTY:  # a pipe, which nobody else reads
                self.close()
                raise

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
        self.health = device.health
        self._device = device
        self._codes = codes

    async def code(self) -> int:
        """The next key that goes down; a key held down counts once, other keys do not count."""
        while True:
            event = await self._device.event()
            if event.type == EV_KEY and event.value == 1 and event.code in self._codes:
                return self._codes.index(event.code)
