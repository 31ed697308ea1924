"""The commands about the parts of a device: a test that somebody at the device sees and hears."""

import json
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from firmware.words import WORDS
from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_NO
from hub.cli.tables import Printer

WAIT_S = 60  # between two lines; the hub says it itself when a device falls silent
COLOURS = {"passed": "green", "failed": "bold red", "none": "dim", "silent": "bold red"}


@click.group()
def parts() -> None:
    """The parts of a device: printer, screen, reader, speaker …"""


@parts.command("test")
@click.argument("device_id", metavar="DEVICE")
@click.option("--part", default="", help="Only this one, such as printer. Left out: all, one after another.")
@json_option
@with_context
def parts_test(context: Context, device_id: str, part: str, as_json: bool) -> None:
    """Let a device test its parts while somebody stands before it.

    Lamps blink, printers print a slip, screens show colours and a grid, speakers play a tone; touch panels, keypads and
    scanners wait 15 seconds for a finger, a key, a code. Exit code 1 when a part failed.
    """
    told = context.client(WAIT_S).lines("devices", device_id, "test", body={"part": part})
    results = []
    with _progress(context.printer, as_json) as progress:
        task = progress.add_task("", total=None)
        for view in told:
            is_over = view["result"] != "began"
            if is_over:
                results.append({key: view[key] for key in ("part", "result", "said")})
            done = view["number"] - (not is_over)
            progress.update(task, total=view["parts"], completed=done, description=_name(context.printer, view["part"]))
    if as_json:
        click.echo(json.dumps({"device": device_id, "parts": results}, ensure_ascii=False, indent=2))
    else:
        tested_page(context.printer, results)
    if any(view["result"] in ("failed", "silent") for view in results):
        raise SystemExit(EXIT_NO)


def tested_page(p: Printer, results: list[dict[str, Any]]) -> None:
    p.table(
        "cli.parts",
        [
            ("cli.part", lambda view: _name(p, view["part"])),
            ("cli.result", lambda view: Text(p.say("cli.tested." + view["result"]), COLOURS[view["result"]])),
            ("cli.detail", lambda view: view["said"]),
        ],
        results,
    )


def _name(p: Printer, part: str) -> str:
    return p.say("part." + part) if "part." + part in WORDS else part


def _progress(p: Printer, as_json: bool) -> Progress:
    """On the terminal of whoever waits; scripts see nothing of it."""
    console = Console(stderr=True)
    columns = (TextColumn(p.say("cli.testing") + " {task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal)
