"""A printer's device file (/dev/usb/lp0, /dev/ttyS1): bytes in and out without blocking, opened anew after a fault."""

import asyncio
import os


class DeviceFile:
    """Opened when first used. Every method raises OSError when the device is not there or goes away."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = -1

    async def write(self, data: bytes) -> None:
        """Returns when all of it is with the kernel."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._opened(), left) :]
            except BlockingIOError:
                await self._ready(is_writing=True)
            except OSError:
                self.close()
                raise

    async def read(self, timeout_s: float) -> bytes:
        """What has come, at least one byte; empty when nothing came in time."""
        try:
            await asyncio.wait_for(self._ready(is_writing=False), timeout_s)
            return os.read(self._opened(), 64)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """The next use opens it again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _opened(self) -> int:
        if self._fd < 0:
            self._fd = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        return self._fd

    async def _ready(self, *, is_writing: bool) -> None:
        loop, ready, fd = asyncio.get_running_loop(), asyncio.Event(), self._opened()
        add, remove = (loop.add_writer, loop.remove_writer) if is_writing else (loop.add_reader, loop.remove_reader)
        add(fd, ready.set)
        try:
            await ready.wait()
        finally:
            remove(fd)
