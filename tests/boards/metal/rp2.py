"""State machines, written down."""

from machine import _note


class PIO:
    OUT_LOW, SHIFT_RIGHT = "low", "right"


def asm_pio(**keys):
    return lambda body: keys


class StateMachine:
    def __init__(self, number, program, **keys):
        _note("StateMachine", (number,), keys)
        _note("program", (), program)

    def active(self, is_on):
        _note("active", (is_on,), {})
