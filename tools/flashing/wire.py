"""The serial line to a MicroPython board: mpremote's transport, with patience that ends and errors that say more."""

import struct
import time
from typing import Any

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from tools.flashing import ports
from tools.flashing.faults import FlashFault

RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n"
OVERALL_S = 60.0  # for one answer, however long
ATTEMPTS = 4  # to stop the program: a board that starts just now does not listen yet

#: What goes wrong on the way to a board that is being unplugged or loses its power.
GONE = (OSError, serial.SerialException, TransportError, struct.error, ValueError)

__all__ = ["ATTEMPTS", "GONE", "TransportExecError", "Wire"]


class Wire(SerialTransport):  # type: ignore[misc]
    """``patience_s``: silence after which the board counts as gone.

    The constructor raises FlashFault when the port cannot be had.
    """

    def __init__(self, port: str, patience_s: float = 10.0) -> None:
        self.patience_s = patience_s
        ports.check(port)
        self._ask_for(port)
        try:
            super().__init__(port, timeout=patience_s)
        except (TransportError, OSError) as error:
            raise ports.trouble(port, OSError()) from error
        self.is_pty = True  # as with one, a read waits for the next byte instead of asking every 10 ms

    def _ask_for(self, port: str) -> None:
        """mpremote does not tell why it cannot open a port, so it is tried here first."""
        try:
            serial.serial_for_url(port, exclusive=True).close()
        except OSError as error:
            raise ports.trouble(port, error) from error

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: float | None = None,
        data_consumer: Any = None,
        timeout_overall: float | None = None,
    ) -> bytes:
        """As the transport's, but silence is a TransportError, and so is a board that only ever says other things."""
        patience_s = min(timeout or self.patience_s, self.patience_s)
        found = bytearray()
        begin_s = heard_s = time.monotonic()
        while not found.endswith(ending):
            piece = self.serial.read(1)
            now_s = time.monotonic()
            if piece:
                heard_s = now_s
                found += piece
                if data_consumer:
                    data_consumer(piece)
            if now_s - heard_s >= patience_s or now_s - begin_s >= (timeout_overall or OVERALL_S):
                raise TransportError("not heard: " + repr(ending))
        return b"\x04" if data_consumer else bytes(found)

    def stop_program(self) -> None:
        """Interrupt what runs and start afresh at the raw prompt, with a clean heap. FlashFault."""
        for attempt in range(ATTEMPTS):
            try:
                self._enter()
                return
            except TransportError:
                if attempt == ATTEMPTS - 1:
                    raise FlashFault("no_answer", port=self.device_name) from None

    def _enter(self) -> None:
        each_s = min(3.0, self.patience_s)
        self.serial.timeout = each_s
        self.serial.write(b"\r\x03\x03")
        time.sleep(0.05)
        self.serial.reset_input_buffer()
        for key, answer in ((b"\r\x01", RAW_PROMPT), (b"\x04", b"soft reboot\r\n"), (b"", RAW_PROMPT)):
            self.serial.write(key)
            self.read_until(1, answer, timeout=each_s, timeout_overall=2 * each_s)
        self.serial.timeout = self.patience_s
        self.in_raw_repl = True

    def close(self) -> None:
        """Give the port back, also when it is gone."""
        try:
            super().close()
        except OSError:
            self.serial.close()
