"""The kiosk's reception: a visitor shows a card, a code or a telephone number, and the hub says who that is.

A card may be laid on the reader, and a code held to the scanner, at any time: nobody must find a button first. What
was read goes to the hub at once and is kept nowhere here; from then on the visitor is a random id and a masked name.
"""

import asyncio

from drivers.faults import PartFault
from firmware.clock import now_ms
from firmware.roles.together import together
from firmware.wire.fields import Malformed
from firmware.wire.messages.visitor import VisitorFound, VisitorIdentify

try:
    from typing import Any, Callable
except ImportError:  # MicroPython
    pass

WAYS = ("card", "code")
LOOK_S = 0.2


class Reception:
    """``page``: card, wait, visitor, or empty: nothing to show. ``changed()`` is called when that is another one.

    ``visitor`` is the random id of who stands here, ``shown`` their masked name, ``visit`` an open ticket of theirs.
    ``further`` is the number of the ticket that they have just got, while they take one for another service.
    """

    def __init__(self, reader: "Any", scanner: "Any", changed: "Callable[[], None]", answer_ms: int) -> None:
        self.outlet: "Any" = None
        self.page = ""
        self.visitor = self.shown = self.visit = self.further = ""
        self._before = ("", "", "", "")  # the same of who has just got a paper
        self._reader = reader
        self._scanner = scanner
        self._changed = changed
        self._answer_ms = answer_ms
        self._code = ""  # a key of the catalogue: why the last try was none
        self._found: "VisitorFound | None" = None
        self._asks = 0
        self._asked_ms = 0
        self.is_for_another: "Callable[[str], bool]" = lambda code: False  # somebody here is about something else

    def can(self) -> "list[str]":
        """What of a visitor can be read here now: card, code. A telephone number can always be typed."""
        parts = {"card": self._reader, "code": self._scanner}
        return [way for way in WAYS if parts[way] is not None and parts[way].health.fault == ""]

    def content(self) -> "dict[str, Any]":
        """Of the page."""
        if self.page == "visitor":
            return {"found": self._found}
        if self.page == "wait":
            return {"text": "screen.kiosk.looking"}
        return {"can": self.can(), "code": self._code}

    async def run(self) -> None:
        """For ever."""
        loops = [self._give_up()]
        if self._reader is not None:
            loops += [self._reader.run(), self._read_cards(), self._watch(self._reader)]
        if self._scanner is not None:
            loops += [self._scanner.run(), self._read_codes(), self._watch(self._scanner)]
        await together(*loops)

    def begin(self) -> None:
        """The visitor asked for it: say where the card goes."""
        self._code, self.page = "", "card"

    def end(self) -> None:
        """Whoever was here has gone."""
        self.page = self.visitor = self.shown = self.visit = self.further = self._code = ""
        self._before = ("", "", "", "")
        self._found = None
        self._asks += 1  # an answer that still comes is nobody's

    def served(self, ticket: str, number: str) -> None:
        """Their paper is out; perhaps they `go_on`."""
        before = (self.visitor, self.shown, ticket, number)
        self.end()
        self._before = before

    def go_on(self) -> None:
        """Whoever got the last paper takes another one, as part of the same visit."""
        self.visitor, self.shown, self.visit, self.further = self._before

    def chosen_other(self) -> None:
        """None of what was found: any service, as this visitor."""
        self.page = ""

    def ask(self, kind: str, value: str, person: str = "") -> None:
        """Who is this? ``kind`` and ``value`` as VisitorIdentify says."""
        self._asks += 1
        self._asked_ms = now_ms()
        self._code = ""
        try:
            question = VisitorIdentify(boot=self.outlet.boot, ask=self._asks, kind=kind, value=value, person=person)
        except Malformed:  # a code that is none of ours
            self._trouble("screen.kiosk.unknown")
            return
        self.page = "wait"
        self.outlet.report(question)
        self._changed()

    def found(self, answer: "VisitorFound") -> None:
        """The hub's answer."""
        if self.page != "wait" or answer.ask != self._asks:
            return  # whoever asked has gone
        if answer.result != "found":
            self._trouble("screen.kiosk." + answer.result)
            return
        self.visitor, self.shown, self._found = answer.visitor, answer.shown, answer
        self.visit = answer.tickets[0].ticket if answer.tickets else ""
        self.page = "visitor" if answer.appointments or answer.tickets else ""
        self._changed()

    def _trouble(self, code: str) -> None:
        self.page, self._code = "card", code
        self._changed()

    def _may_read(self) -> bool:
        """Not while somebody's answer is looked up, or somebody's affairs are on the screen."""
        is_free = self.page == "" and not self.visitor and not self.further
        return self.page == "card" or (is_free and not self.is_for_another(""))

    async def _read_cards(self) -> None:
        while True:
            try:
                identity = await self._reader.card()
            except PartFault as fault:
                if self._may_read():
                    self._trouble("card." + getattr(fault, "code", "unreadable"))
                continue
            if not self._may_read():
                identity.forget()
                continue
            names = identity.take()
            self.ask("card", names["number"], names["name"] or names.get("name_en", ""))

    async def _read_codes(self) -> None:
        while True:
            code = (await self._scanner.code()).strip()
            if not self.is_for_another(code) and self._may_read():
                self.ask("code", code)

    async def _watch(self, part: "Any") -> None:
        """A part that goes or comes back changes what can be done."""
        fault = part.health.fault
        while True:
            fault = await part.health.changed(fault)
            self._changed()

    async def _give_up(self) -> None:
        """A question is not kept: when no answer comes the visitor is told."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.page == "wait" and now_ms() - self._asked_ms > self._answer_ms:
                self._asks += 1
                self._trouble("screen.kiosk.unanswered")
