"""A strip behind an Onbon controller: each region is an area of text; what is wanted is repeated until it is there."""

import asyncio
import time

from drivers.faults import PartFault
from drivers.health import Health
from drivers.linux.onbon import commands
from drivers.linux.onbon.cards import Card
from drivers.linux.onbon.commands import Area
from drivers.linux.onbon.frames import Reader
from drivers.linux.onbon.wording import encoded, mark, setting
from drivers.ports import BytePort

LOOK_S = 0.5  # how often the controller is asked how it is
ANSWER_S = 0.35
TRIES = 3  # of one command
REST_S = 0.4  # before it is tried again after a fault
HALF_FLASH_MS = 1000  # the maker's protocol: an area takes a new text once a second
REPEAT_S = 60.0  # a card that does not tell which areas it has is told all of them again so often


class _Silent(Exception):
    """No answer in time."""


class _Refused(Exception):
    """The controller said no, again and again: it cannot read us, or has no room; the argument says why."""


class OnbonPanel:
    """A panel that is told text. ``colours`` 1 or 2; ``font_px`` the height of the card's characters."""

    half_flash_ms = HALF_FLASH_MS

    def __init__(
        self, port: BytePort, card: Card, width_px: int, height_px: int, *, colours: int = 1, font_px: int = 16
    ) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.health = Health()
        self._port = port
        self._card = card
        self._colours = colours
        self._font_px = font_px
        self._wanted: dict[int, Area] = {}
        self._there: dict[int, Area] = {}
        self._percent = 100
        self._percent_there = -1
        self._told_s = 0.0  # when all was told anew
        self._refusal = ""  # why it said no, for who tests it
        self._news = asyncio.Event()
        self._reader = Reader()

    # what the role says

    def say(self, slot: int, x: int, width: int, height: int, colour: int, text: str) -> None:
        """Region ``slot`` shows ``text``, empty is dark. Pixels; ``colour`` 0xRRGGBB. PartFault if it does not fit."""
        if slot >= self._card.most_areas:
            most = self._card.most_areas
            raise PartFault("panel", f"region {slot + 1}: only {most} areas here; add a controller")
        if x < 0 or x + width > self.width_px or height > self.height_px:
            raise PartFault(
                "panel",
                f"region {slot}, x {x}, {width} x {height} does not fit {self.width_px} x {self.height_px};"
                " compare width_px, height_px with the site's regions",
            )
        unit, card = self._card.x_unit, self._card
        left = -(-x // unit) * unit
        wide = max(unit, (x + width) // unit * unit - left)
        how = setting(text, wide, height, self._font_px)
        marks = mark(colour) if self._colours > 1 and text else ""
        words = encoded(how.text or " ", marks)
        self._wanted[slot] = Area(
            slot, card.columns(left), 0, card.columns(wide), height, words, how.display, how.lines, how.wrap
        )
        self._news.set()

    def light(self, percent: int) -> None:
        """0 is dark, the texts stay."""
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
                except _Refused as no:
                    self._refusal = str(no)
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
            if self.health.fault == "broken":
                why = f"it refuses what it is told ({self._refusal}); compare generation and device_type with its label"
                raise PartFault("panel", f"{self._port.name}: {why}")
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
        await self._must(self._card.clear)
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
                status = self._card.status(await self._ask(self._card.look))
                break
            except PartFault:  # garbled, or no status: as good as no answer
                if turn == TRIES - 1:
                    raise _Silent from None
            except _Refused:
                if self._card.tells_areas:
                    raise
                return  # it need not know the question to be alive
        is_lost = status.areas is not None and not set(self._there) <= set(status.areas)
        if is_lost or (not self._card.tells_areas and time.monotonic() - self._told_s > REPEAT_S):
            self._there, self._percent_there = {}, -1

    async def _make_so(self) -> None:
        if not self._there:
            self._told_s = time.monotonic()
        if self._percent != self._percent_there:
            percent = self._percent
            commands_of_light = self._card.light(percent)
            for command in commands_of_light:
                await self._must(command)
            if not commands_of_light and (percent == 0) != (self._percent_there == 0):
                self._there = {}  # the areas themselves go dark, or come back
            self._percent_there = percent
        for id in list(self._wanted):
            area = self._wanted[id]  # the newest: what came while another was written
            if self._there.get(id) != area:
                await self._must(self._card.update(area, self._percent_there))
                self._there[id] = area

    async def _must(self, command: bytes) -> None:
        try:
            if not commands.is_done(await self._ask(command)):
                raise _Refused("no")
        except PartFault as fault:
            raise _Refused(fault.reason) from None

    async def _ask(self, data: bytes) -> bytes:
        """The answer; a refusal is asked again, since it mostly means that noise was on the line."""
        answer = b""
        for _ in range(TRIES):
            await self._port.write(self._card.frame(data))
            answer = await self._answer()
            if answer and answer[:2] != commands.NACK:
                return answer
        if answer:
            raise _Refused(commands.refusal(answer[2]) if len(answer) > 2 else "no")
        raise _Silent

    async def _answer(self) -> bytes:
        """Empty when none came in time; one that cannot be read is none."""
        end = time.monotonic() + ANSWER_S
        while (left := end - time.monotonic()) > 0:
            for inner in self._reader.feed(await self._port.read(left)):
                try:
                    return self._card.read(inner)
                except PartFault:
                    continue
        return b""
