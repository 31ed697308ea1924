"""Shifts a line into a HUB75 panel by a state machine of the RP2040 or RP2350: six data pins and the clock."""

# mypy: ignore-errors
# One sort of board has rp2, and the assembler's words exist only inside the function that it decorates.

import rp2
from machine import Pin

from drivers.micropython.hub75_lines import Hub75Lines

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

HZ = 10_000_000  # two instructions a column: 5 million columns a second


@rp2.asm_pio(
    out_init=(rp2.PIO.OUT_LOW,) * 6,
    sideset_init=rp2.PIO.OUT_LOW,
    out_shiftdir=rp2.PIO.SHIFT_RIGHT,
    autopull=True,
    pull_thresh=8,
)
def _columns():
    out(pins, 6).side(0)  # noqa: F821
    out(null, 2).side(1)  # noqa: F821


class Hub75Pio:
    """``first``: number of the pin of R1; G1, B1, R2, G2 and B2 are the five after it. ``clk`` a pin's number."""

    def __init__(self, machine: int, first: int, clk: int, lines: Hub75Lines) -> None:
        self._machine: "Any" = rp2.StateMachine(machine, _columns, freq=HZ, out_base=Pin(first), sideset_base=Pin(clk))
        self._machine.active(1)
        self._lines = lines

    def shift(self, columns: "Any") -> None:
        """One line; returns when the last column is out."""
        machine = self._machine
        machine.put(columns)
        while machine.tx_fifo():
            pass

    def light_line(self, line: int, lit_us: int) -> None:
        """See `Hub75Lines`. By the time the address is set the last column has left the state machine, too."""
        self._lines.light(line, lit_us)
