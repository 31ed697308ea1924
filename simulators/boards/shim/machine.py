"""The module machine of a virtual board; the far side of its pins and buses is the supervisor.

What is seldom used (UART, I2S, ADC, SPI, SoftSPI, mem8/16/32, bitstream) is loaded when first asked for.
"""

# mypy: ignore-errors
import _thread
import time

import far
import layout
import micropython
import shelf
from layout import DEEPSLEEP_RESET, HARD_RESET, PWRON_RESET, SOFT_RESET, WDT_RESET  # noqa: F401

_ELSEWHERE = {
    "UART": "machine_uart",
    "I2S": "machine_i2s",
    "ADC": "machine_adc",
    "SPI": "machine_bus",
    "SoftSPI": "machine_bus",
    "bitstream": "machine_bus",
    "mem8": "machine_mem",
    "mem16": "machine_mem",
    "mem32": "machine_mem",
}


def __getattr__(name):
    if name not in _ELSEWHERE:
        raise AttributeError(name)
    module = shelf.load(_ELSEWHERE[name])
    for other in _ELSEWHERE:
        if _ELSEWHERE[other] == _ELSEWHERE[name]:
            globals()[other] = getattr(module, other)
    return globals()[name]


def unique_id():
    """As burnt in by the maker."""
    return far.UNIQUE_ID


def reset_cause():
    """PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET or SOFT_RESET."""
    return far.mem[layout.CAUSE]


def reset():
    """As the reset button."""
    far.die(layout.RESET, layout.RESET_HARD)


def soft_reset():
    """As Ctrl-D at the prompt."""
    raise SystemExit


def bootloader(timeout_ms=0):
    """To the boot ROM."""
    far.die(layout.RESET, layout.RESET_BOOTLOADER)


def deepsleep(time_ms=0):
    """Sleeps with everything off, then starts anew; 0 sleeps for ever."""
    far.die(layout.RESET, layout.RESET_DEEPSLEEP, bytes((time_ms >> shift & 255) for shift in (24, 16, 8, 0)))


def lightsleep(time_ms=0):
    time.sleep_ms(time_ms)


def idle():
    time.sleep_ms(1)


def freq(hz=None):
    return 240000000


def disable_irq():
    return 1


def enable_irq(state=True):
    pass


class Pin:
    """Levels live in memory shared with the far side: reading one costs no message."""

    IN, OUT, OPEN_DRAIN = layout.MODE_IN, layout.MODE_OUT, layout.MODE_OPEN_DRAIN
    PULL_UP, PULL_DOWN = layout.PULL_UP, layout.PULL_DOWN
    IRQ_FALLING, IRQ_RISING = 2, 1
    _handlers = {}  # pin number → [handler, trigger, level last seen, pin]

    def __init__(self, id, mode=-1, pull=-1, *, value=None, **more):
        if not isinstance(id, int) or not 0 <= id < layout.PIN_COUNT:
            raise ValueError("invalid pin")
        self._id = id
        self._at = layout.PINS + 4 * id
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None, **more):
        if pull != -1:
            far.mem[self._at + layout.PULL] = pull or 0
        if value is not None:
            far.mem[self._at + layout.INSIDE] = 1 if value else 0
        if mode != -1:
            far.mem[self._at + layout.MODE] = mode
            if mode != Pin.IN:
                far.tell(layout.PIN_SET, self._id)

    def value(self, *level):
        mem, at = far.mem, self._at
        if level:
            level = 1 if level[0] else 0
            if mem[at + layout.INSIDE] != level:
                mem[at + layout.INSIDE] = level
                if mem[at + layout.MODE] != layout.MODE_IN:
                    far.tell(layout.PIN_SET, self._id)
            return None
        mode = mem[at + layout.MODE]
        if mode == layout.MODE_OUT or (mode == layout.MODE_OPEN_DRAIN and not mem[at + layout.INSIDE]):
            return mem[at + layout.INSIDE]
        outside = mem[at + layout.OUTSIDE]
        if outside != layout.FLOATING:
            return outside
        return 1 if mem[at + layout.PULL] == layout.PULL_UP else 0

    def __call__(self, *level):
        return self.value(*level)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(1 - far.mem[self._at + layout.INSIDE])

    def mode(self):
        return far.mem[self._at + layout.MODE]

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, **more):
        """The handler runs between two bytecodes of the program, as a soft interrupt does."""
        if handler is None:
            Pin._handlers.pop(self._id, None)
            return
        Pin._handlers[self._id] = [handler, trigger, self.value(), self]
        if not far.mem[layout.IRQ]:
            far.mem[layout.IRQ] = 1
            _thread.start_new_thread(_watch, ())

    def __repr__(self):
        return f"Pin({self._id})"


def _interrupt(number):
    watched = Pin._handlers.get(number)
    if watched:
        handler, trigger, last, pin = watched
        level = pin.value()
        watched[2] = level
        if level != last and trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
            handler(pin)


def _watch():
    """A thread of its own: waits for the far side to say which pin it has changed."""
    line, number = open(far.IRQ_LINE, "rb"), bytearray(1)
    while line.readinto(number):
        try:
            micropython.schedule(_interrupt, number[0])
        except RuntimeError:
            pass  # the queue is full: one of the waiting calls sees the level


class Signal:
    """A pin with its polarity."""

    def __init__(self, pin, *args, invert=False, **more):
        self._pin = pin if isinstance(pin, Pin) else Pin(pin, *args, **more)
        self._invert = invert

    def value(self, *level):
        if level:
            return self._pin.value(bool(level[0]) != self._invert)
        return int(bool(self._pin.value()) != self._invert)

    def __call__(self, *level):
        return self.value(*level)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


class WDT:
    """Once started it cannot be stopped; not fed for ``timeout`` ms, the board resets."""

    def __init__(self, id=0, timeout=5000):
        if timeout < 1:
            raise ValueError("WDT timeout too short")
        far.tell(layout.WDT_STARTED, 0, bytes((timeout >> shift & 255) for shift in (24, 16, 8, 0)))

    def feed(self):
        far.set_u32(layout.WDT_FED, far.u32(layout.WDT_FED) + 1 & 0xFFFFFFFF)


class RTC:
    """Its memory outlives every reset, but no power cut; its clock is the computer's."""

    def datetime(self, when=None):
        now = time.gmtime()
        return (now[0], now[1], now[2], now[6], now[3], now[4], now[5], 0)

    def memory(self, data=None):
        mem = far.mem
        if data is None:
            size = mem[layout.RTC_BYTES] | mem[layout.RTC_BYTES + 1] << 8
            return bytes(mem[layout.RTC : layout.RTC + size])
        if len(data) > layout.RTC_SIZE:
            raise ValueError("buffer too long")
        mem[layout.RTC : layout.RTC + len(data)] = bytes(data)
        mem[layout.RTC_BYTES], mem[layout.RTC_BYTES + 1] = len(data) & 255, len(data) >> 8
