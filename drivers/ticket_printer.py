"""A ticket printer: one page of dots, one cut, one ticket."""

import asyncio

from drivers.faults import PartFault

try:
    from typing import Any, Callable

    from drivers.ports import PaperPort
except ImportError:  # MicroPython
    pass

LOOK_EVERY_MS = 1000
BAND_ROWS = 128  # printed at a time, so that a small buffer is enough


class TicketPrinter:
    """``draw(content)`` gives ``(width_px, height_px, rows)``, dots as in `PaperPort.rows`.

    ``look_every_ms``: how often a printer in trouble is asked whether it is well again.
    """

    def __init__(
        self,
        port: "PaperPort",
        draw: "Callable[[dict[str, Any]], tuple[int, int, bytes]]",
        *,
        look_every_ms: int = LOOK_EVERY_MS,
    ) -> None:
        self._port = port
        self._draw = draw
        self._look_every_ms = look_every_ms

    async def print_ticket(self, content: "dict[str, Any]") -> None:
        """Returns when the ticket is cut. Raises PartFault when the paper may not be with the visitor."""
        await self._check()
        width_px, height_px, rows = self._draw(content)
        row_bytes = (width_px + 7) // 8
        try:
            for y in range(0, height_px, BAND_ROWS):
                await self._port.rows(width_px, rows[y * row_bytes : (y + BAND_ROWS) * row_bytes])
            await self._port.cut()
        except OSError as error:
            raise PartFault("printer", "stopped while printing: %s" % error)

    async def ready(self) -> None:
        """Returns when it can print: somebody put paper in, closed the cover, switched it on."""
        while await self._port.status():
            await asyncio.sleep(self._look_every_ms / 1000)

    async def _check(self) -> None:
        reason = await self._port.status()
        if reason:
            raise PartFault("printer", reason)
