"""The board's end of its wires: shared memory and the line to the supervisor."""

# mypy: ignore-errors
import sys

import layout
import uctypes

_args = sys.argv
mem = uctypes.bytearray_at(int(_args[1]), layout.SIZE)
_line = open(int(_args[2]), "r+b")
UNIQUE_ID = bytes(int(_args[5][i : i + 2], 16) for i in range(0, len(_args[5]), 2))
UARTS = [int(number) for number in _args[6].split(",")]
IRQ_LINE = int(_args[7])
SPEED = float(_args[8])


def tell(what, which=0, body=b""):
    """One message to the supervisor."""
    head = bytes((what, which, len(body) >> 8, len(body) & 255))
    if len(body) > 256:  # a picture: a real bus takes it from where it is
        _line.write(head)
        _line.write(body)
    else:
        _line.write(head + body)


def ask(what, which, body):
    """The same, and its answer."""
    tell(what, which, body)
    head = _line.read(2)
    return _line.read(head[0] << 8 | head[1])


def die(what, which=0, body=b""):
    """The last message of this life."""
    import time

    tell(what, which, body)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pass


def u32(place):
    return mem[place] | mem[place + 1] << 8 | mem[place + 2] << 16 | mem[place + 3] << 24


def set_u32(place, value):
    mem[place] = value & 255
    mem[place + 1] = value >> 8 & 255
    mem[place + 2] = value >> 16 & 255
    mem[place + 3] = value >> 24 & 255
