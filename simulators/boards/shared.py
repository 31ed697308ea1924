"""The memory that a virtual board and the world around it share: pins, causes, counters."""

import mmap
import os

from simulators.boards.shim import layout

OUTSIDE = [layout.PINS + 4 * pin + layout.OUTSIDE for pin in range(layout.PIN_COUNT)]

VOLTAGES = range(layout.ADC, layout.ADC + 2 * layout.PIN_COUNT)


class Shared:
    """What the chip forgets without power: `power_off`."""

    def __init__(self) -> None:
        self.fd = os.memfd_create("board")
        os.truncate(self.fd, layout.SIZE)
        self.bytes = mmap.mmap(self.fd, layout.SIZE)
        for place in OUTSIDE:
            self.bytes[place] = layout.FLOATING

    def power_off(self) -> None:
        """The chip forgets everything; the network cable and what drives the pins from outside stay as they are."""
        kept = {place: self.bytes[place] for place in (layout.NETWORK, *OUTSIDE, *VOLTAGES)}
        self.bytes[:] = bytes(layout.SIZE)
        for place, value in kept.items():
            self.bytes[place] = value

    def reset(self, cause: int) -> None:
        """Pins back to inputs, but for a soft reset; the fuse and the RTC memory stay."""
        self.bytes[layout.CAUSE] = cause
        self.bytes[layout.IRQ] = 0
        if cause != layout.SOFT_RESET:
            for place in OUTSIDE:
                self.bytes[place + 1 : place + 4] = bytes(3)

    def level(self, pin: int) -> int | None:
        """What the board puts on a pin; None when it is no output."""
        place = _place(pin)
        if self.bytes[place + layout.MODE] in (layout.MODE_OUT, layout.MODE_OPEN_DRAIN):
            return self.bytes[place + layout.INSIDE]
        return None

    def drive(self, pin: int, level: int | None) -> None:
        """Put a level on a pin from outside; None lets it float."""
        self.bytes[_place(pin) + layout.OUTSIDE] = layout.FLOATING if level is None else level

    def put_voltage(self, pin: int, permille: int) -> None:
        """What an ADC at this pin measures, as a share of the supply."""
        _place(pin)
        at = layout.ADC + 2 * pin
        self.bytes[at : at + 2] = (65535 * permille // 1000).to_bytes(2, "little")

    def u32(self, place: int) -> int:
        """Little endian."""
        return int.from_bytes(self.bytes[place : place + 4], "little")

    def set_u32(self, place: int, value: int) -> None:
        """Little endian."""
        self.bytes[place : place + 4] = value.to_bytes(4, "little")

    def close(self) -> None:
        """Give it back."""
        self.bytes.close()
        os.close(self.fd)


def _place(pin: int) -> int:
    if not 0 <= pin < layout.PIN_COUNT:
        raise LookupError(f"no pin {pin}; there are {layout.PIN_COUNT}")
    return layout.PINS + 4 * pin
