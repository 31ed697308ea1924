"""An ID card reader (SAM_V) on USB: one pair of pipes, or frames that travel in two parts on two pairs.

Vendor class, full speed, 64-byte packets. In one layout everything goes over out 02 and in 81; in the other a frame's
first seven bytes (start and length) do, and the rest over out 06 and in 85. Which it is, the device's endpoints say.
"""

from typing import Any

import usb.core

from drivers.id_card.framing import HEAD_BYTES
from drivers.linux.usb_port import UsbPort

IDS = (0x0400, 0xC35A)  # most of them
HEADS, BODIES = (0x02, 0x81), (0x06, 0x85)


class IdCardUsb(UsbPort):
    """As `UsbPort`; write whole frames."""

    _body_ends: tuple[Any, Any] | None = None

    def _choose(self, device: Any) -> tuple[Any, tuple[Any, Any]]:
        interface, ends = super()._choose(device)
        bulk = {end.bEndpointAddress: end for end in interface}
        if all(address in bulk for address in HEADS):
            ends = bulk[HEADS[0]], bulk[HEADS[1]]
        is_split = all(address in bulk for address in BODIES)
        self._body_ends = (bulk[BODIES[0]], bulk[BODIES[1]]) if is_split else None
        return interface, ends

    def _write(self, data: bytes) -> None:
        self._opened()
        if self._body_ends is None:
            super()._write(data)
            return
        self._send(self._ends[0], data[:HEAD_BYTES])
        self._send(self._body_ends[0], data[HEAD_BYTES:])

    def _send(self, end: Any, data: bytes) -> None:
        while data:
            data = data[end.write(data, self._stall_ms) :]

    def _read(self, timeout_ms: int) -> bytes:
        """A head; then its body, as long as the head says: both pipes are never asked at once."""
        head = super()._read(timeout_ms)
        if self._body_ends is None or len(head) < HEAD_BYTES:
            return head
        body = b""
        length = head[HEAD_BYTES - 2] << 8 | head[HEAD_BYTES - 1]
        end = self._body_ends[1]
        try:
            while len(body) < length:
                body += bytes(end.read(end.wMaxPacketSize, self._stall_ms))
        except usb.core.USBTimeoutError:
            pass  # the rest never came: the frame reader will see
        return head + body
