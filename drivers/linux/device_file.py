"""A device file (/dev/usb/lp0): bytes in and out without blocking. A `drivers.ports.BytePort`."""

import asyncio
import errno
import os

STALL_S = 1.5  # a device that takes no byte for so long does not work
EMPTY_S = 0.01  # after an empty packet, before the next look
READ_BYTES = 4096


class DeviceFile:
    """Opened when first used. Every method raises OSError when the device is not there, goes away, or takes nothing."""

    is_empty_the_end = False  # whether reading nothing means that the far side has gone

    def __init__(self, path: str, *, stall_s: float = STALL_S) -> None:
        self.name = path
        self._stall_s = stall_s
        self._fd = -1

    @property
    def is_open(self) -> bool:
        """Whether it was there when last used."""
        return self._fd >= 0

    async def write(self, data: bytes) -> None:
        """Returns when all of it is with the kernel."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._opened(), left) :]
            except BlockingIOError:
                await self._wait_to_write()
            except OSError:
                self.close()
                raise

    async def read(self, timeout_s: float) -> bytes:
        """What has come, at least one byte; empty when nothing came in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while (left_s := end - loop.time()) > 0:
            try:
                await asyncio.wait_for(self._ready(is_writing=False), left_s)
                if data := os.read(self._opened(), READ_BYTES):
                    return data
                if self.is_empty_the_end:
                    raise OSError(errno.ENODEV, "unplugged", self.name)
            except TimeoutError:
                break
            except BlockingIOError:
                continue
            except OSError:
                self.close()
                raise
            await asyncio.sleep(EMPTY_S)
        return b""

    def close(self) -> None:
        """The next use opens it again."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def _open(self) -> int:
        return os.open(self.name, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)

    def _opened(self) -> int:
        if self._fd < 0:
            self._fd = self._open()
        return self._fd

    async def _wait_to_write(self) -> None:
        try:
            await asyncio.wait_for(self._ready(is_writing=True), self._stall_s)
        except TimeoutError:
            self.close()
            raise OSError(errno.ETIMEDOUT, "takes no more", self.name) from None

    async def _ready(self, *, is_writing: bool) -> None:
        loop, ready, fd = asyncio.get_running_loop(), asyncio.Event(), self._opened()
        add, remove = (loop.add_writer, loop.remove_writer) if is_writing else (loop.add_reader, loop.remove_reader)
        add(fd, ready.set)
        try:
            await ready.wait()
        finally:
            remove(fd)
