"""One interface with the cards on its cable: opened, watched, asked who is there, and opened anew after a fault."""

import time
from collections.abc import Callable
from typing import Protocol

from drivers.faults import PartFault
from drivers.linux.colorlight.frames import Card, brightness_frame, discovery_frame, read_answer, thanks_frame
from drivers.linux.colorlight.stretch import Stretch

LOOK_S = 0.4  # how often cable and cards are looked at
SILENT_S = 1.0  # without an answer for so long a card is not there
ANSWER = 0x0805  # the first two bytes of an answer, as the EtherType to receive
AT_ONCE = 64  # answers read at one look


class FramePort(Protocol):
    """An interface, or in a simulated building the near end of a cable."""

    def send(self, data: bytes, /) -> int:
        """One frame. BlockingIOError when it must wait, any other OSError when the interface does not work."""
        ...

    def receive(self) -> bytes:
        """A frame that has arrived; empty when there is none."""
        ...

    def is_up(self) -> bool:
        """Something is plugged in. OSError when the interface is gone."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


class Chain:
    """``open_port`` raises OSError as long as there is no interface. ``is_asked``: the cards answer discovery."""

    def __init__(self, open_port: Callable[[], FramePort], stretch: Stretch, *, is_asked: bool = True) -> None:
        self.stretch = stretch
        self.fault = ""
        self.cards: list[Card] = []  # that have answered since it was plugged in, those that differ
        self.brightness = 128
        self._open_port = open_port
        self._is_asked = is_asked
        self._port: FramePort | None = None
        self._is_new = True
        self._answered_s = time.monotonic()

    def look(self) -> None:
        """Is it plugged in, do the cards answer? Whoever was away gets everything anew.

        Raises PermissionError where the program may not use the interface.
        """
        fault = self._look()
        if not fault and (self.fault or self._is_new):
            self._is_new = False
            self.stretch.send_all()
            self.tell_brightness()
        self.fault = fault

    def send(self, frame: bytes) -> None:
        """To the cards; without an interface to nobody. BlockingIOError when the interface has its hands full."""
        if self._port is not None:
            try:
                self._port.send(frame)
            except BlockingIOError:
                raise
            except OSError:
                self._lose()

    def tell_brightness(self) -> None:
        """In a frame of its own, for cards that do not take it from the frame that shows."""
        try:
            self.send(brightness_frame(self.brightness))
        except BlockingIOError:
            pass  # the frame that shows says it again

    def close(self) -> None:
        """Let the interface go; a look opens it again."""
        if self._port is not None:
            self._port.close()
        self._port = None

    def _look(self) -> str:
        """The fault."""
        try:
            port = self._port
            if port is None:
                port = self._port = self._open_port()
                self._answered_s = time.monotonic()
            if not port.is_up():
                self._answered_s = time.monotonic()
                self.cards = []
                return "unplugged"
            if not self._is_asked:
                return ""
            self._read(port)
            port.send(discovery_frame())
        except BlockingIOError:
            return self.fault
        except PermissionError:  # waiting does not help
            raise
        except OSError:
            self._lose()
            return "unplugged"
        if time.monotonic() - self._answered_s > SILENT_S:
            self.cards = []
            return "no_answer"
        return "" if self.cards else self.fault  # what was not well is so when somebody has answered

    def _read(self, port: FramePort) -> None:
        for _ in range(AT_ONCE):
            frame = port.receive()
            if not frame:
                return
            try:
                card = read_answer(frame)
            except PartFault:
                continue  # as good as no answer
            if card is not None:
                self._answered_s = time.monotonic()
                if card not in self.cards:
                    self.cards.append(card)
                port.send(thanks_frame())

    def _lose(self) -> None:
        self.close()
        self.cards = []
        self.fault = "unplugged"
