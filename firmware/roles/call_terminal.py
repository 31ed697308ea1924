"""Call terminal: a clerk's keys become requests about the ticket on the screen."""

from firmware.link.outbox import Full
from firmware.wire.messages import queue
from firmware.wire.messages.device import Refused
from firmware.wire.messages.queue import ShowWindow

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

# key -> (request, ticket states in which it makes sense; None: it is not about the ticket on the screen)
_KEYS: "dict[str, tuple[Any, Any]]" = {
    "open": (queue.WindowOpen, None),
    "pause": (queue.WindowPause, None),
    "close": (queue.WindowClose, None),
    "call": (queue.TicketCall, None),
    "recall": (queue.TicketRecall, ("called",)),
    "pass": (queue.TicketPass, ("called",)),
    "serve": (queue.TicketServe, ("called",)),
    "finish": (queue.TicketFinish, ("called", "serving")),
    "hold": (queue.TicketHold, ("called", "serving")),
    "resume": (queue.TicketResume, None),
    "transfer": (queue.TicketTransfer, ("called", "serving")),
}
# key -> window states in which it makes sense
_WINDOW_STATES = {
    "open": ("closed", "paused"),
    "pause": ("open",),
    "close": ("open", "paused"),
    "call": ("open",),
    "resume": ("open",),
}


class CallTerminal:
    """Parts: ``keypad``, ``screen``. Page: ``window``.

    ``code`` on the page is a key of the catalogue: why the last key did nothing.

    A key that cannot do anything now is answered on the screen and not sent. While a request waits for its answer the
    same key does nothing: a double press is one call.
    """

    ACCEPTS = (ShowWindow,)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._keypad = parts["keypad"]
        self._screen = self.found_by = parts["screen"]
        self._show: "ShowWindow | None" = None
        self._is_connected = False
        self._unanswered: "set[str]" = set()  # request names
        self._code = ""  # why the last key did nothing

    async def run(self) -> None:
        """For ever: wait for a key, ask."""
        self._display()
        while True:
            self.press(await self._keypad.key())

    def press(self, key: str) -> None:
        """One key: ``call`` … ``close``, or ``transfer:{service}``."""
        word, _, service = key.partition(":")
        if word not in _KEYS:
            return
        request, states = _KEYS[word]
        if request.name in self._unanswered:
            return
        self._code = self._why_not(word, states)
        if not self._code:
            self._ask(request, self._about(word, service))
        self._display()

    def _why_not(self, word: str, states: "Any") -> str:
        """The code of the reason why the key can do nothing now; empty when it can."""
        show = self._show
        if not self._is_connected or show is None:
            return "terminal.offline"
        if states is not None:
            if not show.ticket:
                return "terminal.no_ticket"
            return "" if show.ticket_state in states else "refused.ticket." + show.ticket_state
        if show.state not in _WINDOW_STATES[word]:
            return "refused.window." + show.state
        if word in ("call", "resume", "close") and show.ticket_state in ("called", "serving"):
            return "refused.window.busy"
        if word == "resume" and not show.held:
            return "terminal.none_held"
        return ""

    def _about(self, word: str, service: str) -> "dict[str, str]":
        """The fields of the request: which ticket, and where to."""
        show = self._show
        if show is None or word in ("open", "pause", "close", "call"):
            return {}
        if word == "resume":
            return {"ticket": show.held[0]}
        fields = {"ticket": show.ticket}
        if word == "transfer":
            fields["service"] = service
        return fields

    def _ask(self, request: "Any", fields: "dict[str, str]") -> None:
        try:
            self.outlet.ask(request(**fields))
        except Full:
            self.fault = "outbox full"
            self._code = "terminal.full"
            return
        self.fault = ""
        self._unanswered.add(request.name)

    def answered(self, request_name: str, answer: "Any") -> None:
        """Done, or a rule said no: then the clerk is told why."""
        if answer.boot == self.outlet.boot:  # not one of an earlier life
            self._unanswered.discard(request_name)
        self._code = "refused." + answer.code if isinstance(answer, Refused) else ""
        self._display()

    def shown(self, show: "ShowWindow", slot: "Any") -> None:
        """The window as the hub sees it."""
        if self._show is None or show.ticket != self._show.ticket or show.ticket_state != self._show.ticket_state:
            self._code = ""  # what could not be done was about another moment
        self._show = show
        self._display()

    def connected(self, is_connected: bool) -> None:
        """Without the hub no key does anything: a call that comes true ten minutes later helps nobody."""
        self._is_connected = is_connected
        if is_connected and self._code == "terminal.offline":
            self._code = ""
        self._display()

    def _display(self) -> None:
        content = {
            "show": self._show,
            "is_connected": self._is_connected,
            "code": self._code,
            "is_waiting": bool(self._unanswered),
        }
        self._screen.display("window", content)

    def act(self, act: "Any") -> None:
        """No acts."""
