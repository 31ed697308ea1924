"""Window terminal: one board on one line of keypads and evaluators serves many windows, each by its address."""

from firmware.link.outbox import Full
from firmware.roles.call_terminal import CallTerminal
from firmware.roles.together import together
from firmware.wire.messages.queue import Evaluate, ShowUnit

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

_DIGITS = "0123456789"


def shown_number(number: str) -> "int | None":
    """What of a ticket's number three digits can show: ``HA001`` is 1; None for none."""
    digits = ""
    for letter in number:
        digits = digits + letter if letter in _DIGITS else ""
    return int(digits[-3:]) if digits else None


class Keypad:
    """A unit of the line in place of a call terminal's screen: it shows two numbers, and beeps when a key failed."""

    def __init__(self, unit: "Any") -> None:
        self._unit = unit
        self._code = ""

    def display(self, page: str, content: "dict[str, Any]") -> None:
        """As a screen; the only page that fits is ``window``."""
        if page != "window":
            return
        show, code = content["show"], content["code"]
        if show is not None:
            is_open = show.state == "open" or show.ticket
            self._unit.show(show.waiting if is_open else None, shown_number(show.number))
        if code and code != self._code:
            self._unit.beep()
        self._code = code


class Place:
    """One window: its keys are those of a call terminal, its evaluator rates the ticket that was finished last."""

    def __init__(self, role: "WindowTerminal", unit: "Any", services: "list[Any]") -> None:
        self._role = role
        self._unit = unit
        self._services = services
        self._rating = self._rated = ""
        self._state = ""
        self.clerk = CallTerminal({"services": services}, {"screen": Keypad(unit)})
        self.clerk.outlet = self

    @property
    def boot(self) -> str:
        """Of the board; a call terminal asks its outlet for it."""
        boot: str = self._role.outlet.boot
        return boot

    def ask(self, request: "Any") -> None:
        """As the agent's: says for which unit it asks."""
        request.unit = self._unit.address
        self._role.outlet.ask(request)
        self._role.asked[request.seq] = self

    def press(self, word: str) -> None:
        """A key of the keypad or of the evaluator, as `drivers.rs485.keys` says."""
        word, _, value = word.partition(":")
        if word == "level":
            self._rate(int(value))
        elif word == "transfer":
            number = int(value)
            if 1 <= number <= len(self._services):
                self.clerk.press("transfer:" + self._services[number - 1][0])
            else:
                self._unit.beep()
        elif word == "pause" and self._state in ("paused", "closed"):
            self.clerk.press("open")  # one key for both
        else:
            self.clerk.press(word)

    def _rate(self, level: int) -> None:
        if not self._rating or self._rating == self._rated:
            return
        try:
            self.ask(Evaluate(ticket=self._rating, level=level))
        except Full:
            self._role.fault = "outbox full"
            return
        self._rated = self._rating  # one rating per asked ticket

    def shown(self, show: ShowUnit) -> None:
        """The window as the hub sees it."""
        self._state = show.state
        if show.rating and show.rating not in (self._rating, self._rated):
            self._unit.ask()
        self._rating = show.rating
        self.clerk.shown(show, 0)


class WindowTerminal:
    """Part: ``bus``. Settings: ``units``, [address, window's number] each; ``services``, [id, name] of those to which a
    ticket can be transferred: ``2 转移`` is to the second.

    A unit that does not answer is a fault of a part of its own, ``unit-3``; the others go on.
    """

    ACCEPTS = (ShowUnit,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self.asked: "dict[int, Place]" = {}  # seq of this life → who asked
        self._bus = self.found_by = parts["bus"]
        services = settings.get("services", [])
        self._places = {}
        for address, unit in self._bus.units.items():
            self._places[address] = Place(self, unit, services)
            parts["unit-%d" % address] = unit  # so that its health is told

    @property
    def step(self) -> int:
        """How often the line had its turn: what a watchdog looks at."""
        step: int = self._bus.step
        return step

    async def run(self) -> None:
        """For ever: what the line carries, and what people press."""
        await together(self._bus.run(), self._listen())

    async def _listen(self) -> None:
        while True:
            address, word = await self._bus.said()
            self._places[address].press(word)
            self.fault = self._places[address].clerk.fault or self.fault

    def shown(self, show: ShowUnit, slot: int) -> None:
        """One window changed."""
        if slot in self._places:
            self._places[slot].shown(show)

    def answered(self, request_name: str, answer: "Any") -> None:
        """To whom it concerns; an answer to an earlier life concerns nobody."""
        self.fault = ""
        place = self.asked.pop(answer.seq, None) if answer.boot == self.outlet.boot else None
        if place:
            place.clerk.answered(request_name, answer)

    def act(self, act: "Any") -> None:
        """No acts."""

    def connected(self, is_connected: bool) -> None:
        """Without the hub no key does anything; a rating is kept."""
        for place in self._places.values():
            place.clerk.connected(is_connected)
