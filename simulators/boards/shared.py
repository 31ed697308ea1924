"""The memory that a virtual board and the world around it share: pins, causes, counters."""

import mmap
import os

from simulators.boards.shim import layout

OUTSIDE = [layout.PINS + 4 * pin + layout.OUTSIDE for pin in range(layout.PIN_COUNT)]


class Shared:
    """The memory that board and world share; it lives as long as the board has power."""

    def __init__(self) -> None:
        self.fd = os.memfd_create("board")
        os.truncate(self.fd, layout.SIZE)
        self.bytes = mmap.mmap(self.fd, layout.SIZE)
        for place in OUTSIDE:
            self.bytes[place] = layout.FLOATING

    def power_on(self) -> None:
        """The chip forgets everything; the network cable and what drives the pins from outside stay as they are."""
        kept = {place: self.bytes[place] for place in (layout.NETWORK, *OUTSIDE)}
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
