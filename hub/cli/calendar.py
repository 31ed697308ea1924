"""The commands of the calendar: closed days and extra working days, from now on, without a restart."""

from datetime import datetime
from typing import Any

import click

from hub.cli.context import Context, json_option, with_context
from hub.cli.tables import Printer

DAYS = click.argument("days", metavar="DAY…", nargs=-1, required=True, type=click.DateTime(["%Y-%m-%d"]))


@click.group("calendar")
def calendar() -> None:
    """Days on which all is closed, and working days at a weekend."""


@calendar.command("show")
@json_option
@with_context
def calendar_show(context: Context, as_json: bool) -> None:
    """The days that hold now; * marks those changed here and not in the site file."""
    context.show(as_json, context.client().get("calendar"), _page)


@calendar.command("close")
@DAYS
@json_option
@with_context
def calendar_close(context: Context, days: tuple[datetime, ...], as_json: bool) -> None:
    """All is closed on these days, on today at once: a holiday, a typhoon."""
    _change(context, "close", days, as_json)


@calendar.command("work")
@DAYS
@json_option
@with_context
def calendar_work(context: Context, days: tuple[datetime, ...], as_json: bool) -> None:
    """These days are worked: as a working day at the weekend, or as no holiday."""
    _change(context, "work", days, as_json)


@calendar.command("clear")
@DAYS
@json_option
@with_context
def calendar_clear(context: Context, days: tuple[datetime, ...], as_json: bool) -> None:
    """These days are again what the site file says."""
    _change(context, "clear", days, as_json)


def _change(context: Context, change: str, days: tuple[datetime, ...], as_json: bool) -> None:
    answer = context.client().post("calendar", change, body={"days": [f"{day:%Y-%m-%d}" for day in days]})
    context.show(as_json, answer, _page)


def _page(p: Printer, view: dict[str, Any]) -> None:
    for name in ("holidays", "extra_days"):
        changed = view["changed"][name]
        days = [f"{day}*" if day in changed else day for day in view[name]]
        p.console.print(p.say(f"cli.calendar.{name}", days=", ".join(days) or p.say("cli.calendar.none")))
