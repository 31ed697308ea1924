"""A chip that writes down how its pins and buses are asked for; first on the path of the test's MicroPython."""

import io

CALLS = []  # [what, arguments…, keys…] in order

POLL, WRITABLE = 3, 4  # MicroPython's stream protocol


def _plain(value):
    return value.id if isinstance(value, Pin) else value


def _note(what, args, keys):
    CALLS.append([what, [_plain(value) for value in args], {key: _plain(keys[key]) for key in keys}])


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN = "in", "out", "up", "down"

    def __init__(self, id, *args, **keys):
        self.id = id
        self.level = keys.get("value", 1)
        _note("Pin", (id,) + args, keys)  # noqa: RUF005  MicroPython has no (*x,)

    def value(self, *level):
        if level:
            self.level = level[0]
            _note("drive", (self.id, level[0]), {})
        return self.level


class SPI:
    def __init__(self, *args, **keys):
        self.sent = []
        _note("SPI", args, keys)

    def write(self, data):
        self.sent.append(bytes(data))


class ADC:
    def __init__(self, *args, **keys):
        _note("ADC", args, keys)

    def read_u16(self):
        return 32768


class UART:
    def __init__(self, *args, **keys):
        _note("UART", args, keys)


class I2S(io.IOBase):
    """Takes what fits into ``room`` bytes; whoever writes more than that without asking would block the board."""

    TX, MONO = "tx", "mono"

    def __init__(self, id, *, sck, ws, sd, **keys):
        if not 0 <= id <= 1 or not all([isinstance(pin, Pin) for pin in (sck, ws, sd)]):
            raise ValueError("invalid id or pins")
        self.heard = b""
        self.room = 0
        self.polls = 0
        keys.update(sck=sck, ws=ws, sd=sd)
        _note("I2S", (id,), keys)

    def ioctl(self, request, arg):
        if request != POLL:
            return -1
        self.polls += 1
        return arg & WRITABLE if self.room else 0

    @staticmethod
    def shift(*, buf, bits, shift):
        """Of 16-bit samples in place; a negative number halves."""
        assert bits == 16
        for at in range(0, len(buf), 2):
            value = int.from_bytes(buf[at : at + 2], "little")
            value = (value - 65536 if value > 32767 else value) >> -shift
            buf[at : at + 2] = (value & 0xFFFF).to_bytes(2, "little")

    def write(self, data):
        if not self.room:
            raise RuntimeError("written without room: a real I2S blocks the board here")
        part = bytes(data[: self.room])
        self.room -= len(part)
        self.heard += part
        return len(part)
