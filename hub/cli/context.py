"""What every command shares: which hub, the language, tables or JSON."""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from hub.cli.client import TIMEOUT_S, Client
from hub.cli.errors import EXIT_USAGE, CliError
from hub.cli.tables import Printer
from hub.cli.where import Away
from hub.reach import Reach


class Context:
    """``folder`` is that of a hub on this machine; ``away`` takes its place."""

    def __init__(self, folder: Path, language: str, away: Away | None = None) -> None:
        self._folder = folder
        self._away = away
        self.printer = Printer(language, Console())

    @property
    def folder(self) -> Path:
        """The hub's own folder. Raises `CliError` when it is on another machine."""
        if self._away is not None:
            raise CliError(EXIT_USAGE, self.printer.say("cli.away.needs_folder", hub=self._away.url))
        return self._folder

    def client(self, timeout_s: float = TIMEOUT_S) -> Client:
        """The hub; raises `CliError` when it cannot be asked."""
        away = self._away
        if away is not None:
            return Client(lambda: Reach.of_url(*away), None, self.printer, timeout_s)
        return Client(lambda: Reach.of_folder(self._folder), self._folder, self.printer, timeout_s)

    def show(self, as_json: bool, value: Any, page: Callable[[Printer, Any], None]) -> None:
        """JSON exactly as the API gave it, or the page for people."""
        if as_json:
            click.echo(json.dumps(value, ensure_ascii=False, indent=2))
        else:
            page(self.printer, value)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``: for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(command)


def with_context(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the command its `Context` first."""

    @click.pass_obj
    @wraps(command)
    def called(context: Context, *args: Any, **options: Any) -> Any:
        return command(context, *args, **options)

    return called
