"""The commands about what amplifiers say: what became of it, and taking it back."""

import click
from rich.text import Text

from hub.cli import pages
from hub.cli.context import Context, json_option, with_context
from hub.cli.tables import Printer, View, clock

COLOURS = {
    "done": "green",
    "waiting": "yellow",
    "withdrawing": "yellow",
    "withdrawn": "dim",
    "failed": "bold red",
    "unanswered": "bold red",
}


@click.group(invoke_without_command=True)
@click.option(
    "--minutes", type=click.IntRange(1, 1440), default=30, show_default=True, help="Of so many minutes until now."
)
@json_option
@with_context
def speech(context: Context, minutes: int, as_json: bool) -> None:
    """What was to be announced, and what became of it: heard, too late, or withdrawn and why."""
    if click.get_current_context().invoked_subcommand is None:
        context.show(as_json, context.client().get("announcements", minutes=minutes), page)


@speech.command("withdraw")
@click.argument("announcement")
@json_option
@with_context
def withdraw(context: Context, announcement: str, as_json: bool) -> None:
    """Take ANNOUNCEMENT back, by its id as `hallhub speech` shows it. A sentence that has begun is ended."""
    context.show(as_json, context.client().post("announcements", announcement, "withdraw"), pages.done)


def page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.speech",
        [
            ("cli.id", lambda one: one["act"]),
            ("cli.time", lambda one: clock(one["at_ms"])),
            ("cli.speech.channel", lambda one: one["channel"]),
            ("cli.priority", lambda one: p.say(f"speech.priority.{one['priority']}")),
            ("cli.words", lambda one: one["text"]),
            ("cli.speech.became", lambda one: _became(p, one)),
            ("cli.speech.ended", lambda one: clock(one["ended_at_ms"])),
            ("cli.speech.because", lambda one: p.say(f"speech.because.{one['because']}") if one["because"] else ""),
        ],
        views,
    )


def _became(p: Printer, one: View) -> Text:
    became = one["became"]
    if became == "waiting" and one["because"]:
        became = "withdrawing"  # its amplifier has not answered yet
    return Text(p.say(f"act.result.{became}"), COLOURS.get(became, ""))
