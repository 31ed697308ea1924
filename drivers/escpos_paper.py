"""A receipt printer that speaks ESC/POS: pictures of dots, the knife, and how it is.

Bytes: Epson's ESC/POS reference. DLE EOT 2, 3, 4 ask why it is offline, for errors and for paper; each answer is one
byte with bits 1 and 4 set, bits 0 and 7 clear. GS v 0 prints dots, GS V 66 feeds to the knife and cuts.
"""

try:
    from typing import Protocol
except ImportError:  # MicroPython
    Protocol = object  # type: ignore[assignment]

ANSWER_S = 0.5
_OFFLINE, _ERROR, _PAPER = 2, 3, 4


class ByteDevice(Protocol):
    """Bytes out, and bytes in within a time; both raise OSError."""

    async def write(self, data: bytes) -> None:
        """All of it."""
        ...

    async def read(self, timeout_s: float) -> bytes:
        """At least one byte, or none when the time is over."""
        ...


class EscposPaper:
    """A `PaperPort`."""

    def __init__(self, device: "ByteDevice", answer_s: float = ANSWER_S) -> None:
        self._device = device
        self._answer_s = answer_s

    async def status(self) -> str:
        """Empty when it can print, else why not and what to do."""
        try:
            paper = await self._ask(_PAPER)
            if paper < 0:
                return "printer does not answer; check its power and cable"
            if paper & 0x60:
                return "paper out; put a new roll in"
            offline = await self._ask(_OFFLINE)
            if offline & 0x04:
                return "cover open; close it"
            if offline & 0x40:
                cause = await self._ask(_ERROR)
                return (
                    "knife jammed; open the cover and clear it"
                    if cause & 0x08
                    else "printer fault; switch it off and on"
                )
            return ""
        except OSError as error:
            return "printer not there (%s); check its power and cable" % error

    async def rows(self, width_px: int, rows: bytes) -> None:
        """See `PaperPort`."""
        row_bytes = (width_px + 7) // 8
        count = len(rows) // row_bytes
        head = bytes((0x1D, 0x76, 0x30, 0, row_bytes & 255, row_bytes >> 8, count & 255, count >> 8))
        await self._device.write(head + rows)

    async def cut(self) -> None:
        """See `PaperPort`."""
        await self._device.write(b"\x1dV\x42\x00")
        if (reason := await self.status()) and "does not answer" not in reason:
            raise OSError(reason)

    async def _ask(self, what: int) -> int:
        """The status byte; -1 when none came."""
        await self._device.write(bytes((0x10, 0x04, what)))
        for byte in await self._device.read(self._answer_s):
            if byte & 0x93 == 0x12:
                return byte
        return -1
