"""The kiosk's touch screen: touches become one choice. What is half chosen stays here; the role sees whole choices."""

import asyncio

from drivers.ports import ScreenPort, TouchPort
from firmware.screens.kiosk import PAGES, offers_on_leaf
from firmware.screens.page_screen import Content, PageScreen

NUMBER_LENGTH = 12


class KioskScreen:
    """After ``idle_s`` without a touch a half-made choice is forgotten: the next visitor finds a fresh page."""

    def __init__(self, port: ScreenPort, touch: TouchPort, idle_s: float = 30.0, where: str = "") -> None:
        self._screen = PageScreen(port, PAGES, where)
        self._size = (port.width_px, port.height_px)
        self._touch = touch
        self._idle_s = idle_s
        self._name = ""
        self._content: Content = {}
        self._language, self._priority, self._leaf = "zh", "none", 0
        self._typed: str | None = None  # a ticket's number, while one is being typed

    def display(self, name: str, content: Content) -> None:
        """Show a page; the visitor's language stays, and typing a number is not disturbed by new waiting counts."""
        if name == "choose" and self._name != "choose":
            self._forget()  # whoever comes now is the next visitor
        self._name, self._content = name, content
        if name != "choose":
            self._typed = None
        self._refresh()

    def locate(self, who: Content | None) -> None:
        """Who this is, until None. Touches do nothing meanwhile: there are no buttons on that page."""
        self._screen.locate(who)

    async def choice(self) -> tuple[str, ...]:
        """The next ``(service, language, priority)``, ``("reprint", number)``, or ``("dismiss",)``: back, please."""
        while True:
            try:
                x, y = await asyncio.wait_for(self._touch.tap(), self._idle_s)
            except TimeoutError:
                if self._is_half_made():
                    self._forget()
                    self._refresh()
                continue
            made = self._push(self._button_at(x, y))
            if made:
                return made

    def _is_half_made(self) -> bool:
        return (self._language, self._priority, self._leaf, self._typed) != ("zh", "none", 0, None)

    def _forget(self) -> None:
        self._language, self._priority, self._leaf, self._typed = "zh", "none", 0, None

    def _button_at(self, x: int, y: int) -> str:
        frame = self._screen.frame
        for name, (left, top, right, bottom) in (frame.buttons() if frame else {}).items():
            if left <= x < right and top <= y < bottom:
                return name
        return ""

    def _push(self, button: str) -> tuple[str, ...]:
        """What a touched button does; the choice when it completes one, else nothing."""
        word, _, value = button.partition(":")
        if word == "service":
            return value, self._language, self._priority  # the language stays for "one moment" and "take your ticket"
        if word == "dismiss":
            self._forget()
            return ("dismiss",)
        if word == "language":
            self._language = value
        elif word == "priority":
            self._priority = "none" if self._priority == value else value
        elif word == "leaf":
            self._turn(1 if value == "next" else -1)
        elif word == "reprint":
            self._typed = ""
        elif word == "key":
            return self._type(value)
        self._refresh()
        return ()

    def _turn(self, by: int) -> None:
        leaves = offers_on_leaf(self._content, *self._size)[1]
        self._leaf = (self._leaf + by) % leaves

    def _type(self, value: str) -> tuple[str, ...]:
        typed = self._typed or ""
        if value == "ok" and typed:
            self._typed = None
            return ("reprint", typed)
        if value == "back":
            self._typed = None
        elif value == "delete":
            self._typed = typed[:-1]
        elif len(value) == 1 and len(typed) < NUMBER_LENGTH:
            self._typed = typed + value
        self._refresh()
        return ()

    def _refresh(self) -> None:
        if not self._name:
            return
        own: Content = {"language": self._language}
        if self._typed is not None:
            self._screen.display("reprint", {**own, "typed": self._typed})
            return
        if self._name == "choose":
            own = {**own, "priority": self._priority, "leaf": self._leaf}
        self._screen.display(self._name, {**self._content, **own})
