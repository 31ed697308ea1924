"""Amplifier: announcements wait their turn and are played one at a time, whole."""

import asyncio

from drivers.faults import PartFault
from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.wire.messages.device import ActDone
from firmware.wire.messages.speech import Play

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class Amplifier:
    """Part: ``speaker``. Setting: ``queue_limit``, announcements that may wait, 16 when not given.

    Of those that wait the lower priority number goes first, then the older; a later one never cuts off the one that
    plays. One that is too late when its turn comes is dropped, and the hub is told so.
    """

    ACCEPTS = (Play,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self.working_since_ms: "int | None" = None  # what a watchdog looks at
        self._speaker = parts["speaker"]
        self._limit = settings.get("queue_limit", 16)
        self._waiting: "list[Play]" = []
        self._unsaid: "list[ActDone]" = []  # results that the outbox had no room for
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever: play what comes first."""
        while True:
            play = await self._next()
            if self.outlet.clock_ms() >= play.expires_at_ms:
                self._done(play, "expired")
                continue
            self.working_since_ms = now_ms()
            try:
                await self._speaker.play(play.clips)
            except PartFault as fault:
                self.fault = fault.reason[:64]
                self._done(play, "failed")
                continue
            finally:
                self.working_since_ms = None
            self.fault = ""
            self._done(play, "done")

    async def _next(self) -> "Play":
        """The first in turn; waits for one, and for the clock that tells whether it is still in time."""
        while not self._waiting or self.outlet.clock_ms() is None:
            self._news.clear()
            await self._news.wait()
        return self._waiting.pop(0)

    def act(self, act: "Play") -> None:
        """Take an announcement into the queue; the last in turn makes room when it is full."""
        at = len(self._waiting)
        while at and self._waiting[at - 1].priority > act.priority:
            at -= 1
        self._waiting.insert(at, act)
        if len(self._waiting) > self._limit:
            self._done(self._waiting.pop(), "failed")
        self._news.set()

    def _done(self, play: "Play", result: str) -> None:
        self._unsaid.append(ActDone(act=play.id, result=result))
        self._tell()

    def _tell(self) -> None:
        while self._unsaid:
            try:
                self.outlet.ask(self._unsaid[0])
            except Full:
                # The hub asks again for what it was not told of; the agent remembers what was done.
                self._unsaid = self._unsaid[-self._limit :]
                return
            self._unsaid.pop(0)

    def connected(self, is_connected: bool) -> None:
        """With the link comes the clock."""
        if is_connected:
            self._news.set()

    def answered(self, request_name: str, answer: "Any") -> None:
        """A result is in the journal; there may be room for the next."""
        self._tell()

    def shown(self, show: "Any", slot: "Any") -> None:
        """Nothing to show."""
