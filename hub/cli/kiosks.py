"""The command about ticket kiosks that were alone."""

import click
from rich.text import Text

from hub.cli.context import Context, json_option, with_context
from hub.cli.tables import Printer, View, clock, duration


@click.group()
def kiosks() -> None:
    """Ticket kiosks, and what they did without the hub."""


@kiosks.command("offline")
@json_option
@with_context
def kiosks_offline(context: Context, as_json: bool) -> None:
    """When kiosks gave out tickets without the hub: from when to when, how many, which numbers, how late they came.

    Numbers that a rule turned away are listed with the reason: somebody may stand there with the paper.
    """
    context.show(as_json, context.client().get("outages"), offline_page)


def offline_page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.offline",
        [
            ("cli.kiosk", lambda view: view["kiosk"]),
            ("cli.since", lambda view: clock(view["since_ms"])),
            ("cli.until", lambda view: clock(view["until_ms"])),
            ("cli.count", lambda view: str(view["taken"])),
            ("cli.late", lambda view: duration(view["late_ms"] // 1000)),
            ("cli.numbers", lambda view: spans(view["numbers"])),
        ],
        views,
    )
    p.table(
        "cli.offline.refused",
        [
            ("cli.number", lambda view: Text(view["number"], "bold red")),
            ("cli.kiosk", lambda view: view["kiosk"]),
            ("cli.reason", lambda view: p.say("refused." + view["code"])),
        ],
        [{**one, "kiosk": view["kiosk"]} for view in views for one in view["refused"]],
    )


def line(p: Printer, view: View) -> str:
    """For the status."""
    times = {"since": clock(view["since_ms"]), "until": clock(view["until_ms"])}
    return p.say("cli.offline.line", **times, **{name: view[name] for name in ("kiosk", "taken", "turned_away")})


def spans(numbers: list[str]) -> str:
    """``HA701-HA703 HB701`` for numbers in any order."""
    found: list[list[str]] = []
    for number in sorted(numbers, key=lambda one: (one.rstrip("0123456789"), len(one), one)):
        if found and _after(found[-1][-1]) == number:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return " ".join("-".join(span) for span in found)


def _after(number: str) -> str:
    prefix = number.rstrip("0123456789")
    return prefix + str(int(number[len(prefix) :]) + 1).zfill(3)
