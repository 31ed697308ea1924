"""Milliseconds that only go forward, on both interpreters. They wrap on MicroPython: compare with `since_ms` only."""

import time

try:
    ticks_ms = time.ticks_ms  # type: ignore[attr-defined]
    _difference_ms = time.ticks_diff  # type: ignore[attr-defined]
except AttributeError:  # CPython

    def ticks_ms() -> int:
        """Now."""
        return time.monotonic_ns() // 1000000

    def _difference_ms(later: int, earlier: int) -> int:
        return later - earlier


def since_ms(earlier: int) -> int:
    """How long ago ``earlier`` was; right up to three days."""
    return int(_difference_ms(ticks_ms(), earlier))
