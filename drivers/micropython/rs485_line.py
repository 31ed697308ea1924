"""A half-duplex line on a UART: a pin turns the transceiver round."""

import asyncio

try:
    from typing import Any

    from machine import UART, Pin
except ImportError:  # MicroPython
    pass

LONGEST = 64  # bytes taken at once
EVERY_S = 0.005  # how often it is looked whether the last byte has gone, and whether one has come


class Rs485Line:
    """A `drivers.rs485.bus.Line`. ``send`` is wired to DE and RE of the transceiver: high while we speak."""

    def __init__(self, uart: "UART", send: "Pin | None") -> None:
        self._uart = uart
        self._send = send

    async def write(self, data: bytes) -> None:
        """Returns when the last byte is on the line."""
        if self._send is not None:
            self._send.value(1)
        try:
            self._uart.write(data)
            while not self._uart.txdone():
                await asyncio.sleep(EVERY_S)
        finally:
            if self._send is not None:
                self._send.value(0)

    async def read(self, timeout_s: float) -> bytes:
        """What has come; empty when nothing came in time."""
        looks = max(1, int(timeout_s / EVERY_S))
        for _ in range(looks):
            if self._uart.any():
                found: "Any" = self._uart.read(LONGEST)
                return bytes(found or b"")
            await asyncio.sleep(EVERY_S)
        return b""
