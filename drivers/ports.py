"""Ports: the narrow things that drivers talk through. A real one is metal, a simulated one is in `simulators.parts`.

On CPython these are protocols that mypy checks; MicroPython needs no more than the methods.
"""

try:
    from typing import Any, Protocol
except ImportError:  # MicroPython
    Protocol = object  # type: ignore[assignment]


class InputPin(Protocol):
    """One digital input."""

    def value(self) -> int:
        """The level now, 0 or 1."""
        ...

    async def changed(self) -> None:
        """Returns when the level may have changed since the last call; a bounce more or less does not matter."""
        ...


class OutputPin(Protocol):
    """One digital output; `machine.Pin` is one."""

    def value(self, level: int) -> "Any":
        """Drive the pin to ``level``, 0 or 1."""
        ...


class PatternPort(Protocol):
    """A light that blinks by itself: a timer, an LED controller, or `drivers.blinking_pin`."""

    def pattern(self, on_ms: int, off_ms: int) -> None:
        """Light ``on_ms``, dark ``off_ms``, for ever. ``on_ms`` 0 is off; ``off_ms`` 0 is steady."""
        ...


class KeyPort(Protocol):
    """A key matrix, a keypad on a bus, or a touch screen that plays one."""

    async def code(self) -> int:
        """The number of the next key that goes down, from 0."""
        ...


class TouchPort(Protocol):
    """A touch panel in the pixels of its screen."""

    async def tap(self) -> "tuple[int, int]":
        """Where the next finger goes down: x, y in pixels from the top left."""
        ...


class ScreenPort(Protocol):
    """A screen that takes a frame when it is ready for one; frames that nobody had time to see are never drawn."""

    width_px: int
    height_px: int

    def invalidate(self, frame: "Any") -> None:
        """There is something new to see. ``frame.image()`` draws it: a Pillow picture of the port's size."""
        ...


class PixelPort(Protocol):
    """A matrix of LEDs: receiving cards on a cable, or a panel on the board's own pins."""

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Three bytes a pixel from (``x_px``, ``y_px``) to the right; not seen before `show`."""
        ...

    def show(self) -> None:
        """Everything given since the last `show` becomes visible at once."""
        ...

    def light(self, percent: int) -> None:
        """How bright from now on: 0 is dark, whatever is shown, 100 is the full light of this installation."""
        ...


class BytePort(Protocol):
    """Bytes both ways: a serial line, a USB device, a connection. Opened when first used, and anew after a fault.

    The methods raise OSError when the far side is not there, went away, or takes nothing; the driver makes of it what
    its part is (`Health`) and tries again after a pause.
    """

    name: str  # for messages: /dev/ttyS1, USB 04b8:0202, 10.0.0.9:9100

    async def write(self, data: bytes) -> None:
        """All of it."""
        ...

    async def read(self, timeout_s: float) -> bytes:
        """What has come, at least one byte; empty when nothing came in time."""
        ...

    def close(self) -> None:
        """Let go of it; the next use opens it again."""
        ...


class SoundPort(Protocol):
    """Something that plays 16-bit little-endian mono samples at 16 kHz."""

    async def write(self, pcm: bytes) -> None:
        """Take samples; returns when there is room for more, so that the writer keeps the pace of the ear."""
        ...

    def volume(self, percent: int) -> None:
        """How loud what is written from now on is: percent of the samples' height. May be rounded."""
        ...

    async def drain(self) -> None:
        """Returns when the last sample has been heard."""
        ...

    async def cut(self) -> None:
        """Something more urgent comes: what was not heard yet is dropped as far as the hardware lets it."""
        ...
