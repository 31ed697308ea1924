"""An eye on a lamp: names the rhythm that a pin blinks."""

import time

from drivers.lamp import PATTERNS

LONGEST_DARK_S = max(off_ms for on_ms, off_ms in PATTERNS.values() if on_ms) / 1000 + 0.4
LONGEST_LIT_S = max(on_ms for on_ms, off_ms in PATTERNS.values() if on_ms and off_ms) / 1000 + 0.2


class Eye:
    """``word`` is what it last was sure of. A rhythm is sure after its first dark, darkness after two seconds."""

    def __init__(self) -> None:
        self.dark()

    def dark(self) -> None:
        """No power."""
        self._word = "off"
        self._is_lit = False
        self._since_s = -1000.0
        self._lit_s = 0.0  # how long it was lit before

    def see(self, is_lit: bool) -> None:
        """The light, at each change."""
        if is_lit == self._is_lit:
            return
        lasted_s = time.monotonic() - self._since_s
        if is_lit and self._lit_s and lasted_s < LONGEST_DARK_S:
            self._word = _rhythm(self._lit_s, lasted_s)
        if self._is_lit:
            self._lit_s = lasted_s
        self._is_lit, self._since_s = is_lit, time.monotonic()

    @property
    def word(self) -> str:
        """off, steady, blink or slow."""
        lasted_s = time.monotonic() - self._since_s
        if self._is_lit and lasted_s > LONGEST_LIT_S:
            self._word = "steady"
        if not self._is_lit and lasted_s > LONGEST_DARK_S:
            self._word, self._lit_s = "off", 0.0
        return self._word


def _rhythm(lit_s: float, dark_s: float) -> str:
    """The pattern whose period is nearest."""
    blinking = [word for word, (on_ms, off_ms) in PATTERNS.items() if on_ms and off_ms]
    return min(blinking, key=lambda word: abs(sum(PATTERNS[word]) / 1000 - lit_s - dark_s))
