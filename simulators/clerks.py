"""Clerks: they open their window, call, recall, serve, finish, and now and then hold, transfer or pause.

A clerk sees the screen of the call terminal and who stands at the counter, and has the terminal's keys; nothing else.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from simulators import desk as words
from simulators.furniture import CallTerminal, Window
from simulators.pace import Change, Pace
from simulators.record import Record

_TAKES_NO = 2  # this many refusals, and a clerk believes them


@dataclass(frozen=True, kw_only=True)
class ClerkManners:
    """How clerks work. Shares are 0 to 1 per ticket, times are felt seconds unless they say real."""

    arriving_s: tuple[float, float] = (0.0, 60.0)
    reaction_s: tuple[float, float] = (1.0, 4.0)
    serving_s: float = 240.0  # the mean; most cases are shorter, a few much longer
    recall_after_s: float = 45.0
    recall_after_real_s: float = 1.6  # not sooner: a display that lost the broker comes back in real time
    recalls: int = 2
    holds: float = 0.04
    held_for_s: tuple[float, float] = (60.0, 240.0)
    transfers: float = 0.03
    pauses: float = 0.02
    paused_for_s: tuple[float, float] = (60.0, 300.0)
    key_patience_real_s: float = 4.0  # then the key is pressed again
    tidying_real_s: float = 1.5  # at the end of the shift
    not_you_after_real_s: float = 2.0  # a visitor whose number the terminal does not show is sent back


class Shift:
    """What all clerks are told by loudspeaker: the doors are closed, finish the line and go home."""

    def __init__(self) -> None:
        self.changed = Change()
        self.is_over = False

    def end(self) -> None:
        """Nobody comes any more."""
        self.is_over = True
        self.changed.notify()


class Clerk:
    """One member of staff at one window."""

    def __init__(
        self, window: Window, shift: Shift, pace: Pace, manners: ClerkManners, record: Record, chance: random.Random
    ) -> None:
        self._window = window
        self._terminal: CallTerminal = window.terminal
        self._shift = shift
        self._pace = pace
        self._manners = manners
        self._record = record
        self._chance = chance
        self._resume_at_s: dict[str, float] = {}  # ticket id → felt time
        self._passed: set[str] = set()
        self._strangers_since: dict[str, float] = {}
        self._around = Change()
        for change in (window.desk.changed, window.terminal.changed, shift.changed):
            change.also(self._around)

    async def work(self) -> None:
        """From the morning until the shift is over and nobody waits at this window."""
        await self._spend(self._manners.arriving_s)
        await self._ready("open", lambda: self._terminal.state == "open")
        while not await self._goes_home():
            if self._terminal.ticket_state == "called":
                await self._receive()
            elif self._terminal.ticket_state == "serving":
                await self._attend()
            elif not await self._next():
                await self._idle()
        await self._ready("close", lambda: self._terminal.state == "closed")

    async def _goes_home(self) -> bool:
        """The line is done and stays so while the desk is tidied: a waiting count may be a moment late."""
        if not self._is_done():
            return False
        return not await self._around.until(lambda: not self._is_done(), self._manners.tidying_real_s)

    def _is_done(self) -> bool:
        terminal = self._terminal
        is_empty = not (terminal.ticket or terminal.held or terminal.waiting)
        return self._shift.is_over and is_empty and self._window.desk.is_free

    async def _next(self) -> bool:
        """Turn to a held ticket that is due, or call; False when there is nothing to do now."""
        terminal = self._terminal
        due = [t for t in terminal.held if self._resume_at_s.setdefault(t, self._pace.now_s()) <= self._pace.now_s()]
        if due:
            await self._ready("resume", lambda: terminal.ticket != "")
            return True
        if not terminal.waiting or not self._window.desk.is_free:
            return False
        await self._spend(self._manners.reaction_s)
        if not terminal.waiting or not self._window.desk.is_free:
            return True
        if not await self._press("call", lambda: terminal.ticket != ""):
            return True
        # Another window was quicker. The count on the screen is a moment late: look again when it changes.
        late = terminal.waiting
        await self._around.until(
            lambda: terminal.waiting != late or terminal.ticket != "", self._manners.key_patience_real_s
        )
        return True

    async def _idle(self) -> None:
        """Wait until the screen, the counter or the shift changes, or a held ticket is due, or a stranger is to go."""
        self._send_strangers_back()
        looked_at = self._look()
        await self._around.until(lambda: self._look() != looked_at, self._glance_after_real_s())

    def _look(self) -> tuple[object, ...]:
        terminal = self._terminal
        standing = tuple(self._window.desk.standing())
        busy = (terminal.ticket, terminal.ticket_state, tuple(terminal.held))
        return (*busy, terminal.waiting > 0, standing, self._window.desk.is_free, self._shift.is_over)

    def _glance_after_real_s(self) -> float | None:
        due_s = [self._resume_at_s[t] - self._pace.now_s() for t in self._terminal.held if t in self._resume_at_s]
        waits = [self._pace.real_s(max(0.0, due)) for due in due_s]
        waits += [self._manners.not_you_after_real_s for _ in self._strangers_since]
        return min(waits) + 0.01 if waits else None

    async def _receive(self) -> None:
        """The number is called: wait for its visitor, recall, and in the end pass."""
        ticket, number = self._terminal.ticket, self._terminal.number
        for turn in range(self._manners.recalls + 1):
            if turn:
                await self._recall()
            if await self._stands_here(number, ticket):
                await self._spend(self._manners.reaction_s)
                await self._ready("serve", lambda: not self._is_called(ticket))
                return
            if not self._is_called(ticket):
                return
        self._passed.add(number)
        await self._ready("pass", lambda: self._terminal.ticket != ticket)
        self._window.desk.say(number, words.PASSED)

    async def _recall(self) -> None:
        pages = self._terminal.pages
        await self._press("recall", lambda: self._terminal.pages > pages and not self._terminal.is_busy)

    async def _stands_here(self, number: str, ticket: str) -> bool:
        desk = self._window.desk
        patience_s = max(self._pace.real_s(self._manners.recall_after_s), self._manners.recall_after_real_s)
        await self._around.until(lambda: desk.has(number) or not self._is_called(ticket), patience_s)
        return desk.has(number)

    def _is_called(self, ticket: str) -> bool:
        return self._terminal.ticket == ticket and self._terminal.ticket_state == "called"

    async def _attend(self) -> None:
        """Serve whoever is here, to the end or until the case is put aside or sent on."""
        terminal, desk = self._terminal, self._window.desk
        ticket, number = terminal.ticket, terminal.number
        started_s = self._pace.now_s()
        fate = self._chance.random()
        await self._pace.spend(self._chance.gammavariate(2.0, self._manners.serving_s / 2.0))
        if fate < self._manners.holds and await self._hold(ticket, number):
            return
        if fate > 1 - self._manners.transfers and await self._transfer(ticket, number):
            return
        await self._ready("finish", lambda: terminal.ticket != ticket)
        self._record.serving_felt_s.append(self._pace.now_s() - started_s)
        desk.say(number, words.FINISHED)
        await self._perhaps_pause()

    async def _hold(self, ticket: str, number: str) -> bool:
        """Something is missing: the visitor comes back in a while. Once per ticket."""
        if ticket in self._resume_at_s or not await self._ready("hold", lambda: self._terminal.ticket != ticket):
            return False
        self._resume_at_s[ticket] = self._pace.now_s() + self._chance.uniform(*self._manners.held_for_s)
        self._record.counts["held"] += 1
        self._window.desk.say(number, words.HELD)
        return True

    async def _transfer(self, ticket: str, number: str) -> bool:
        """The case belongs to another service: the visitor waits for that one."""
        elsewhere = [id for id, name in self._window.services if name != self._terminal.service]
        if not elsewhere:
            return False
        key = "transfer:" + self._chance.choice(elsewhere)
        if not await self._ready(key, lambda: self._terminal.ticket != ticket):
            return False
        self._record.counts["transferred"] += 1
        self._window.desk.say(number, words.MOVED)
        return True

    async def _perhaps_pause(self) -> None:
        if self._chance.random() >= self._manners.pauses or self._shift.is_over:
            return
        await self._ready("pause", lambda: self._terminal.state == "paused")
        await self._spend(self._manners.paused_for_s)
        await self._ready("open", lambda: self._terminal.state == "open")

    def _send_strangers_back(self) -> None:
        """Somebody stands here whose number the terminal does not show: passed before, or misread the display."""
        now_s = time.monotonic()
        standing = [n for n in self._window.desk.standing() if n != self._terminal.number]
        self._strangers_since = {n: self._strangers_since.get(n, now_s) for n in standing}
        for number, since_s in self._strangers_since.items():
            if number in self._passed:
                self._window.desk.say(number, words.PASSED)
            elif now_s - since_s >= self._manners.not_you_after_real_s:
                self._window.desk.say(number, words.NOT_YOU)

    async def _ready(self, key: str, is_done: Callable[[], bool]) -> bool:
        """Press ``key`` until what it should bring is on the screen; again only after the clerk's patience.

        False when the terminal says no `_TAKES_NO` times.
        """
        presses = refusals = 0
        while not is_done():
            if presses > refusals:
                self._record.counts["pressed again"] += 1
            presses += 1
            if await self._press(key, is_done):
                refusals += 1
                await self._spend(self._manners.reaction_s)
            if refusals == _TAKES_NO:
                return is_done()
        return True

    async def _press(self, key: str, is_done: Callable[[], bool]) -> bool:
        """One press, and a look at what comes of it; True when the terminal says no."""
        terminal = self._terminal
        await terminal.changed.until(lambda: terminal.is_usable)
        pages = terminal.pages
        self._record.presses[key.split(":")[0]] += 1
        started = time.monotonic()
        terminal.press(key)

        def says_no() -> bool:
            return terminal.pages != pages and terminal.refusal != "" and not terminal.is_busy

        await terminal.changed.until(lambda: is_done() or says_no(), self._manners.key_patience_real_s)
        if is_done():
            self._record.key_real_ms.append((time.monotonic() - started) * 1000)
            return False
        return says_no()

    async def _spend(self, between_s: tuple[float, float]) -> None:
        await self._pace.spend(self._chance.uniform(*between_s))
