"""What people look at: tables of what the API tells. Chinese by default; every heading comes from the catalogue."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from firmware.words import words

View = dict[str, Any]
Column = tuple[str, Callable[[View], str | Text]]

COLOURS = {
    "waiting": "yellow",
    "called": "bold yellow",
    "serving": "cyan",
    "held": "magenta",
    "finished": "green",
    "passed": "dim",
    "expired": "dim",
    "open": "green",
    "paused": "yellow",
    "closed": "dim",
    "raised": "bold red",
    "acknowledged": "yellow",
}


class Printer:
    """Prints in one language on one console."""

    def __init__(self, language: str, console: Console) -> None:
        self.language = language
        self.console = console

    def say(self, key: str, **facts: object) -> str:
        """The catalogue's text."""
        return words(key, self.language, **facts)

    def state(self, room: str, state: str) -> Text:
        """A state in the catalogue's words and its colour."""
        return Text(self.say(f"{room}.{state}"), COLOURS.get(state, "")) if state else Text("")

    def table(self, title: str, columns: list[Column], rows: Iterable[View]) -> None:
        """One line a row. ``title`` and the columns' names are keys of the catalogue."""
        table = Table(title=self.say(title), title_justify="left", header_style="bold")
        for key, _ in columns:
            table.add_column(self.say(key), overflow="fold")
        for row in rows:
            table.add_row(*[show(row) for _, show in columns])
        self.console.print(table)

    def facts(self, title: str, pairs: list[tuple[str, str | Text]]) -> None:
        """A table of two columns: what, and how it is."""
        table = Table(title=title, title_justify="left", show_header=False)
        for key, value in pairs:
            table.add_row(self.say(key), value)
        self.console.print(table)


def clock(at_ms: int) -> str:
    """Time of day, local; empty for 0."""
    return time.strftime("%H:%M:%S", time.localtime(at_ms / 1000)) if at_ms else ""
