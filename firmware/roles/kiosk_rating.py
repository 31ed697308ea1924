"""Rating at a kiosk: whoever was served shows the ticket's paper, and rates what it was served for; each service once.

The paper may be held to the scanner at any time, or its letters be typed. What it proves, the hub says; a number alone
proves nothing. The rating is a request as at a window's terminal: on disk before the visitor is thanked.
"""

import asyncio

from firmware.clock import now_ms
from firmware.link.outbox import Full
from firmware.wire.fields import Malformed
from firmware.wire.messages.device import Refused
from firmware.wire.messages.rating import RateByPaper, RatingFind, RatingFound

try:
    from typing import Any, Callable
except ImportError:  # MicroPython
    pass

CHOICES = ("rate", "paper", "rated")
AGAIN = ("unknown", "no_code", "often")  # results after which the visitor may try once more
LOOK_S = 0.2


class KioskRating:
    """``page``: paper, wait, rate, or empty: nothing to show. ``changed()`` is called when that is another one;
    ``say(page, content)`` shows a notice for its time.
    """

    def __init__(
        self, changed: "Callable[[], None]", say: "Callable[[str, dict[str, Any]], None]", answer_ms: int
    ) -> None:
        self.outlet: "Any" = None
        self.page = ""
        self._changed = changed
        self._say = say
        self._answer_ms = answer_ms
        self._code = ""  # a key of the catalogue: why the last try was none
        self._found: "RatingFound | None" = None
        self._asks = 0
        self._asked_ms = 0

    def content(self) -> "dict[str, Any]":
        """Of the page."""
        if self.page == "wait":
            return {"text": "screen.kiosk.looking"}
        if self.page == "rate" and self._found is not None:
            return {"number": self._found.number, "services": self._found.services}
        return {"code": self._code}

    def begin(self) -> None:
        """The visitor asked for it: say where the paper goes."""
        self._code, self.page = "", "paper"

    def end(self) -> None:
        """Whoever was here has gone."""
        self.page = self._code = ""
        self._found = None
        self._asks += 1  # an answer that still comes is nobody's

    def take(self, choice: "tuple[str, ...]") -> None:
        """What was touched: to rate, what was typed of the paper, or the rating itself."""
        if choice[0] == "rate":
            self.begin()
        elif choice[0] == "paper":
            self.ask(choice[1])
        else:
            self.rate(int(choice[1]), int(choice[2]), [int(code) for code in choice[3].split()], choice[4])

    def scanned(self, code: str) -> bool:
        """Whether a code that was read is none for others; the hub is asked what a ticket's may rate."""
        if self.page == "paper" or (self.page == "" and is_of_ticket(code)):
            self.ask(code)
        return self.page != ""

    def ask(self, text: str) -> None:
        """What may be rated with a paper that says so?"""
        self._asks += 1
        self._asked_ms = now_ms()
        self._code = ""
        try:
            question = RatingFind(boot=self.outlet.boot, ask=self._asks, text=text)
        except Malformed:
            self._trouble("screen.rate.unknown")
            return
        self.page = "wait"
        self.outlet.report(question)
        self._changed()

    def found(self, answer: "RatingFound") -> None:
        """The hub's answer."""
        if self.page != "wait" or answer.ask != self._asks:
            return  # whoever asked has gone
        if answer.result == "found":
            self._found, self.page = answer, "rate"
            self._changed()
        elif answer.result in AGAIN:
            self._trouble("screen.rate." + answer.result)
        else:
            self._refuse("screen.rate." + answer.result)

    def rate(self, nth: int, level: int, reasons: "list[int]", remark: str) -> None:
        """The visitor has rated that service."""
        if self._found is None or self.page != "rate":
            return
        try:
            self.outlet.ask(
                RateByPaper(code=self._found.code, nth=nth, level=level, reasons=sorted(reasons), remark=remark.strip())
            )
        except Full:
            self._refuse("terminal.full")
            return
        self.end()
        self._say("rated", {"level": level, "about": "rating"})

    def answered(self, answer: "Any") -> None:
        """A rule said no: in words, if it was about who stands here."""
        if isinstance(answer, Refused) and answer.boot == self.outlet.boot:
            self._refuse("refused." + answer.code)

    async def run(self) -> None:
        """For ever: a question is not kept, so when no answer comes the visitor is told."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.page == "wait" and now_ms() - self._asked_ms > self._answer_ms:
                self._asks += 1
                self._trouble("screen.rate.unanswered")

    def _refuse(self, code: str) -> None:
        self.end()
        self._say("message", {"code": code, "title": "screen.rate.sorry", "about": "rating"})

    def _trouble(self, code: str) -> None:
        self.page, self._code = "paper", code
        self._changed()


def is_of_ticket(code: str) -> bool:
    """Whether it looks like what stands on a ticket: its id, perhaps in an address, perhaps with what proves it."""
    id = code.split("/")[-1]
    return len(id) > 10 and id[8] == "-" and id[:8].isdigit() and id[9].isalpha()
