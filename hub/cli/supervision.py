"""The commands that look after one device: its log, and which of all it is."""

from typing import Any

import click
from rich.text import Text

from hub.cli.context import Context, json_option, with_context
from hub.cli.tables import Printer, clock


@click.command("logs")
@click.argument("device_id", metavar="DEVICE")
@json_option
@with_context
def logs(context: Context, device_id: str, as_json: bool) -> None:
    """The last lines that a device noted of itself, asked for now. It keeps them in memory, until it restarts."""
    context.show(as_json, context.client().get("devices", device_id, "log"), log_page)


@click.command("locate")
@click.argument("device_id", metavar="DEVICE")
@click.option("--seconds", type=click.IntRange(1, 600), default=30, show_default=True, help="How long.")
@json_option
@with_context
def locate(context: Context, device_id: str, seconds: int, as_json: bool) -> None:
    """Let a device show by its light, its screen or a tone where it is in the hall."""
    answer = context.client().post("devices", device_id, "locate", body={"seconds": seconds})
    context.show(as_json, answer, located)


def log_page(p: Printer, view: dict[str, Any]) -> None:
    p.table(
        "cli.log",
        [("cli.time", lambda line: clock(line["at_ms"])), ("cli.detail", lambda line: line["text"])],
        view["lines"],
    )
    if not view["is_complete"]:
        p.warn(p.say("cli.log.partial"))


def located(p: Printer, view: dict[str, Any]) -> None:
    if view["is_shown"]:
        p.console.print(p.say("cli.locate.shown", id=view["device"], seconds=view["seconds"]))
    else:
        p.console.print(Text(p.say("cli.locate.nothing", id=view["device"]), "yellow"))
