"""Call terminal: a clerk's keys become requests about the ticket on the screen."""

from firmware.link.outbox import Full
from firmware.roles.together import together
from firmware.wire.messages import queue
from firmware.wire.messages.device import Refused
from firmware.wire.messages.figures import ShowFigures
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
    "undo": (queue.TicketUndo, None),
    "sign_in": (queue.StaffSignIn, None),
    "sign_out": (queue.StaffSignOut, None),
}
_STAFF_LENGTH = 32  # as StaffSignIn
# key -> window states in which it makes sense
_WINDOW_STATES = {
    "open": ("closed", "paused"),
    "pause": ("open",),
    "close": ("open", "paused"),
    "call": ("open",),
    "resume": ("open",),
}


class CallTerminal:
    """Parts: ``screen`` (which may have keys of its own: a touch screen) and ``keypad``, or one of them with keys.

    Pages: ``window``; on a touch screen also ``choose`` (where to transfer a ticket, which held one to call back),
    ``pause`` (why), ``sign_in``, and ``mine``: the figures of who is signed in. ``code`` on the page is a key of the
    catalogue: why the last key did nothing. Where to transfer a ticket comes with two switches: whether it comes back
    to this window when it is done there, and in how many minutes it joins that line.

    Settings: ``services``, [id, name] of those to which a ticket can be sent on; ``windows``, [id, number] likewise.

    A key that cannot do anything now is answered on the screen and not sent. While a request waits for its answer the
    same key does nothing: a double press is one call.
    """

    ACCEPTS = (ShowWindow, ShowFigures)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._keypad: "Any" = parts.get("keypad")
        self._screen = self.found_by = parts["screen"]
        self._services = settings.get("services", ())
        self._windows = settings.get("windows", ())
        self._show: "ShowWindow | None" = None
        self._figures: "ShowFigures | None" = None
        self._is_connected = False
        self._unanswered: "set[str]" = set()  # request names
        self._code = ""  # why the last key did nothing
        self._choice = ""  # resume, transfer, pause, sign_in or mine, while its page is on
        self._comes_back, self._after_min = False, 0  # as the switches of the page of a transfer stand
        self._leaf = 0
        self._typed = ""

    async def run(self) -> None:
        """For ever: wait for a key or a touch, ask."""
        self._display()
        ways = [way for way in (self._keypad, self._screen) if hasattr(way, "key")]
        await together(*[self._listen(way) for way in ways])

    async def _listen(self, way: "Any") -> None:
        while True:
            key = await way.key()
            if way is self._screen:
                self.touch(key)
            else:
                self.press(key)

    def touch(self, button: str) -> None:
        """A button of the page: a key, or what belongs to a choice that is being made."""
        word, _, value = button.partition(":")
        if word == "back" or button == "key:back":
            self._choice = ""
        elif word == "leaf":
            self._leaf = int(value)
        elif word == "back_here":
            self._comes_back = not self._comes_back
        elif word == "later":
            self._after_min = int(value)
        elif word == "key":
            self._type(value)
        elif word == "sign":
            self._begin("mine" if self._show is not None and self._show.staff else "sign_in")
        elif self._has_choice(button) and not self._why_not(button, _KEYS[button][1]):
            self._begin(button)
        else:
            return self.press(button)
        self._display()

    def _begin(self, choice: str) -> None:
        self._choice, self._leaf, self._typed, self._code = choice, 0, "", ""
        self._comes_back, self._after_min = False, 0

    def _has_choice(self, button: str) -> bool:
        """Whether the key asks back: where to, why, or which one."""
        if button == "resume":
            return self._show is not None and len(self._show.held) > 1
        return button in ("transfer", "pause")

    def _type(self, value: str) -> None:
        if value == "ok" and self._typed:
            self.press("sign_in:" + self._typed.lower())
        elif value == "delete":
            self._typed = self._typed[:-1]
        elif len(value) == 1 and len(self._typed) < _STAFF_LENGTH:
            self._typed += value

    def press(self, key: str) -> None:
        """One key: ``call`` … ``close``, ``transfer:{service}``, ``transfer:@{window}``, ``resume:{ticket}``,
        ``pause:{reason, in words}``."""
        word, _, value = key.partition(":")
        if word not in _KEYS:
            return
        request, states = _KEYS[word]
        if request.name in self._unanswered:
            return
        self._code = self._why_not(word, states)
        if not self._code:
            self._ask(request, self._about(word, value))
        self._choice = ""
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
        if show.state not in _WINDOW_STATES.get(word, (show.state,)):
            return "refused.window." + show.state
        if word in ("call", "resume", "close") and show.ticket_state in ("called", "serving"):
            return "refused.window.busy"
        if word == "resume" and not show.held:
            return "terminal.none_held"
        if word == "undo" and not show.undo:
            return "refused.undo.nothing"
        return ""

    def _about(self, word: str, value: str) -> "dict[str, Any]":
        """The fields of the request: which ticket, where to, or why."""
        show = self._show
        if show is None or word in ("open", "close", "call", "sign_out"):
            return {}
        if word == "pause":
            return {"reason": value}
        if word == "sign_in":
            return {"staff": value}
        if word == "undo":
            return {"ticket": show.undo}
        if word == "resume":
            return {"ticket": value or show.held[0]}
        fields: "dict[str, Any]" = {"ticket": show.ticket}
        if word == "transfer":
            fields["window" if value[:1] == "@" else "service"] = value[1:] if value[:1] == "@" else value
            if self._choice == "transfer":  # a key of the keypad has no switches
                fields["comes_back"], fields["after_min"] = self._comes_back, self._after_min
        return fields

    def _ask(self, request: "Any", fields: "dict[str, Any]") -> None:
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

    def shown(self, show: "Any", slot: "Any") -> None:
        """The window as the hub sees it, or the figures of who is signed in."""
        if isinstance(show, ShowFigures):
            self._figures = show
            return self._display()
        if not show.staff and self._choice == "mine":
            self._choice = ""
        if self._show is None or show.ticket != self._show.ticket or show.ticket_state != self._show.ticket_state:
            self._code = ""  # what could not be done was about another moment
            if self._choice not in ("sign_in", "mine"):
                self._choice = ""
        self._show = show
        self._display()

    def connected(self, is_connected: bool) -> None:
        """Without the hub no key does anything: a call that comes true ten minutes later helps nobody."""
        self._is_connected = is_connected
        if is_connected and self._code == "terminal.offline":
            self._code = ""
        self._display()

    def _display(self) -> None:
        if self._choice == "sign_in":
            self._screen.display("sign_in", {"typed": self._typed})
            return
        if self._choice == "mine" and self._show is not None:
            self._screen.display("mine", {"staff": self._show.staff, "figures": self._figures})
            return
        if self._choice == "pause":
            self._screen.display("pause", {})
            return
        if self._choice:
            self._screen.display("choose", self._choices())
            return
        content = {
            "show": self._show,
            "is_connected": self._is_connected,
            "code": self._code,
            "is_waiting": bool(self._unanswered),
        }
        self._screen.display("window", content)

    def _choices(self) -> "dict[str, Any]":
        """What the page of choices says."""
        show = self._show
        if self._choice == "resume":
            held = show.held if show is not None else ()
            choices = [("resume:" + ticket, ticket.split("-")[-1]) for ticket in held]
        else:
            choices = [("transfer:" + id, name) for id, name in self._services]
            choices += [("transfer:@" + id, number) for id, number in self._windows]
        number = show.number if show is not None else ""
        about = {"title": "screen.window.to." + self._choice, "choices": choices, "leaf": self._leaf, "number": number}
        if self._choice == "transfer":
            about["comes_back"], about["after_min"] = self._comes_back, self._after_min
        return about

    def act(self, act: "Any") -> None:
        """No acts."""
