"""What hangs on the pins and buses of a virtual board: lamps, a loudspeaker, SPI devices, serial lines."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from simulators.boards.ear import Ear
from simulators.boards.eye import Eye
from simulators.boards.shared import Shared
from simulators.boards.shim import layout

UART_COUNT = 3
IO_BYTES = 65536


class SpiDevice(Protocol):
    """Something on an SPI bus; called on the bench's thread."""

    def transfer(self, data: bytes) -> bytes:
        """As many bytes back as came."""
        ...


class SerialLine:
    """The far end of one UART. ``received`` is everything that the board has sent since it has power."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_change: Callable[[], None]) -> None:
        self.received = b""
        self._loop = loop
        self._on_change = on_change
        self._ours, self._boards = socket.socketpair()
        self._ours.setblocking(False)
        self._boards.setblocking(False)
        loop.add_reader(self._ours, self._readable)

    @property
    def board_fd(self) -> int:
        """The board's end."""
        return self._boards.fileno()

    def send(self, data: bytes) -> None:
        """Bytes to the board. BlockingIOError when it has not read for so long that no more fit."""
        self._ours.send(data)

    def clear(self) -> None:
        """Power is cut: what was on its way is gone."""
        for end in (self._ours, self._boards):
            try:
                while end.recv(IO_BYTES):
                    pass
            except BlockingIOError:
                pass
        self.received = b""

    def close(self) -> None:
        """For good."""
        self._loop.remove_reader(self._ours)
        self._ours.close()
        self._boards.close()

    def _readable(self) -> None:
        self.received += self._ours.recv(IO_BYTES)
        self._on_change()


class FarSide:
    """``on_change()`` is called at each change; all but `heard` belongs to the bench's thread."""

    def __init__(
        self,
        folder: Path,
        loop: asyncio.AbstractEventLoop,
        shared: Shared,
        speed: float,
        on_change: Callable[[], None],
    ) -> None:
        self.heard: list[Path] = []
        self.spi: dict[int, SpiDevice] = {}
        self.led_bytes: dict[int, bytes] = {}
        self.uarts = [SerialLine(loop, on_change) for _ in range(UART_COUNT)]
        self._on_change = on_change
        self._shared = shared
        self._eyes: dict[tuple[int, bool], Eye] = {}
        self._ear = Ear(folder, loop, speed, self._has_heard)

    def told(self, what: int, which: int, body: bytes) -> bytes | None:
        """A message of `layout` about a pin or a bus."""
        if what == layout.PIN_SET:
            self._look()
        elif what in (layout.SPI_WRITE, layout.SPI_TRANSFER):
            device = self.spi.get(which)
            answer = device.transfer(body) if device else b"\xff" * len(body)
            return answer if what == layout.SPI_TRANSFER else None
        elif what == layout.I2S_OPEN:
            self._ear.open(int.from_bytes(body[:4], "big"), body[4])
        elif what == layout.I2S_PLAY:
            self._ear.play(int.from_bytes(body[:4], "big"), body[4:])
        elif what == layout.BITSTREAM:
            self.led_bytes[which] = body
        return None

    def eye_on(self, pin: int, active_low: bool) -> Eye:
        """The eye on the lamp at this pin; it looks from now on."""
        eye = self._eyes.get((pin, active_low))
        if eye is None:
            eye = self._eyes[pin, active_low] = Eye()
            self._look()
        return eye

    def restart(self) -> None:
        """The chip starts anew, or has lost its power: its pins are inputs again, its sound has stopped."""
        self._ear.cut()
        self.led_bytes.clear()
        self._look()

    def power_off(self) -> None:
        """Dark and silent."""
        self.restart()
        for eye in self._eyes.values():
            eye.dark()
        for line in self.uarts:
            line.clear()

    def close(self) -> None:
        """For good."""
        for line in self.uarts:
            line.close()

    def _look(self) -> None:
        for (pin, active_low), eye in self._eyes.items():
            eye.see(self._shared.level(pin) == (0 if active_low else 1))

    def _has_heard(self, path: Path) -> None:
        self.heard.append(path)
        self._on_change()
