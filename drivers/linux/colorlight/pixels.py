"""A strip of receiving cards as a pixel port: what changes travels at once, everything slowly again and again."""

import asyncio
import math

from drivers.faults import PartFault
from drivers.health import Health
from drivers.linux.colorlight.chain import LOOK_S, Chain
from drivers.linux.colorlight.frames import Dialect, in_order, show_frame
from drivers.linux.test_picture import PLAIN, numbered, plain

SETTLE_S = 0.005  # from the last row to the moment at which the cards may show it
SHOW_S = 0.02  # between two shows: cards take about 50 a second
TICK_S = 0.05  # from one part of the slow refresh to the next
BUSY_S = 0.001  # an interface that has its hands full rests so long
PIECES_AT_ONCE = 128  # then whoever else waits has a turn


class ColorlightPixels:
    """A `PixelPort`; `run` does the work.

    ``brightness`` 1 to 255 is that of full light; ``refresh_s``: within so long every row travels once more, 0 is
    never; ``card_px``: columns of one card, for the numbers in the test picture.
    """

    def __init__(
        self,
        chains: list[Chain],
        height_px: int,
        *,
        dialect: Dialect | None = None,
        brightness: int = 128,
        refresh_s: float = 1.0,
        card_px: int = 512,
    ) -> None:
        self.health = Health()
        self._chains = chains
        self._dialect = dialect or Dialect()
        self.order = self._dialect.order  # of the colours on the wire
        self._height_px = height_px
        self._full = self._brightness = brightness
        self._refresh_rows = math.ceil(height_px * TICK_S / refresh_s) if refresh_s else 0
        self._card_px = card_px
        for chain in chains:
            chain.brightness = brightness
        self._news = asyncio.Event()

    # drivers.ports.PixelPort

    def row(self, x_px: int, y_px: int, rgb: bytes) -> None:
        """Pixels for the next show; those that are so already do not travel."""
        self.row_in_order(x_px, y_px, in_order(rgb, self.order))

    def row_in_order(self, x_px: int, y_px: int, pixels: bytes) -> None:
        """The same with the colours of each pixel in ``order`` already."""
        for chain in self._chains:
            chain.stretch.put(x_px, y_px, pixels)

    def show(self) -> None:
        """A moment later, so that the cards have stored the rows; shows in between become one."""
        self._news.set()

    def light(self, percent: int) -> None:
        """0 is dark, 100 the full brightness."""
        self._brightness = -(-self._full * percent // 100)
        for chain in self._chains:
            chain.brightness = self._brightness
            chain.tell_brightness()
        self.show()

    # work

    async def run(self) -> None:
        """Until cancelled. Raises PermissionError where the program may not use the interfaces."""
        for chain in self._chains:
            chain.look()
        self._news.set()  # the cards may show anything
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._pump())

    async def self_test(self, seconds: float = 1.0) -> str:
        """Show plain colours, then a border with each card's number, then again what was there.

        Returns which cards answered. The caller looks at the strip.
        """
        try:
            for colour in PLAIN:
                for chain in self._chains:
                    self._show_instead(chain, plain(chain.stretch.width_px, self._height_px, colour))
                await asyncio.sleep(seconds)
            first = 1
            for chain in self._chains:
                width_px = chain.stretch.width_px
                self._show_instead(chain, numbered(width_px, self._height_px, self._card_px, first))
                first += -(-width_px // self._card_px)
            await asyncio.sleep(3 * seconds)
        finally:
            for chain in self._chains:
                chain.stretch.show_instead(None)
            self.show()
        return "; ".join(self._seen(number, chain) for number, chain in enumerate(self._chains, 1))

    def close(self) -> None:
        """Let the interfaces go."""
        for chain in self._chains:
            chain.close()

    def _show_instead(self, chain: Chain, rows: list[bytes]) -> None:
        chain.stretch.show_instead([in_order(row, self._dialect.order) for row in rows])
        self.show()

    def _seen(self, number: int, chain: Chain) -> str:
        if chain.fault:
            raise PartFault("panel", f"interface {number}: {chain.fault}; check the strip's cable and power")
        cards = [f"5A {card.firmware}, {card.width_px} x {card.height_px} px" for card in chain.cards]
        return f"interface {number}: " + (" and ".join(cards) or "cards are not asked")

    async def _watch(self) -> None:
        while True:
            for chain in self._chains:
                was = chain.fault
                chain.look()
                if was and not chain.fault:
                    self.show()
            self._say()
            await asyncio.sleep(LOOK_S)

    def _say(self) -> None:
        self.health.set(next((chain.fault for chain in self._chains if chain.fault), ""))

    async def _pump(self) -> None:
        """Send what is due, let it settle, show it; meanwhile, row after row, what was not due."""
        while True:
            if not await self._is_news():
                for chain in self._chains:
                    chain.stretch.refresh(self._refresh_rows)
            self._news.clear()
            if await self._send_due():
                await asyncio.sleep(SETTLE_S)
            await self._send_all(show_frame(self._dialect, self._brightness))
            await asyncio.sleep(SHOW_S - SETTLE_S)

    async def _is_news(self) -> bool:
        try:
            await asyncio.wait_for(self._news.wait(), TICK_S - SHOW_S if self._refresh_rows else None)
        except TimeoutError:
            return False
        return True

    async def _send_due(self) -> int:
        """How many pieces have left."""
        sent = 0
        for chain in self._chains:
            while chain.stretch.is_due and chain.fault != "unplugged":
                try:
                    for frame in chain.stretch.take():
                        chain.send(frame)
                except BlockingIOError:
                    chain.stretch.missed()
                    await asyncio.sleep(BUSY_S)
                    continue
                sent += 1
                if sent % PIECES_AT_ONCE == 0:
                    await asyncio.sleep(0)
        return sent

    async def _send_all(self, frame: bytes) -> None:
        """To every cable, one right after the other."""
        for chain in self._chains:
            while chain.fault != "unplugged":  # a dead interface must not hold up the others
                try:
                    chain.send(frame)
                    break
                except BlockingIOError:
                    await asyncio.sleep(BUSY_S)
