"""Time that only goes forward, in milliseconds: the same on CPython and MicroPython."""

import time

try:
    _ticks_ms = time.ticks_ms  # type: ignore[attr-defined]
    _ticks_diff = time.ticks_diff  # type: ignore[attr-defined]
except AttributeError:

    def now_ms() -> int:
        """Milliseconds since some moment before the program started; never wraps, never jumps."""
        return time.monotonic_ns() // 1000000

else:
    _seen = [_ticks_ms(), 0]  # the last reading of the wrapping counter, and the milliseconds counted up to it

    def now_ms() -> int:
        """Milliseconds since the program started; never wraps when asked at least once in six days."""
        ticks = _ticks_ms()
        _seen[1] += _ticks_diff(ticks, _seen[0])
        _seen[0] = ticks
        return int(_seen[1])
