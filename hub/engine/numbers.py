"""Numbers: which serial the next ticket of a service gets, and which blocks are lent to kiosks. None is given twice.

The hub counts from 1. Blocks are lent from 701 on: what people read stays as short as it was, and who works at a window
sees from the number where it came from. On a day on which the hub itself comes so far both go on from whatever is the
highest by then, so there is no last number.
"""

from hub.engine.state import ServiceState

FIRST_LENT = 701


def next_serial(state: ServiceState) -> int:
    """Of the next ticket that the hub issues."""
    serial = state.issued + 1
    return serial if serial < FIRST_LENT else max(serial, state.lent + 1)


def next_block(state: ServiceState) -> int:
    """The first serial of the next block that is lent."""
    return max(FIRST_LENT, state.issued + 1, state.lent + 1)


def number_of(prefix: str, serial: int) -> str:
    """As people read and hear it."""
    return prefix + str(serial).zfill(3)


def prefix_of(number: str) -> str:
    """Of the service for which it was taken."""
    return number.rstrip("0123456789")
