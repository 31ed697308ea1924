"""A screen for pages, without touch: hall display, call terminal, evaluation terminal."""

from typing import Any, BinaryIO

from drivers.linux.connector import is_unplugged
from drivers.linux.frame_buffer import FrameBuffer, Geometry
from drivers.ports import ScreenPort
from firmware.screens.page_screen import Page, PageScreen


def make(row: dict[str, Any], board: dict[str, Any]) -> PageScreen:
    """With the pages of the board's kind. OSError when there is no such screen."""
    return PageScreen(open_screen(row), pages(board["kind"]), where(board))


def open_screen(row: dict[str, Any]) -> ScreenPort:
    """The frame buffer ``display``, turned by ``rotate`` degrees. OSError when there is none."""
    file = _open(row["display"])
    geometry = Geometry.ask(file)

    def again() -> BinaryIO:
        found = _open(row["display"])
        if Geometry.ask(found) != geometry:
            found.close()
            raise OSError("screen: another display than before; start the device again")
        return found

    return FrameBuffer(file, geometry, row["rotate"], is_unplugged=is_unplugged, again=again)


def _open(path: str) -> BinaryIO:
    try:
        return open(path, "r+b", buffering=0)
    except OSError as error:
        raise OSError(f"screen: {error}; is there such a frame buffer, and is this user in the group video?") from None


def where(board: dict[str, Any]) -> str:
    """In which hall the device stands, and where in it."""
    settings = board.get("settings", {})
    return " ".join(word for word in (settings.get("hall", ""), settings.get("place", "")) if word)


def pages(kind: str) -> dict[str, Page]:
    """What a device of this kind can show."""
    name = "evaluation" if kind == "evaluation_terminal" else kind
    found: dict[str, Page] = __import__("firmware.screens." + name, None, None, ("PAGES",)).PAGES
    return found
