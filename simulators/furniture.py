"""What people in a hall meet: kiosks, terminals and windows, as screens to look at and keys to press.

Each wraps a simulated device and lets through only what a person in front of it could see or do.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from simulators.desk import Desk
from simulators.pace import Change
from simulators.sight import HallSight


class ScreenView(Protocol):
    """A screen as an eye sees it: the name of its page, and what the page says."""

    changed: Change

    @property
    def page(self) -> str: ...

    @property
    def content(self) -> dict[str, Any]: ...


class Paper(Protocol):
    """A printed ticket, as far as its holder reads it."""

    number: str


class Tray(Protocol):
    """What the printer has let fall, the newest last."""

    tray: list[Any]
    printed: Change


class Glass(Protocol):
    """A finger on the kiosk's screen; the tasks end when it has touched everything, LookupError when it could not."""

    def choose(self, service: str, language: str, priority: str) -> asyncio.Task[None]: ...

    def ask_reprint(self, number: str) -> asyncio.Task[None]: ...


class Keys(Protocol):
    """A finger on a keypad."""

    def press(self, word: str) -> None: ...


class Kiosk:
    """A ticket kiosk with a line of people before it: hold ``turn`` while you use it."""

    def __init__(self, screen: ScreenView, glass: Glass, printer: Tray) -> None:
        self.turn = asyncio.Lock()
        self._screen = screen
        self._glass = glass
        self._printer = printer
        self._taken: Any = None

    @property
    def newest(self) -> Any:
        """The newest paper, in the tray or taken out; None before the first."""
        return self._printer.tray[-1] if self._printer.tray else self._taken

    async def choose(self, service: str, language: str, priority: str) -> None:
        """Touch the language, whether one has priority, and the service."""
        await self._try(self._glass.choose(service, language, priority))

    async def ask_reprint(self, number: str) -> None:
        """Type the number of a lost ticket."""
        await self._try(self._glass.ask_reprint(number))

    async def _try(self, touching: asyncio.Task[None]) -> None:
        """A page that changes under the finger is no error: the person sees what is there now and goes on from it."""
        try:
            await touching
        except LookupError:
            pass

    async def paper(self, patience_real_s: float) -> Paper | None:
        """The paper that comes out, taken from the tray; None when none comes in time or the screen says no."""
        await self._seen(lambda: bool(self._printer.tray) or self.says_no, patience_real_s)
        if not self._printer.tray:
            return None
        paper: Paper = self._printer.tray.pop(0)
        self._taken = paper
        return paper

    def clear_tray(self) -> list[Paper]:
        """Put aside what somebody left there."""
        left, self._printer.tray[:] = list(self._printer.tray), []
        return left

    def left(self) -> list[Paper]:
        """What lies in the tray."""
        return list(self._printer.tray)

    async def invites(self, patience_real_s: float) -> bool:
        """Whether within that time the screen offers something to choose.

        A page that says something to the one before is waited for, not touched away: it may vanish under the finger,
        and the touch would hit a service.
        """
        return await self._seen(lambda: self._screen.page == "choose", patience_real_s)

    @property
    def says_no(self) -> bool:
        """Whether the screen tells why there is no ticket."""
        return self._screen.page == "message"

    async def _seen(self, is_so: Any, patience_real_s: float) -> bool:
        around = Change()
        self._printer.printed.also(around)
        self._screen.changed.also(around)
        try:
            return await around.until(is_so, patience_real_s)
        finally:
            self._printer.printed.no_more(around)
            self._screen.changed.no_more(around)


class CallTerminal:
    """A clerk's terminal: the page about the window, and the keys."""

    def __init__(self, screen: ScreenView, keypad: Keys) -> None:
        self._screen = screen
        self._keypad = keypad
        self.changed = screen.changed

    def press(self, key: str) -> None:
        """One of the words of the keypad, or ``transfer:{service}``."""
        self._keypad.press(key)

    def _shown(self, name: str, otherwise: Any) -> Any:
        show = self._screen.content.get("show")
        return otherwise if show is None else getattr(show, name)

    @property
    def pages(self) -> int:
        """How often the screen has shown something new."""
        return self._screen.changed.times

    @property
    def is_usable(self) -> bool:
        """The page is there and does not say that the hub is out of reach."""
        content = self._screen.content
        return bool(content.get("is_connected")) and content.get("show") is not None

    @property
    def is_busy(self) -> bool:
        """The page says that the last key is still being worked on."""
        return bool(self._screen.content.get("is_waiting"))

    @property
    def refusal(self) -> str:
        """Why the last key did nothing; empty when it did."""
        return str(self._screen.content.get("code", ""))

    @property
    def state(self) -> str:
        return str(self._shown("state", ""))

    @property
    def ticket(self) -> str:
        return str(self._shown("ticket", ""))

    @property
    def number(self) -> str:
        return str(self._shown("number", ""))

    @property
    def ticket_state(self) -> str:
        return str(self._shown("ticket_state", ""))

    @property
    def service(self) -> str:
        """The name of the service that the ticket is for."""
        return str(self._shown("service", ""))

    @property
    def waiting(self) -> int:
        return int(self._shown("waiting", 0))

    @property
    def held(self) -> list[str]:
        return list(self._shown("held", ()))


class EvaluationTerminal:
    """The visitor's terminal at a window: five keys, and a page that asks."""

    def __init__(self, screen: ScreenView, keypad: Keys) -> None:
        self._screen = screen
        self._keypad = keypad
        self.changed = screen.changed

    @property
    def asks_about(self) -> str:
        """The number whose holder is asked to rate; empty when nobody is."""
        is_asking = self._screen.page == "asking"
        return str(self._screen.content.get("number", "")) if is_asking else ""

    @property
    def thanks(self) -> bool:
        """The page says that a rating was taken."""
        return self._screen.page == "thanks"

    def press(self, level: int) -> None:
        """1 very dissatisfied to 5 very satisfied."""
        self._keypad.press(str(level))


@dataclass(frozen=True)
class Window:
    """A counter with a clerk's place behind it. ``services``: (id, name) of those that a case may be sent on to."""

    number: int
    desk: Desk
    terminal: CallTerminal
    evaluation: EvaluationTerminal | None
    services: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Hall:
    """One service hall, its windows by number."""

    id: str
    services: list[str]
    kiosks: list[Kiosk]
    windows: dict[int, Window]
    sight: HallSight
