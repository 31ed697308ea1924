"""A help button on a supervised loop: its wire is measured, so that a cut or bridged one is not taken for silence."""

import asyncio

from drivers.ticks import since_ms, ticks_ms

try:
    from typing import Callable
except ImportError:  # MicroPython
    pass

SAMPLE_MS = 10
CHATTER_MS = 2000  # a lid that is not still for so long is loose; a knock on the case is over before


class SupervisedLoop:
    """Double end of line: the loop has R at rest, 2R while pressed, 0 when bridged and no end when cut.

    ``share()`` is the voltage over the loop as a share of the supply, in permille. Fed through a resistor of R that is
    0, 500, 667 and 1000; ``limits`` are the three bounds between them. ``case()`` is 1 when the lid is off, None
    where nobody watches it. ``health``: tampered, loop_open, loop_short.

    A state counts when it has stood for ``debounce_ms``; a press when it was held for ``hold_ms`` more. The case has a
    clock of its own: a loose lid delays no press. One that chatters counts as open.
    Small boards have no room for more of it: its test is in `drivers.plain_tests`.
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
        self.health = self  # who cares looks at ``fault``: to be waited for, it would need an object of its own
        self.fault = ""
        self.state = "normal"
        self._share = share
        self._case = case
        self._limits = limits
        self._debounce_ms = debounce_ms
        self._hold_ms = hold_ms
        self._seen = ""  # the newest look at the loop
        self._since_ms = ticks_ms()
        self._is_open = self._was_open = False  # the case: what counts, and the newest look at it
        self._case_ms = 0  # when that look changed
        self._restless_ms: "int | None" = None  # since when the case has not stood still; ticks wrap when it rests long
        self._is_told = True  # the press that stands

    async def pressed(self) -> int:
        """Waits for the next press; returns how long it was held so far, in ms. As `drivers.button.Button`.

        Whatever happens to the wire meanwhile is in ``health``.
        """
        while True:
            state, _, case = self.measured()
            if state != self._seen:
                self._seen = state
                self._since_ms = ticks_ms()
            held_ms = since_ms(self._since_ms)
            if held_ms >= self._debounce_ms and state != self.state:
                self.state = state
                self._is_told = state != "alarm"
            self._judge_case(bool(case))
            fault = "loop_" + self.state if self.state in ("short", "open") else ""
            self.fault = "tampered" if self._is_open else fault
            if not self._is_told and held_ms >= self._debounce_ms + self._hold_ms:
                self._is_told = True
                return held_ms
            await asyncio.sleep(SAMPLE_MS / 1000)

    def _judge_case(self, is_open: bool) -> None:
        """What stood for the debounce time counts; what did not stand still for `CHATTER_MS` counts as open."""
        if is_open != self._was_open:
            self._was_open = is_open
            self._case_ms = ticks_ms()
            if self._restless_ms is None:
                self._restless_ms = self._case_ms
        if self._restless_ms is None:
            return
        if since_ms(self._case_ms) >= self._debounce_ms:
            self._is_open = is_open
            self._restless_ms = None
        elif since_ms(self._restless_ms) >= CHATTER_MS:
            self._is_open = True

    def measured(self) -> "tuple[str, int, int | None]":
        """Now: short, normal, alarm or open; permille; 1 when the case is open, None where nobody watches it."""
        share = self._share()
        short, alarm, open_ = self._limits
        state = "short" if share < short else "normal" if share < alarm else "alarm" if share < open_ else "open"
        return state, share, self._case() if self._case else None
