"""How long to wait before the next attempt: longer each time, never in step with the neighbours."""


class Backoff:
    """``random()`` gives 0 <= x < 1. All times in milliseconds.

    The first retry comes within ``first_ms``, and not much sooner: a broker that died is back in an instant, and all
    devices of a building lost it in the same one. The later ones wait at least ``base_ms``, doubling up to ``cap_ms``,
    each between half and all of that (brokers close clients that flap). Only a connection that lasted ``stable_ms``
    starts the sequence anew.
    """

    def __init__(
        self, random: "object", base_ms: int = 1000, cap_ms: int = 30000, stable_ms: int = 20000, first_ms: int = 4000
    ) -> None:
        self._random = random
        self.base_ms = base_ms
        self.cap_ms = cap_ms
        self.stable_ms = stable_ms
        self.first_ms = first_ms
        self._failures = 0

    def lasted(self, milliseconds: int) -> None:
        """Tell how long the connection that just ended was up."""
        if milliseconds >= self.stable_ms:
            self._failures = 0

    def next_ms(self) -> int:
        """Milliseconds to wait before the next attempt."""
        failures = self._failures
        self._failures = min(failures + 1, 16)
        part: float = self._random()  # type: ignore[operator]
        if failures == 0:
            return int(self.first_ms * (0.1 + 0.9 * part))
        limit = min(self.cap_ms, self.base_ms << failures)
        return int(limit * (0.5 + 0.5 * part))
