"""The commands about punch clocks: which there are, which one is which, who came and went."""

import click
from rich.text import Text

from hub.cli.context import Context, json_option, with_context
from hub.cli.tables import Printer, View, clock

RIGHT_MS = 30_000  # a clock that is further off should be set


@click.group("attendance")
def attendance() -> None:
    """Attendance terminals and punches."""


@attendance.command("list")
@json_option
@with_context
def terminals(context: Context, as_json: bool) -> None:
    """The terminals of the site, and unknown ones that knock."""
    context.show(as_json, context.client().get("attendance"), terminals_page)


@attendance.command("punches")
@click.option("--limit", type=click.IntRange(1, 2_000), default=50, help="At most so many, the newest last.")
@json_option
@with_context
def punches(context: Context, limit: int, as_json: bool) -> None:
    """Who came and went."""
    context.show(as_json, context.client().get("attendance", "punches", limit=limit), punches_page)


@attendance.command("enrol")
@click.argument("terminal")
@click.argument("serial")
@json_option
@with_context
def enrol(context: Context, terminal: str, serial: str, as_json: bool) -> None:
    """The device with this SERIAL number is TERMINAL of the site from now on."""
    answer = context.client().post("attendance", terminal, "enrol", body={"serial": serial})
    context.show(as_json, answer, lambda p, view: p.console.print(p.say("cli.attendance.enrolled", **view)))


def terminals_page(p: Printer, view: View) -> None:
    p.table(
        "cli.attendance.terminals",
        [
            ("cli.id", lambda row: row["id"]),
            ("cli.hall", lambda row: row["hall"]),
            ("cli.place", lambda row: row["place"]),
            ("cli.attendance.serial", lambda row: row["serial"]),
            ("cli.heard", lambda row: clock(row["heard_ms"])),
            ("cli.attendance.drift", lambda row: drift(row["drift_ms"])),
        ],
        view["terminals"],
    )
    if view["unknown"]:
        p.table(
            "cli.attendance.unknown",
            [
                ("cli.attendance.serial", lambda row: row["serial"]),
                ("cli.address", lambda row: row["address"]),
                ("cli.time", lambda row: clock(row["at_ms"])),
            ],
            view["unknown"],
        )
        p.console.print(p.say("cli.attendance.how"))


def punches_page(p: Printer, views: list[View]) -> None:
    p.table(
        "cli.attendance.punches",
        [
            ("cli.time", lambda row: clock(row["punched_at_ms"])),
            ("cli.attendance.badge", lambda row: row["badge"]),
            ("cli.attendance.state", lambda row: p.say(f"attendance.{min(row['state'], 6)}")),
            ("cli.attendance.terminal", lambda row: row["terminal"]),
            ("cli.attendance.drift", lambda row: drift(row["drift_ms"])),
        ],
        views,
    )


def drift(drift_ms: int | None) -> Text:
    """How far a clock is ahead, in seconds; nothing when it is not known."""
    if drift_ms is None:
        return Text("")
    return Text(f"{drift_ms / 1000:+.0f} s", "green" if abs(drift_ms) <= RIGHT_MS else "bold red")
