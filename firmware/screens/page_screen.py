"""A screen that shows named pages: the part that roles draw on."""

from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image

from drivers.ports import ScreenPort
from firmware.screens.sheet import Box
from firmware.screens.ticker import Moving

Content = dict[str, Any]


class Page:
    """``draw(content, width_px, height_px)`` gives the picture; ``buttons``, likewise, what can be touched.

    ``moving``, likewise, what moves on the page and so is not in the picture.
    """

    def __init__(
        self,
        draw: Callable[[Content, int, int], Image.Image],
        buttons: Callable[[Content, int, int], dict[str, Box]] | None = None,
        moving: Callable[[Content, int, int], Sequence[Moving]] | None = None,
    ) -> None:
        self.draw = draw
        self.buttons = buttons
        self.moving = moving


class Frame:
    """One state of a screen. Nothing is drawn before somebody asks for the image."""

    def __init__(self, name: str, content: Content, page: Page, width_px: int, height_px: int) -> None:
        self.name = name
        self.content = content
        self._page = page
        self._size = (width_px, height_px)
        self._moving: Sequence[Moving] | None = None

    def image(self, ms: int = 0) -> Image.Image:
        """The whole picture, drawn now. ``ms``: a moment of the screen's clock, for what moves."""
        picture = self._page.draw(self.content, *self._size)
        for part in self.moving():
            image = part.image_at(ms)
            if image is not None:
                picture.paste(image, part.box)
        return picture

    def moving(self) -> Sequence[Moving]:
        """What moves on it."""
        if self._moving is None:
            self._moving = () if self._page.moving is None else self._page.moving(self.content, *self._size)
        return self._moving

    def buttons(self) -> dict[str, Box]:
        """Name → where on the screen."""
        return {} if self._page.buttons is None else self._page.buttons(self.content, *self._size)


class PageScreen:
    """``pages`` by name, drawn for the size of the port. ``where`` the screen hangs, for who looks for it."""

    def __init__(self, port: ScreenPort, pages: dict[str, Page], where: str = "") -> None:
        self._port = port
        self._pages = pages
        self._where = where
        if hasattr(port, "health"):
            self.health = port.health
        self._is_located = False
        self._below: Frame | None = None  # what is shown when nobody looks for it any more
        self.frame: Frame | None = None

    def display(self, name: str, content: Content) -> None:
        """Show a page from now on. KeyError when there is none of that name."""
        self._below = Frame(name, content, self._pages[name], self._port.width_px, self._port.height_px)
        if not self._is_located:
            self._show(self._below)

    def locate(self, who: Content | None) -> None:
        """Who this is (``device``, ``kind``), before all pages, until None."""
        self._is_located = who is not None
        if who is not None:
            from firmware.screens.locate import draw

            content = {**who, "where": self._where}
            self._show(Frame("locate", content, Page(draw), self._port.width_px, self._port.height_px))
        elif self._below is not None:
            self._show(self._below)

    async def self_test(self) -> str:
        """Colours and a grid, for the eyes of whoever asked; says what was shown."""
        from firmware.screens.self_test import self_test

        return await self_test(self.test_page, (self._port.width_px, self._port.height_px))

    def test_page(self, content: Content | None) -> None:
        """Before all pages, until None."""
        self._is_located = content is not None
        if content is not None:
            from firmware.screens.self_test import draw

            self._show(Frame("self_test", content, Page(draw), self._port.width_px, self._port.height_px))
        elif self._below is not None:
            self._show(self._below)

    def _show(self, frame: Frame) -> None:
        self.frame = frame
        self._port.invalidate(frame)
