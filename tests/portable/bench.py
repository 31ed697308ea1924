"""What portable tests stand on: the same on CPython and on MicroPython, without pytest."""

import asyncio
import os

from firmware.link.backoff import Backoff

try:
    from tempfile import mkdtemp as _new_folder
except ImportError:
    from binascii import hexlify

    def _new_folder():
        path = os.getenv("TMPDIR") + "/" + str(hexlify(os.urandom(6)), "ascii")
        os.mkdir(path)
        return path


def fresh_folder():
    """The path of a new empty folder."""
    return _new_folder()


def error_of(kind, call, *args, **named):
    """The error that the call raises; it must be a ``kind``."""
    try:
        call(*args, **named)
    except kind as error:
        return error
    raise AssertionError(kind.__name__ + " expected, nothing raised")


def play(story, limit_s=10):
    """Run a coroutine function to its end in a loop of its own."""
    if hasattr(asyncio, "new_event_loop") and not hasattr(asyncio, "Runner"):
        asyncio.new_event_loop()  # MicroPython keeps the tasks of the last one
    return asyncio.run(asyncio.wait_for(story(), limit_s))


async def until(is_true, what="it", limit_s=5):
    """Wait until ``is_true()``."""
    for _ in range(int(limit_s * 200)):
        if is_true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(what + " did not happen")


async def stop(task):
    """Cancel the task and wait for its end."""
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass


def quick_backoff():
    """Reconnects after a few milliseconds."""
    return Backoff(lambda: 0.0, base_ms=20, cap_ms=20, first_ms=10)


class Dice:
    """Seeded random numbers, the same everywhere (xorshift)."""

    def __init__(self, seed):
        self._state = seed * 2654435761 % 4294967296 or 1

    def below(self, limit):
        x = self._state
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        self._state = x
        return x % limit

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def some_bytes(self, longest):
        return bytes([self.below(256) for _ in range(self.below(longest + 1))])

    def spoil(self, data):
        """The bytes with one to three small accidents."""
        data = bytearray(data)
        for _ in range(1 + self.below(3)):
            at = self.below(len(data) + 1)
            accident = self.below(4)
            if accident == 0 and at < len(data):
                data[at] = self.below(256)
            elif accident == 1:
                data = data[:at] + bytearray([self.below(256)]) + data[at:]
            elif accident == 2:
                data = data[:at]
            else:
                data = data[:at] + data[at + 1 + self.below(3) :]
        return bytes(data)
