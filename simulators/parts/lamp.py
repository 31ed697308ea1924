"""A signal lamp as an eye sees it. Runs on MicroPython too."""

from drivers.lamp import FAST, PATTERNS

try:
    from collections.abc import Callable
    from typing import Any
except ImportError:  # MicroPython
    pass


class SimulatedLamp:
    """``on_change(word)``, when given, is called with what the lamp shows from now on."""

    def __init__(self, on_change: "Callable[[str], Any] | None" = None) -> None:
        self.shows = "off"
        self._on_change = on_change

    # what the driver sees: drivers.ports.PatternPort

    def pattern(self, on_ms: int, off_ms: int) -> None:
        """The eye names the rhythm: ``off``, ``steady``, ``blink``, ``slow``, ``fast``."""
        if (on_ms, off_ms) == FAST:
            self.shows = "fast"
        for word in PATTERNS:
            if PATTERNS[word] == (on_ms, off_ms):
                self.shows = word
        if self._on_change is not None:
            self._on_change(self.shows)
