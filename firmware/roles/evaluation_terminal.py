"""Evaluation terminal: asks for one rating of the service just rendered, and says thanks."""

import asyncio

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.roles.together import together
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import Evaluate, ShowEvaluation

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class EvaluationTerminal:
    """Parts: ``keypad`` (keys 1 to 5), ``screen``. Pages: ``resting``, ``asking``, ``thanks``, ``message``.

    Setting: ``notice_ms``, how long thanks and messages stay, 5000 when not given.
    """

    ACCEPTS = (ShowEvaluation,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._keypad = parts["keypad"]
        self._screen = self.found_by = parts["screen"]
        self._notice_ms = settings.get("notice_ms", 5000)
        self._ticket = ""  # asked for
        self._number = ""
        self._rated = ""  # the last ticket rated here
        self._notice_began_ms = 0
        self._has_notice = False
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever: take ratings, and take notices off again."""
        if not self._has_notice:
            self._display()
        await together(self._take_ratings(), self._end_notices())

    async def _take_ratings(self) -> None:
        while True:
            key = await self._keypad.key()
            if self._ticket and self._ticket != self._rated and key in ("1", "2", "3", "4", "5"):
                self._rate(int(key))

    def _rate(self, level: int) -> None:
        try:
            self.outlet.ask(Evaluate(ticket=self._ticket, level=level))
        except Full:
            self.fault = "outbox full"
            self._notice("message", {"code": "terminal.full"})
            return
        self.fault = ""
        self._rated = self._ticket  # one rating per asked ticket
        self._notice("thanks", {"level": level})

    def shown(self, show: "ShowEvaluation", slot: "Any") -> None:
        """Ask for a ticket, or rest. Thanks stay for their time unless somebody new is asked."""
        self._ticket = show.ticket
        self._number = show.number
        if not self._has_notice or (self._ticket and self._ticket != self._rated):
            self._display()

    def answered(self, request_name: str, answer: "Any") -> None:
        """A rule said no: in words, for its time."""
        if isinstance(answer, Refused):
            self._notice("message", {"code": "refused." + answer.code})

    def _display(self) -> None:
        self._has_notice = False
        if self._ticket and self._ticket != self._rated:
            self._screen.display("asking", {"number": self._number})
        else:
            self._screen.display("resting", {})

    def _notice(self, page: str, content: "dict[str, Any]") -> None:
        self._screen.display(page, content)
        self._has_notice = True
        self._notice_began_ms = now_ms()
        self._news.set()

    async def _end_notices(self) -> None:
        while True:
            if not self._has_notice:
                self._news.clear()
                await self._news.wait()
            left_ms = self._notice_ms - (now_ms() - self._notice_began_ms)
            if left_ms > 0:
                await asyncio.sleep(left_ms / 1000)
            elif self._has_notice:
                self._display()

    def act(self, act: "Any") -> None:
        """No acts."""

    def connected(self, is_connected: bool) -> None:
        """A rating is kept either way."""
