"""LED strip, over windows or for publicity: regions that change one by one, flash, and then stay."""

import asyncio

from drivers.faults import PartFault
from firmware.clock import now_ms
from firmware.roles.region_pixels import unpack
from firmware.wire.fields import Malformed
from firmware.wire.messages.screen import ShowLight, ShowRegion

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

HALF_FLASH_MS = 250  # dark, then lit, each this long: twice a second


class _Flash:
    """A region that flashes: which show, since when, and whether it is lit."""

    def __init__(self, show: "ShowRegion") -> None:
        self.show = show
        self.began_ms = now_ms()
        self.is_lit = True


class WindowStrip:
    """Part: ``panel``, one that draws pixels (`drivers.panel`) or one that says text (it has ``say``).

    Between two flashes a region is kept as it came, compressed; only the one being drawn is unpacked, so a board needs
    memory for one region at a time.
    """

    ACCEPTS = (ShowRegion, ShowLight)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._panel = self.found_by = parts["panel"]
        # A panel that says text has no use for pixels, and is slower.
        self._half_flash_ms = settings.get("half_flash_ms", getattr(self._panel, "half_flash_ms", HALF_FLASH_MS))
        self._flashing: "dict[int, _Flash]" = {}  # slot -> its flash
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever: keep the rhythm of the regions that flash, and whatever the panel has to do."""
        if hasattr(self._panel, "run"):
            from firmware.roles.together import together  # small boards have panels without work

            await together(self._rhythm(), self._panel.run())
        await self._rhythm()

    async def _rhythm(self) -> None:
        while True:
            if not self._flashing:
                self._news.clear()
                await self._news.wait()
            await asyncio.sleep(self._half_flash_ms / 1000)
            for slot in sorted(self._flashing):
                self._turn(slot, self._flashing[slot])

    def shown(self, show: "Any", slot: "int | None") -> None:
        """Draw a region at once; it flashes from now on if it is asked to, and an older flash of it is over."""
        if isinstance(show, ShowLight):
            self._panel.light(show.percent)
            return
        slot = slot or 0
        self._flashing.pop(slot, None)
        if self._draw(slot, show) and show.flash_ms:
            self._flashing[slot] = _Flash(show)
            self._news.set()

    def _turn(self, slot: int, flash: "_Flash") -> None:
        """Dark becomes lit, lit becomes dark; a flash ends lit."""
        is_over = now_ms() - flash.began_ms >= flash.show.flash_ms
        if is_over:
            del self._flashing[slot]
        if flash.is_lit and not is_over:
            self._draw(slot, flash.show, False)
            flash.is_lit = False
        elif not flash.is_lit:
            flash.is_lit = self._draw(slot, flash.show)

    def _draw(self, slot: int, show: "ShowRegion", is_lit: bool = True) -> bool:
        """False, and the fault is set, when the picture is no picture or does not fit: the old one stays."""
        panel = self._panel
        try:
            if hasattr(panel, "say"):
                text = show.text if is_lit else ""
                panel.say(slot, show.x, show.width, show.height, show.palette[2], text)
            elif is_lit:
                rows = unpack(show.pixels, show.width, show.height)
                panel.draw(show.x, show.width, show.height, show.palette, rows)
            else:
                panel.clear(show.x, show.width, show.height)
        except (Malformed, PartFault) as error:
            self.fault = str(error)[:64]
            return False
        self.fault = ""
        return True

    def answered(self, request_name: str, answer: "Any") -> None:
        """Asks nothing."""

    def act(self, act: "Any") -> None:
        """No acts."""

    def connected(self, is_connected: bool) -> None:
        """What is shown stays: an old call is better than a dark strip."""
