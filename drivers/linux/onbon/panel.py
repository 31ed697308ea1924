"""A strip behind an Onbon controller: each region is an area of text; what is wanted is repeated until it is there."""

import asyncio
import time

from drivers.faults import PartFault
from drivers.health import Health
from drivers.linux.onbon import commands
from drivers.linux.onbon.commands import Area
from drivers.linux.onbon.frames import Reader, frame, read
from drivers.linux.onbon.wording import encoded, mark, setting
from drivers.ports import BytePort

LOOK_S = 0.5  # how often the controller is asked how it is
ANSWER_S = 0.35
TRIES = 3  # of one command
REST_S = 0.4  # before it is tried again after a fault
HALF_FLASH_MS = 500  # a controller takes tens of milliseconds for a text; on a slow line it flashes less often


class _Silent(Exception):
    """No answer in time."""


class _Refused(Exception):
    """The controller said no, again and again: it cannot read us."""


class OnbonPanel:
    """A panel that is told text. ``x_unit``: pixels in one unit of x and width (1 or 8, as the card wants it);
    ``colours`` 1 or 2; ``font_px`` the height of the card's characters."""

    half_flash_ms = HALF_FLASH_MS

    def __init__(
        self, port: BytePort, width_px: int, height_px: int, *, x_unit: int = 1, colours: int = 1, font_px: int = 16
    ) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.health = Health()
        self._port = port
        self._x_unit = x_unit
        self._colours = colours
        self._font_px = font_px
        self._wanted: dict[int, Area] = {}
        self._there: dict[int, Area] = {}
        self._percent = 100
        self._percent_there = -1
        self._news = asyncio.Event()
        self._reader = Reader()

    # what the role says

    def say(self, slot: int, x: int, width: int, height: int, colour: int, text: str) -> None:
        """Region ``slot`` shows ``text``, empty is dark. Pixels; ``colour`` 0xRRGGBB. PartFault if it does not fit."""
        if x < 0 or x + width > self.width_px or height > self.height_px or not 0 <= slot < commands.ALL:
            raise PartFault(
                "panel",
                f"region {slot}, x {x}, {width} x {height} does not fit {self.width_px} x {self.height_px};"
                " compare width_px, height_px with the site's regions",
            )
        left = -(-x // self._x_unit)
        wide = max(1, (x + width) // self._x_unit - left)
        how = setting(text, wide * self._x_unit, height, self._font_px)
        marks = mark(colour) if self._colours > 1 and text else ""
        self._wanted[slot] = Area(
            slot, left, 0, wide, height, encoded(how.text or " ", marks), how.display, how.lines, how.wrap
        )
        self._news.set()

    def light(self, percent: int) -> None:
        """0 switches the LEDs off, the texts stay."""
        self._percent = percent
        self._news.set()

    # work

    async def run(self) -> None:
        """Until cancelled: keep the controller as it shall be, and look how it is."""
        try:
            while True:
                self._there, self._percent_there = {}, -1
                try:
                    await self._work()
                except _Silent:
                    self.health.set("no_answer")
                except _Refused:
                    self.health.set("broken")
                except OSError:
                    self.health.set("unplugged")
                    self._port.close()
                await asyncio.sleep(REST_S)
        finally:
            self._port.close()

    async def self_test(self, seconds: float = 2.0) -> str:
        """Show in each region its number and full blocks; returns how the controller is. PartFault if it fails."""
        wanted = dict(self._wanted)
        try:
            for area in wanted.values():
                self._wanted[area.id] = area._replace(text=encoded(f"{area.id}" + "■" * 8), display=commands.STATIC)
            self._news.set()
            await asyncio.sleep(seconds)
            if self.health.fault:
                raise PartFault("panel", f"{self._port.name}: {self.health.fault}; check the strip's cable and power")
            return f"{self._port.name}: answers, {len(self._there)} areas, light {self._percent} %"
        finally:
            for id, area in wanted.items():
                if self._wanted[id].text == encoded(f"{id}" + "■" * 8):  # nothing new came meanwhile
                    self._wanted[id] = area
            self._news.set()

    async def _work(self) -> None:
        await self._look()
        self._must(await self._ask(commands.DELETE_ALL_AREAS))
        self.health.set("")
        while True:
            self._news.clear()
            await self._make_so()
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_S)
            except TimeoutError:
                await self._look()

    async def _look(self) -> None:
        """How is it? One that was switched off and on has lost its areas."""
        for turn in range(TRIES):
            try:
                status = commands.read_status(await self._ask(commands.STATUS))
                break
            except PartFault:  # garbled, or no status: as good as no answer
                if turn == TRIES - 1:
                    raise _Silent from None
        if status.areas is not None and not set(self._there) <= set(status.areas):
            self._there, self._percent_there = {}, -1

    async def _make_so(self) -> None:
        if self._percent != self._percent_there:
            percent = self._percent
            self._must(await self._ask(commands.power(percent > 0)))
            if percent:
                self._must(await self._ask(commands.brightness(-(-commands.BRIGHTEST * percent // 100))))
            self._percent_there = percent
        for id in list(self._wanted):
            area = self._wanted[id]  # the newest: what came while another was written
            if self._there.get(id) != area:
                self._must(await self._ask(commands.update(area)))
                self._there[id] = area

    def _must(self, answer: bytes) -> None:
        try:
            if not commands.is_done(answer):
                raise _Refused
        except PartFault:
            raise _Refused from None

    async def _ask(self, data: bytes) -> bytes:
        """The answer; a refusal is asked again, since it mostly means that noise was on the line."""
        answer = b""
        for _ in range(TRIES):
            await self._port.write(frame(data))
            answer = await self._answer()
            if answer and answer[:2] != commands.NACK:
                return answer
        if answer:
            raise _Refused
        raise _Silent

    async def _answer(self) -> bytes:
        """Empty when none came in time; one that cannot be read is none."""
        end = time.monotonic() + ANSWER_S
        while (left := end - time.monotonic()) > 0:
            for inner in self._reader.feed(await self._port.read(left)):
                try:
                    return read(inner)
                except PartFault:
                    continue
        return b""
