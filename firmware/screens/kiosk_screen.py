"""The kiosk's touch screen: touches become one choice. What is half chosen stays here; the role sees whole choices."""

import asyncio

from drivers.ports import ScreenPort, TouchPort
from firmware.rating_form import RatingForm
from firmware.screens import keyboard
from firmware.screens.kiosk import PAGES, choices_on_leaf
from firmware.screens.kiosk_rating import label_of
from firmware.screens.looks import TOOLS
from firmware.screens.page_screen import Content, PageScreen
from firmware.screens.touch import DEAD_MS, Finger, Glass
from firmware.words import words

NUMBER_LENGTH, PHONE_LENGTH, LETTERS = 12, 11, 12
_MOST = {"reprint": NUMBER_LENGTH, "phone": PHONE_LENGTH, "search": LETTERS, "paper": NUMBER_LENGTH + 6, "persons": 3}
_ANOTHER_VISITOR = ("", "take", "rated", "message", "out_of_service")  # after these pages somebody else stands here
_ABOUT_SOMEBODY = ("card", "visitor", "paper", "rate")


class KioskScreen:
    """After ``idle_s`` without a touch a half-made choice is forgotten: the next visitor finds a fresh page.

    Touches in the first ``dead_ms`` of a page do not count (`firmware.screens.touch`).
    """

    def __init__(
        self, port: ScreenPort, touch: TouchPort, idle_s: float = 30.0, dead_ms: int = DEAD_MS, where: str = ""
    ) -> None:
        self._screen = PageScreen(port, PAGES, where)
        self._size = (port.width_px, port.height_px)
        self._finger = Finger(touch, lambda: self._screen.frame, dead_ms)
        self.touch = Glass(touch.health) if hasattr(touch, "health") else None
        if hasattr(port, "health"):
            self.health = port.health
        self._idle_s = idle_s
        self._name = ""
        self._content: Content = {}
        self._forget()

    def _forget(self) -> None:
        self._language, self._priority, self._reason, self._persons = "zh", "none", "", 1
        self._group, self._leaf = -1, 0
        self._is_large = self._is_strong = False
        self._leave()

    def _leave(self) -> None:
        """Back from the pages that only this screen knows."""
        self._typing, self._typed, self._asks_why = "", "", False
        self._form, self._nth = RatingForm(), 0

    def display(self, name: str, content: Content) -> None:
        """Show a page; the visitor's language stays, and typing is not disturbed by new waiting counts."""
        if name == "choose" and content.get("further") and self._name in _ANOTHER_VISITOR:
            self._group, self._leaf = -1, 0  # the same one goes on
        elif name == "choose" and self._name in _ANOTHER_VISITOR:
            self._forget()
        if name != self._name:
            self._leave()
        self._name, self._content = name, content
        self._refresh()

    def locate(self, who: Content | None) -> None:
        """Who this is, until None. Touches do nothing meanwhile: there are no buttons on that page."""
        self._screen.locate(who)

    async def self_test(self) -> str:
        """Colours, a grid, and a finger on the glass. Raises PartFault when none comes."""
        from firmware.screens.self_test import self_test

        return await self_test(self._screen.test_page, self._size, self._finger.tested)

    async def choice(self) -> tuple[str, ...]:
        """The next whole choice.

        ``(service, language, priority)``, with the reason of priority ``other`` as a fourth, and how many people of a
        group as a fifth; ``("reprint", number)``; ``("identify",)``; ``("phone", digits)``;
        ``("appointment", id, language)``; ``("other",)``: another service than those appointments; ``("further",)``:
        one more ticket for who got the last; ``("rate",)``; ``("paper", number and letters)``; ``("rated", nth, level,
        reasons with spaces between, remark)``; ``("dismiss",)``: back, please, or the visitor has gone.
        """
        while True:
            try:
                made = self._push(await asyncio.wait_for(self._finger.button(), self._idle_s))
            except TimeoutError:
                made = self._idle()
            if made:
                return made

    def _idle(self) -> tuple[str, ...]:
        of_whom = self._content.get("visitor") or (self._name == "choose" and self._content.get("further"))
        is_about_somebody = self._name in _ABOUT_SOMEBODY or bool(of_whom)
        self._forget()
        self._refresh()
        return ("dismiss",) if is_about_somebody else ()

    def _push(self, button: str) -> tuple[str, ...]:
        """What a touched button does; the choice when it completes one, else nothing."""
        word, _, value = button.partition(":")
        if self._name == "rate" and button not in ("dismiss", *TOOLS):
            return self._rate(button)
        if word == "service":
            made = value, self._language, self._priority  # the language stays for "one moment" and "take your ticket"
            if self._persons > 1:
                return (*made, self._reason, str(self._persons))
            return (*made, self._reason) if self._reason else made
        if word == "appointment":
            return word, value, self._language
        if word in ("identify", "other", "rate", "further") or (word == "reprint" and value):
            return (word, value) if value else (word,)
        if word == "dismiss":
            self._forget()
            return ("dismiss",)
        if word == "key":
            return self._type(value)
        self._set(word, value)
        self._refresh()
        return ()

    def _set(self, word: str, value: str) -> None:
        """A button that changes what is shown."""
        if word == "language":
            self._language = value
        elif word == "large":
            self._is_large, self._leaf = not self._is_large, 0
        elif word == "strong":
            self._is_strong = not self._is_strong
        elif word == "priority":
            self._prefer("none" if self._priority == value else value)
        elif word == "reason":
            self._priority, self._reason, self._asks_why = "other", words("screen.kiosk.reason." + value), False
        elif word == "back":
            self._leave()
        elif word == "leaf":
            self._turn(1 if value == "next" else -1)
        elif word == "group":
            self._group, self._leaf = int(value), 0
        elif word == "persons" and value:
            self._come(self._persons + int(value))
        elif word in _MOST:
            self._typing, self._typed = word, ""

    def _rate(self, button: str) -> tuple[str, ...]:
        """A button of the pages on which a visitor rates; the rating when it is whole."""
        form, nth = self._form, self._nth
        if button.startswith("nth:"):
            self._nth = int(button[4:])
        elif form.push(button):
            self._form = RatingForm()
            reasons = " ".join(str(code) for code in form.reasons)
            return ("rated", str(nth or self._content["services"][0].nth), str(form.level), reasons, form.remark)
        self._refresh()
        return ()

    def _rating_page(self, content: Content) -> tuple[str, Content]:
        """The page that is due while somebody rates."""
        services, language = content["services"], content["language"]
        if not self._nth and len(services) > 1:
            return "rate_which", content
        one = next((service for service in services if service.nth == self._nth), services[0])
        page, more = self._form.page()
        return "rate_" + page, {**content, "service": label_of(one, language), "window": one.window, **more}

    def _prefer(self, priority: str) -> None:
        self._asks_why = priority == "other"
        self._priority, self._reason = ("none" if self._asks_why else priority), ""

    def _come(self, persons: int) -> None:
        self._persons = max(1, min(persons, self._content["show"].group_max))

    def _turn(self, by: int) -> None:
        leaves = choices_on_leaf({**self._content, **self._looks()}, *self._size)[1]
        self._leaf = (self._leaf + by) % leaves

    def _type(self, value: str) -> tuple[str, ...]:
        kind, typed = self._typing, self._typed
        if value == "back":
            self._leave()
        elif value == "ok" and typed:
            self._leave()
            if kind == "persons":
                self._come(int(typed))
            self._refresh()
            return () if kind == "persons" else (kind, typed)
        else:
            self._typed = keyboard.typed_with(typed, value, _MOST.get(kind, 0))
        self._refresh()
        return ()

    def _looks(self) -> Content:
        """What this visitor chose so far, for all pages."""
        return {
            "language": self._language,
            "is_large": self._is_large,
            "is_strong": self._is_strong,
            "group": self._group,
            "leaf": self._leaf,
            "priority": self._priority,
            "persons": self._persons,
        }

    def _refresh(self) -> None:
        if not self._name:
            return
        content = {**self._content, **self._looks()}
        name = self._name
        if self._typing:
            name, content = "type", {**content, "kind": self._typing, "typed": self._typed}
        elif self._asks_why:
            name = "reasons"
        elif name == "rate":
            name, content = self._rating_page(content)
        self._screen.display(name, content)
        self._finger.shows("%s %s %d" % (name, self._typing, self._group))
