"""Where the hub is: the options that `hallhub` and tools/flash.py share, and what they add up to."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from firmware.words import words
from hub.cli.errors import EXIT_USAGE, CliError

_OPTIONS = (
    click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: Path(os.environ.get("HALLHUB_FOLDER", "state")),
        help="The hub's own folder: settings, keys, journal. Default: $HALLHUB_FOLDER, else ./state.",
    ),
    click.option(
        "--hub",
        "hub_url",
        metavar="URL",
        envvar="HALLHUB_URL",
        help="A hub on another machine: the address of its API here, through a tunnel. Default: $HALLHUB_URL.",
    ),
    click.option(
        "--token-file",
        type=click.Path(path_type=Path),
        envvar="HALLHUB_TOKEN_FILE",
        help="With --hub: a copy of admin.token from that hub's folder, mode 0600. Default: $HALLHUB_TOKEN_FILE.",
    ),
)


class Away(NamedTuple):
    """A hub on another machine: the address of its API here, at the near end of a tunnel, and a copy of its token."""

    url: str
    token_file: Path


def hub_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the command ``--folder``, ``--hub`` (as ``hub_url``) and ``--token-file``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def away(context: click.Context, language: str) -> Away | None:
    """The hub elsewhere, if one is named: what is typed goes before what the environment says.

    Raises `CliError` for half of it, and for one here and one elsewhere at once.
    """
    is_folder = _is_typed(context, "folder")
    if is_folder and (_is_typed(context, "hub_url") or _is_typed(context, "token_file")):
        raise CliError(EXIT_USAGE, words("cli.away.or_folder", language))
    url, token_file = context.params["hub_url"], context.params["token_file"]
    if is_folder or not (url or token_file):
        return None
    if not url or not token_file:
        raise CliError(EXIT_USAGE, words("cli.away.half", language))
    return Away(url, token_file)


def _is_typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE
