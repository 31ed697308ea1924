"""Help button: a press becomes a request; the lamp tells what became of it."""

from firmware.link.outbox import Full
from firmware.wire.messages.device import Ack
from firmware.wire.messages.help import HelpPressed, ShowAlarm

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

LAMP_OF_STATE = {"raised": "steady", "acknowledged": "slow", "closed": "off"}


class HelpButton:
    """Parts: ``button``, ``lamp``.

    The lamp blinks from the press until the hub has the press in its journal, then it is steady: only the hub's word
    tells a person in need that somebody knows. After that it follows the alarm until a person closes it.
    """

    ACCEPTS = (ShowAlarm,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._button = parts["button"]
        self._lamp = self.found_by = parts["lamp"]
        self._unanswered = 0  # presses of this life
        self._state = "closed"

    async def run(self) -> None:
        """For ever: wait for a press, ask."""
        while True:
            held_ms = await self._button.pressed()
            self._lamp.set("blink")
            try:
                self.outlet.ask(HelpPressed(held_ms=min(held_ms, 600000)))
            except Full:
                # What fills the outbox of this device are presses: help is already asked for.
                self.fault = "outbox full"
                continue
            self._unanswered += 1

    def shown(self, show: "Any", slot: "Any") -> None:
        """The alarm's state changed."""
        self._state = show.state
        if not self._unanswered:
            self._lamp.set(LAMP_OF_STATE[show.state])

    def answered(self, request_name: str, answer: "Any") -> None:
        """A press reached the hub, or (never seen with a right site) was refused."""
        self.fault = ""
        if answer.boot == self.outlet.boot:
            self._unanswered -= 1
        if self._unanswered:
            return
        if isinstance(answer, Ack) and self._state == "closed":
            self._lamp.set("steady")  # the alarm itself is shown in a moment
        else:
            self._lamp.set(LAMP_OF_STATE[self._state])

    def act(self, act: "Any") -> None:
        """No acts."""

    def connected(self, is_connected: bool) -> None:
        """Nothing to see: a press is kept either way."""
