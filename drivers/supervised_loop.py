"""A help button on a supervised loop: its wire is measured, so that a cut or bridged one is not taken for silence."""

import asyncio

from drivers.faults import PartFault
from drivers.health import Health
from drivers.ticks import since_ms, ticks_ms

try:
    from typing import Callable
except ImportError:  # MicroPython
    pass

SAMPLE_MS = 10
SHORT, NORMAL, ALARM, OPEN = "short", "normal", "alarm", "open"
_FAULTS = {SHORT: "loop_short", OPEN: "loop_open"}


class SupervisedLoop:
    """Double end of line: the loop has R at rest, 2R while pressed, 0 when bridged and no end when cut.

    ``share()`` is the voltage over the loop as a share of the supply, in permille. Fed through a resistor of R that is
    0, 500, 667 and 1000; ``limits`` are the three bounds between them. ``case()`` is 1 when the lid is off, None
    where nobody watches it. ``health``: tampered, loop_open, loop_short.

    A state counts when it has stood for ``debounce_ms``; a press when it was held for ``hold_ms`` more.
    """

    def __init__(
        self,
        share: "Callable[[], int]",
        case: "Callable[[], int] | None" = None,
        *,
        limits: "tuple[int, int, int]" = (250, 583, 833),
        debounce_ms: int = 50,
        hold_ms: int = 0,
    ) -> None:
        if not 0 < limits[0] < limits[1] < limits[2] < 1000:
            raise ValueError("limits of the loop: short below alarm below open, 1 to 999 permille; see the profile")
        self.health = Health()
        self.state = NORMAL
        self._share = share
        self._case = case
        self._limits = limits
        self._debounce_ms = debounce_ms
        self._hold_ms = hold_ms
        self._seen = ("", False)  # the newest look: state of the loop, whether the case is open
        self._since_ms = ticks_ms()
        self._is_told = True  # the press that stands

    async def pressed(self) -> int:
        """Waits for the next press; returns how long it was held so far, in ms. As `drivers.button.Button`.

        Whatever happens to the wire meanwhile is in ``health``.
        """
        while True:
            self._look()
            if self.state == ALARM and not self._is_told and self._held_ms() >= self._debounce_ms + self._hold_ms:
                self._is_told = True
                return self._held_ms()
            await asyncio.sleep(SAMPLE_MS / 1000)

    async def self_test(self) -> str:
        """What is measured now. Raises PartFault when the loop is cut or bridged, or the case open."""
        share = self._share()
        state = self._state_of(share)
        if state in _FAULTS:
            raise PartFault("button", "loop %s, %d permille; check its wires and resistors" % (state, share))
        if self._case is not None and self._case():
            raise PartFault("button", "case open; close it (loop %s, %d permille)" % (state, share))
        case = "no case contact" if self._case is None else "case closed"
        return "%s, %d permille, %s" % (state, share, case)

    def _look(self) -> None:
        seen = (self._state_of(self._share()), bool(self._case and self._case()))
        if seen != self._seen:
            self._seen = seen
            self._since_ms = ticks_ms()
        elif self._held_ms() >= self._debounce_ms:
            self._settled(seen[0], seen[1])

    def _held_ms(self) -> int:
        return since_ms(self._since_ms)

    def _settled(self, state: str, is_open: bool) -> None:
        if state != self.state:
            self.state = state
            self._is_told = state != ALARM
        self.health.set("tampered" if is_open else _FAULTS.get(state, ""))

    def _state_of(self, share: int) -> str:
        short, alarm, open_ = self._limits
        if share < short:
            return SHORT
        if share < alarm:
            return NORMAL
        return ALARM if share < open_ else OPEN
