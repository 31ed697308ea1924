"""The commands about the city platform: how far it is, mending what it would not have, reconciling days."""

import json
from typing import Any

import click
from rich.text import Text

from hub.cli import pages
from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_NO, CliError
from hub.cli.tables import Printer, View, clock


@click.group("platform")
def platform() -> None:
    """The city platform."""


@platform.command("status")
@json_option
@with_context
def status(context: Context, as_json: bool) -> None:
    """How far the platform has been told, and what stands in the way."""
    context.show(as_json, context.client().get("platform"), pages.platform)


@platform.command("asides")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, help="At most so many.")
@json_option
@with_context
def asides(context: Context, limit: int, as_json: bool) -> None:
    """Records that the platform would not have, and those that wait behind them."""
    context.show(as_json, context.client().get("platform", "asides", limit=limit), asides_page)


@platform.command("mend")
@click.argument("record")
@click.argument("facts", nargs=-1, required=True, metavar="FACT=VALUE…")
@json_option
@with_context
def mend(context: Context, record: str, facts: tuple[str, ...], as_json: bool) -> None:
    """Put other facts into a RECORD that is set aside. It goes out with `platform resend`."""
    answer = context.client().post("platform", "asides", record, "mend", body={"facts": dict(map(_fact, facts))})
    context.show(as_json, [answer], asides_page)


@platform.command("resend")
@click.argument("subject", default="")
@json_option
@with_context
def resend(context: Context, subject: str, as_json: bool) -> None:
    """Send again all that is set aside, or what is of one SUBJECT, such as ticket:20261122-H001."""
    answer = context.client().post("platform", "resend", body={"subject": subject})
    context.show(as_json, answer, lambda p, view: p.console.print(p.say("cli.platform.resent", **view)))


@platform.command("receipts")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, help="At most so many, the newest first.")
@json_option
@with_context
def receipts(context: Context, limit: int, as_json: bool) -> None:
    """What the platform has acknowledged."""
    context.show(as_json, context.client().get("platform", "receipts", limit=limit), receipts_page)


@platform.command("services")
@json_option
@with_context
def services(context: Context, as_json: bool) -> None:
    """The services that the platform knows and ours, side by side; what differs comes first."""
    context.show(as_json, context.client(timeout_s=60).get("platform", "services"), services_page)


@platform.command("reconcile")
@click.argument("day")
@click.option("--no-repair", is_flag=True, help="Only compare; send nothing again.")
@json_option
@with_context
def reconcile(context: Context, day: str, no_repair: bool, as_json: bool) -> None:
    """Compare a DAY (2026-11-22) with the platform: counts and hashes, then what differs; repair it."""
    client = context.client(timeout_s=300)
    answer = client.post("platform", "reconcile", body={"day": day, "repair": not no_repair})
    context.show(as_json, answer, day_page)


@platform.command("reconciled")
@json_option
@with_context
def reconciled(context: Context, as_json: bool) -> None:
    """The days that were reconciled; the hub does it every night by itself."""
    context.show(as_json, context.client().get("platform", "reconciliations"), days_page)


def _fact(text: str) -> tuple[str, str | int]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CliError(EXIT_NO, f"{text}: write FACT=VALUE, such as number=H001")
    return name, int(value) if value.isdigit() else value


def asides_page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.platform.asides",
        [
            ("cli.id", lambda view: view["id"]),
            ("cli.platform.subject", lambda view: view["subject"]),
            ("cli.platform.type", lambda view: view["record"]["type"]),
            ("cli.platform.facts", lambda view: json.dumps(view["record"]["facts"], ensure_ascii=False)),
            ("cli.reason", lambda view: _reason(p, view["reason"])),
        ],
        views,
    )


def receipts_page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.platform.receipts",
        [
            ("cli.time", lambda view: clock(view["at_ms"])),
            ("cli.platform.receipt", lambda view: view["receipt"]),
            ("cli.count", lambda view: str(view["records"])),
            ("cli.platform.first", lambda view: view["first_id"]),
            ("cli.platform.last", lambda view: view["last_id"]),
        ],
        views,
    )


def services_page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.platform.services",
        [
            ("cli.id", lambda view: view["id"]),
            ("cli.platform.ours", lambda view: view["name"]),
            ("cli.platform.theirs", lambda view: view["their_name"]),
            ("cli.platform.code", lambda view: view["code"]),
            ("cli.platform.what", lambda view: _what(p, view["what"])),
        ],
        views,
    )


def day_page(p: Printer, view: View) -> None:
    p.table(
        "cli.platform.compared",
        [
            ("cli.platform.type", lambda row: row["type"]),
            ("cli.platform.ours", lambda row: str(row["ours"])),
            ("cli.platform.theirs", lambda row: str(row["theirs"])),
            ("cli.platform.equal", lambda row: _equal(p, row["is_equal"])),
        ],
        view["types"],
    )
    if view["differences"]:
        p.table(
            "cli.platform.differences",
            [
                ("cli.platform.type", lambda row: row["type"]),
                ("cli.id", lambda row: row["id"]),
                ("cli.platform.what", lambda row: p.say("cli.platform." + row["what"])),
            ],
            view["differences"],
        )
    p.console.print(p.say("cli.platform.day", **_sums(view)))


def days_page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.platform.days",
        [
            ("cli.platform.date", lambda view: view["day"]),
            ("cli.platform.ours", lambda view: str(_sums(view)["ours"])),
            ("cli.platform.theirs", lambda view: str(_sums(view)["theirs"])),
            ("cli.platform.differences", lambda view: str(_sums(view)["differences"] or "")),
            ("cli.platform.repaired", lambda view: str(view["repaired"] or "")),
            ("cli.platform.set_aside", lambda view: str(view["set_aside"] or "")),
        ],
        views,
    )


def _sums(view: View) -> dict[str, Any]:
    return {
        "day": view["day"],
        "ours": sum(row["ours"] for row in view["types"]),
        "theirs": sum(row["theirs"] for row in view["types"]),
        "differences": len(view["differences"]),
        "repaired": view["repaired"],
        "set_aside": view["set_aside"],
    }


def _equal(p: Printer, is_equal: bool) -> Text:
    return Text(p.say("cli.yes" if is_equal else "cli.no"), "green" if is_equal else "bold red")


def _what(p: Printer, what: str) -> Text:
    words = p.say("cli.platform.service." + what)
    return Text(words, "green" if what == "same" else "yellow" if what == "renamed" else "bold red")


def _reason(p: Printer, reason: str) -> Text:
    return Text(p.say("cli.platform.behind"), "dim") if reason == "behind" else Text(reason, "red")
