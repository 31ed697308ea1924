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


# Columns that keep their width: what is in them is copied, or short. The others share what is left.
WHOLE = {f"cli.{name}" for name in ("id", "number", "who", "time", "state", "heard", "count", "taken", "changed")}


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
        """One line a row where the terminal is wide enough. ``title`` and the columns' names are keys of the catalogue.

        Columns in which nothing stands are left out: the others need the room.
        """
        shown = [[safe(show(row)) for _, show in columns] for row in rows]
        if not shown:
            self.console.print(f"{self.say(title)}: {self.say('cli.none')}")
            return
        kept = [at for at in range(len(columns)) if any(row[at].plain for row in shown)]
        table = Table(title=self.say(title), title_justify="left", header_style="bold")
        for at in kept:
            key = columns[at][0]
            table.add_column(self.say(key), overflow="fold", no_wrap=at == kept[0] or key in WHOLE)
        for row in shown:
            table.add_row(*[row[at] for at in kept])
        self.console.print(table)

    def facts(self, title: str, pairs: list[tuple[str, str | Text]]) -> None:
        """A table of two columns: what, and how it is."""
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for key, value in pairs:
            table.add_row(self.say(key), safe(value))
        self.console.print(table)

    def warn(self, line: str) -> None:
        """A line that should not be overlooked."""
        self.console.print(safe(Text(line, "bold red")))


def safe(value: str | Text) -> Text:
    """Without what would move the terminal's cursor or change its colours: much of it comes from devices."""
    text = value if isinstance(value, Text) else Text(value)
    if text.plain.isprintable():
        return text
    return Text("".join(letter if letter.isprintable() else "?" for letter in text.plain), text.style)


def clock(at_ms: int) -> str:
    """Local time of day; of another day the date and the minute; empty for 0."""
    if not at_ms:
        return ""
    at = time.localtime(at_ms / 1000)
    is_today = at[:3] == time.localtime()[:3]
    return time.strftime("%H:%M:%S" if is_today else "%m-%d %H:%M", at)


def duration(seconds: int) -> str:
    """Days, hours, minutes, seconds; the first two that are not nothing say enough."""
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2])
