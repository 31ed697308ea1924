"""Fingers on a page: a touch becomes the name of the button under it.

A touch that comes right after another page did not mean that page: its finger was on its way, or lifts and bounces. So
the first ``dead_ms`` of a page count for nothing. Turning a leaf or typing is no new page.
"""

import asyncio
import time
from collections.abc import Callable

from drivers.faults import PartFault
from drivers.health import Health
from drivers.ports import ScreenPort, TouchPort
from firmware.screens.page_screen import Content, Frame, Page, PageScreen

DEAD_MS = 350  # a double tap's second touch comes within 300 ms


class Finger:
    """``frame()`` gives what is shown now."""

    def __init__(self, touch: TouchPort, frame: Callable[[], Frame | None], dead_ms: int = DEAD_MS) -> None:
        self._touch = touch
        self._frame = frame
        self._dead_ms = dead_ms
        self._name = ""
        self._since_s = -1e9
        self._tested: asyncio.Future[tuple[int, int]] | None = None

    def shows(self, name: str) -> None:
        """A page of this name is shown from now on."""
        if name != self._name:
            self._since_s = time.monotonic() if self._name else -1e9
            self._name = name

    async def button(self) -> str:
        """The button that is touched next; empty for a touch beside all buttons. A touch too early is not counted."""
        while True:
            x, y = await self._touch.tap()
            if self._tested is not None and not self._tested.done():
                self._tested.set_result((x, y))
                continue
            if (time.monotonic() - self._since_s) * 1000 >= self._dead_ms:
                return self._at(x, y)

    def tested(self) -> "asyncio.Future[tuple[int, int]]":
        """Where the next finger goes down, which then touches no button: for a self-test."""
        self._tested = asyncio.get_running_loop().create_future()
        return self._tested

    def _at(self, x: int, y: int) -> str:
        frame = self._frame()
        for name, (left, top, right, bottom) in (frame.buttons() if frame else {}).items():
            if left <= x < right and top <= y < bottom:
                return name
        return ""


class Glass:
    """A touch panel as a part of its own: it may be gone while its screen is well. ``health`` is the panel's."""

    def __init__(self, health: Health) -> None:
        self.health = health

    async def self_test(self) -> str:
        """Whether it is there; a finger on it belongs to the screen's test. Raises PartFault."""
        if self.health.fault:
            raise PartFault("touch", "the panel is not there; check its cable")
        return "the panel is there; the test of the screen asks for a finger on it"


class TouchPageScreen(PageScreen):
    """A screen whose buttons are its keys."""

    def __init__(
        self, port: ScreenPort, touch: TouchPort, pages: dict[str, Page], where: str = "", dead_ms: int = DEAD_MS
    ) -> None:
        super().__init__(port, pages, where)
        self._finger = Finger(touch, lambda: self.frame, dead_ms)
        self.touch = Glass(touch.health) if hasattr(touch, "health") else None

    def display(self, name: str, content: Content) -> None:
        super().display(name, content)
        self._finger.shows(name)

    async def self_test(self) -> str:
        """Colours, a grid, and a finger on the glass. Raises PartFault when none comes."""
        from firmware.screens.self_test import self_test

        return await self_test(self.test_page, (self._port.width_px, self._port.height_px), self._finger.tested)

    async def key(self) -> str:
        """The name of the next button that is touched."""
        while True:
            button = await self._finger.button()
            if button:
                return button
