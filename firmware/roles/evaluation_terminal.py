"""Evaluation terminal: asks for one rating of the service just rendered, and says thanks."""

import asyncio

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.rating_form import LEVELS, RatingForm
from firmware.roles.together import together
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import Evaluate, ShowEvaluation

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


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
        self._form = RatingForm()  # touched, and not sent yet
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
                self._form.begin(int(key))
                self._send()

    async def _take_touches(self) -> None:
        while True:
            self.touch(await self._screen.key())

    def _may_rate(self) -> bool:
        return bool(self._asked.ticket) and self._asked.ticket != self._rated

    def touch(self, button: str) -> None:
        """A button of one of the pages."""
        if not self._may_rate():
            return
        self._touched_ms = now_ms()
        self._news.set()
        if self._form.push(button):
            self._send()
        else:
            self._display()

    def _send(self) -> None:
        form, self._form = self._form, RatingForm()
        rating = Evaluate(
            ticket=self._asked.ticket, level=form.level, reasons=sorted(form.reasons), remark=form.remark.strip()
        )
        try:
            self.outlet.ask(rating)
        except Full:
            self.fault = "outbox full"
            self._notice("message", {"code": "terminal.full"})
            return
        self.fault = ""
        self._rated = self._asked.ticket  # one rating per asked ticket
        self._notice("thanks", {"level": form.level})

    def shown(self, show: "ShowEvaluation", slot: "Any") -> None:
        """Ask for a ticket, or rest. Thanks stay for their time unless somebody new is asked."""
        before = self._asked.ticket
        is_other = show.ticket != before
        is_rated = before != "" and before not in (show.ticket, self._rated) and before == show.rated
        if is_rated:  # on a phone or at a kiosk
            self._rated, self._form = before, RatingForm()
        elif is_other and self._form.level:
            self._send()  # the visitor has gone on; what was touched was meant
        self._asked = show
        if show.photo:
            self._want_photo(show)
        if is_rated and not self._may_rate():
            self._notice("thanks", {"level": 0})
        elif not self._has_notice or (is_other and self._may_rate()):
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
            return
        who["link"] = asked.link
        page, content = self._form.page()
        content.update(who)
        self._screen.display(page, content)

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
            self._news.clear()
            if not self._has_notice and not self._form.level:
                await self._news.wait()
            began_ms, stays_ms = self._notice_began_ms, self._notice_ms
            if not self._has_notice:
                began_ms, stays_ms = self._touched_ms, self._why_ms
            left_ms = stays_ms - (now_ms() - began_ms)
            if left_ms > 0:
                try:  # thanks do not wait for the end of the patience that came before them
                    await asyncio.wait_for(self._news.wait(), left_ms / 1000)
                except asyncio.TimeoutError:
                    pass
            elif self._has_notice:
                self._display()
            elif self._form.level:
                self._send()

    def act(self, act: "Any") -> None:
        """No acts."""

    def connected(self, is_connected: bool) -> None:
        """A rating is kept either way."""
