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

LEVELS = ("1", "2", "3", "4", "5")
MOST_REASONS, MOST_LETTERS = 8, 80  # as Evaluate


class EvaluationTerminal:
    """Parts: ``screen`` (a touch screen, perhaps) and ``keypad`` (keys 1 to 5), or one of them with keys.

    Pages: ``resting``, ``asking``, ``thanks``, ``message``; on a touch screen also ``why`` and ``words``.

    A key of the keypad is the whole rating. On the glass a level may be followed by reasons and a remark; who walks
    away after ``why_ms`` without a touch has rated with what was chosen until then.

    Settings: ``notice_ms``, how long thanks and messages stay, 5000 when not given; ``why_ms``, 20000 when not given.
    """

    ACCEPTS = (ShowEvaluation,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._keypad: "Any" = parts.get("keypad")
        self._screen = self.found_by = parts["screen"]
        self._photos: "Any" = None  # fetches the picture of who works here, when there is one
        self._notice_ms = settings.get("notice_ms", 5000)
        self._why_ms = settings.get("why_ms", 20000)
        self._asked = ShowEvaluation(epoch=0, rev=0)
        self._rated = ""  # the last ticket rated here
        self._level = 0  # touched, and not sent yet
        self._reasons: "list[int]" = []
        self._remark = ""
        self._typing: "Any" = None  # what is typed of the remark, while it is
        self._touched_ms = 0
        self._notice_began_ms = 0
        self._has_notice = False
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever: take ratings, and take notices off again."""
        if not self._has_notice:
            self._display()
        loops = [self._end_notices()]
        if self._keypad is not None:
            loops.append(self._take_keys())
        if hasattr(self._screen, "key"):
            loops.append(self._take_touches())
        await together(*loops)

    async def _take_keys(self) -> None:
        while True:
            key = await self._keypad.key()
            if self._may_rate() and key in LEVELS:
                self._begin(int(key))
                self._send()

    async def _take_touches(self) -> None:
        while True:
            self.touch(await self._screen.key())

    def _may_rate(self) -> bool:
        return bool(self._asked.ticket) and self._asked.ticket != self._rated

    def _begin(self, level: int) -> None:
        self._level, self._reasons, self._remark, self._typing = level, [], "", None

    def touch(self, button: str) -> None:
        """A button of one of the pages."""
        if not self._may_rate():
            return
        self._touched_ms = now_ms()
        self._news.set()
        word, _, value = button.partition(":")
        if not self._level:
            if button in LEVELS:
                self._begin(int(button))
        elif self._typing is not None:
            if self._typing.push(button):
                self._remark, self._typing = self._typing.text[:MOST_LETTERS], None
        elif word == "reason":
            self._choose(int(value))
        elif word == "write":
            from firmware.screens.own_words import Typing  # only where there is a touch screen

            self._typing = Typing(self._remark, MOST_LETTERS)
        elif word == "back":
            self._level = 0
        elif word == "submit" and (self._level > 2 or self._reasons or self._remark):
            return self._send()
        self._display()

    def _choose(self, code: int) -> None:
        if code in self._reasons:
            self._reasons.remove(code)
        elif len(self._reasons) < MOST_REASONS:
            self._reasons.append(code)

    def _send(self) -> None:
        level, self._level, self._typing = self._level, 0, None
        rating = Evaluate(
            ticket=self._asked.ticket, level=level, reasons=sorted(self._reasons), remark=self._remark.strip()
        )
        try:
            self.outlet.ask(rating)
        except Full:
            self.fault = "outbox full"
            self._notice("message", {"code": "terminal.full"})
            return
        self.fault = ""
        self._rated = self._asked.ticket  # one rating per asked ticket
        self._notice("thanks", {"level": level})

    def shown(self, show: "ShowEvaluation", slot: "Any") -> None:
        """Ask for a ticket, or rest. Thanks stay for their time unless somebody new is asked."""
        is_other = show.ticket != self._asked.ticket
        if is_other and self._level:
            self._send()  # the visitor has gone on; what was touched was meant
        self._asked = show
        if show.photo:
            self._want_photo(show)
        if not self._has_notice or (is_other and self._may_rate()):
            self._display()

    def answered(self, request_name: str, answer: "Any") -> None:
        """A rule said no: in words, for its time."""
        if isinstance(answer, Refused):
            self._notice("message", {"code": "refused." + answer.code})

    def _want_photo(self, show: "ShowEvaluation") -> None:
        if self._photos is None:
            from firmware.file_store import FileStore  # only on Linux are there pictures

            self._photos = FileStore(self.outlet.keep[0] + "/photos", lambda error: self.outlet.note("photo", error))
            self.outlet.begin("photos", self._photos.run)
        self._photos.want(show.url, [show.photo], self._display_again)

    def _display_again(self) -> None:
        if not self._has_notice:
            self._display()

    def _display(self) -> None:
        self._has_notice = False
        asked = self._asked
        who = {"number": asked.number, "staff": asked.staff, "staff_name": asked.staff_name, "photo": self._photo()}
        if not self._may_rate():
            self._screen.display("resting", who)
        elif self._typing is not None:
            self._screen.display("words", self._typing.content())
        elif self._level:
            why = {"level": self._level, "reasons": list(self._reasons), "remark": self._remark}
            why.update(who)
            self._screen.display("why", why)
        else:
            self._screen.display("asking", who)

    def _photo(self) -> str:
        return self._photos.path(self._asked.photo) if self._photos is not None else ""

    def _notice(self, page: str, content: "dict[str, Any]") -> None:
        self._screen.display(page, content)
        self._has_notice = True
        self._notice_began_ms = now_ms()
        self._news.set()

    async def _end_notices(self) -> None:
        """Takes notices off after their time; sends a rating whose visitor went away."""
        while True:
            if not self._has_notice and not self._level:
                self._news.clear()
                await self._news.wait()
            began_ms, stays_ms = self._notice_began_ms, self._notice_ms
            if not self._has_notice:
                began_ms, stays_ms = self._touched_ms, self._why_ms
            left_ms = stays_ms - (now_ms() - began_ms)
            if left_ms > 0:
                await asyncio.sleep(left_ms / 1000)
            elif self._has_notice:
                self._display()
            elif self._level:
                self._send()

    def act(self, act: "Any") -> None:
        """No acts."""

    def connected(self, is_connected: bool) -> None:
        """A rating is kept either way."""
