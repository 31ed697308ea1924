"""Visitors: they take a ticket, watch the displays, walk to the window, are served, rate, and go home.

They see what screens and papers show and press what a person can press; nothing else.
"""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from simulators import desk as words
from simulators.furniture import Hall, Kiosk, Paper, Window
from simulators.pace import Pace
from simulators.record import FINISHED, GAVE_UP, NO_TICKET, PASSED, Record
from simulators.sight import Sighting

_LANGUAGES = ("zh", "yue", "en")
_PRIORITIES = ("elderly", "disabled", "military", "pregnant")


@dataclass(frozen=True, kw_only=True)
class VisitorManners:
    """How visitors behave. Shares are 0 to 1, times are felt seconds unless they say real."""

    choosing_s: tuple[float, float] = (3.0, 15.0)
    walking_s: tuple[float, float] = (4.0, 20.0)
    rating_s: tuple[float, float] = (4.0, 15.0)
    asked_to_rate_within_s: float = 25.0
    patience_real_s: float = 5.0  # with a screen that does not do what it should
    kiosk_tries: int = 24
    no_show: float = 0.05
    rates: float = 0.6
    loses_ticket: float = 0.03
    has_priority: float = 0.06
    language_shares: tuple[float, float, float] = (0.85, 0.12, 0.03)
    level_shares: tuple[float, float, float, float, float] = (0.01, 0.02, 0.06, 0.21, 0.70)  # 1 star to 5


class Visitor:
    """One person with one errand. ``service`` is what they came for, ``id`` only tells them apart in the record."""

    def __init__(
        self,
        id: int,
        hall: Hall,
        service: str,
        pace: Pace,
        manners: VisitorManners,
        record: Record,
        chance: random.Random,
    ) -> None:
        self.id = id
        self.number = ""  # on the paper in their hand
        self._hall = hall
        self._service = service
        self._pace = pace
        self._manners = manners
        self._record = record
        self._chance = chance

    async def visit(self) -> str:
        """Everything from the door to the door; the outcome, also noted in the record."""
        outcome = await self._queue_up()
        self._record.outcomes[outcome] += 1
        return outcome

    async def _queue_up(self) -> str:
        after = self._hall.sight.serial
        kiosk = self._chance.choice(self._hall.kiosks)
        if not await self._take_ticket(kiosk):
            return NO_TICKET
        if self._chance.random() < self._manners.no_show:
            return GAVE_UP
        if self._chance.random() < self._manners.loses_ticket:
            await self._ask_reprint(kiosk)
        return await self._wait_turn(after)

    async def _wait_turn(self, after: int) -> str:
        since_s = self._pace.now_s()
        was_called = False
        called_to = 0
        while True:
            sighting = await self._hall.sight.called(self.number, after)
            if not was_called:
                was_called = True
                self._record.waiting_felt_s.append(self._pace.now_s() - since_s)
            if called_to not in (0, sighting.window):
                self._record.called_elsewhere(self.number, called_to, sighting.window)
            called_to = sighting.window
            said = await self._go_to_window(sighting)
            if said == words.FINISHED:
                return FINISHED
            if said == words.PASSED:
                return PASSED
            if said == words.MOVED:
                called_to = 0
            # What the displays have shown until now was about the call that just ended.
            after = self._hall.sight.serial

    async def _go_to_window(self, sighting: Sighting) -> str:
        window = self._hall.windows[sighting.window]
        await self._spend(self._manners.walking_s)
        said = await window.desk.stand(self.number)
        try:
            if said == words.FINISHED and self._chance.random() < self._manners.rates:
                await self._rate(window)
        finally:
            window.desk.leave(self.number)
        return said

    async def _take_ticket(self, kiosk: Kiosk) -> bool:
        language = self._chance.choices(_LANGUAGES, self._manners.language_shares)[0]
        priority = "none"
        if self._chance.random() < self._manners.has_priority:
            priority = self._chance.choice(_PRIORITIES)
        async with kiosk.turn:
            await self._spend(self._manners.choosing_s)
            paper = await self._print(kiosk, lambda: kiosk.choose(self._service, language, priority))
        if paper is None:
            return False
        self.number = paper.number
        self._record.got_paper(self.id, paper.number)
        return True

    async def _ask_reprint(self, kiosk: Kiosk) -> None:
        async with kiosk.turn:
            await self._spend(self._manners.choosing_s)
            paper = await self._print(kiosk, lambda: kiosk.ask_reprint(self.number))
        if paper is not None and paper.number == self.number:
            self._record.counts["reprinted"] += 1
        elif paper is not None:
            self._record.doubles.append(f"{paper.number} was printed for the lost {self.number}")

    async def _print(self, kiosk: Kiosk, press: Callable[[], Awaitable[None]]) -> Paper | None:
        """Press, and wait for the paper; press again when the kiosk invites to, as if nothing had happened."""
        self._record.strays.extend(paper.number for paper in kiosk.clear_tray())
        presses = 0
        started = time.monotonic()
        for _ in range(self._manners.kiosk_tries):
            if await kiosk.invites(self._manners.patience_real_s):
                self._record.counts["pressed again"] += presses > 0
                presses += 1
                started = time.monotonic() if presses == 1 else started
                await press()
            paper = await kiosk.paper(self._manners.patience_real_s)
            if paper is not None:
                self._record.paper_real_ms.append((time.monotonic() - started) * 1000)
                return paper
            if presses and kiosk.says_no:
                return None
        return None

    async def _rate(self, window: Window) -> None:
        terminal = window.evaluation
        if terminal is None:
            return
        patience_s = self._pace.real_s(self._manners.asked_to_rate_within_s)
        if not await terminal.changed.until(lambda: terminal.asks_about == self.number, patience_s):
            return
        await self._spend(self._manners.rating_s)
        if terminal.asks_about != self.number:
            return
        terminal.press(self._chance.choices((1, 2, 3, 4, 5), self._manners.level_shares)[0])
        is_over = await terminal.changed.until(
            lambda: terminal.asks_about != self.number, self._manners.patience_real_s
        )
        self._record.counts["rated"] += is_over and terminal.thanks

    async def _spend(self, between_s: tuple[float, float]) -> None:
        await self._pace.spend(self._chance.uniform(*between_s))
