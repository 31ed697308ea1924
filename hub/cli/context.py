"""What every command shares: the hub's folder, the language, tables or JSON."""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from hub.cli.client import TIMEOUT_S, Client
from hub.cli.tables import Printer


class Context:
    """``folder`` is the hub's own."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder = folder
        self.printer = Printer(language, Console())

    def client(self, timeout_s: float = TIMEOUT_S) -> Client:
        """The hub of the folder; raises `CliError` when it cannot be asked."""
        return Client(self.folder, self.printer, timeout_s)

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
