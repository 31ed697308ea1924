"""The commands of the queue: rules of whose turn it is, tried and switched on; appointments; clearing."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.text import Text

from firmware.wire.messages.queue import PRIORITIES
from hub.cli import pages
from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_NO, EXIT_SETUP, CliError
from hub.cli.tables import Printer, View, clock, duration

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)
PER_CALL = 50  # appointments, so that each call stays within the API's bound


@click.group("policy")
def policy() -> None:
    """Whose turn it is: the rules by which windows call."""


@policy.command("show")
@json_option
@with_context
def policy_show(context: Context, as_json: bool) -> None:
    """The rules that hold now, as a policy file."""
    context.show(as_json, context.client().get("policy"), lambda p, view: p.console.out(view["text"], end=""))


@policy.command("try")
@click.argument("file", type=EXISTING)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day to live through again.")
@json_option
@with_context
def policy_try(context: Context, file: Path, day: datetime, as_json: bool) -> None:
    """Live a day again under the rules in FILE: who would have waited how long? Changes nothing."""
    _, rows = _trial(context, file, day.date())
    context.show(as_json, [msgspec.to_builtins(row) for row in rows], trial_page)


@policy.command("use")
@click.argument("file", type=EXISTING)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to try them on; else the newest whole one.")
@click.option("--untried", is_flag=True, help="Without trying them on a recorded day.")
@json_option
@with_context
def policy_use(context: Context, file: Path, day: datetime | None, untried: bool, as_json: bool) -> None:
    """Try the rules in FILE on a recorded day, show what that would have been, and let windows call by them."""
    body: dict[str, Any] = {"text": file.read_text(encoding="utf-8")}
    rows: list[View] = []
    if not untried:
        tried, found = _trial(context, file, day.date() if day else None)
        rows = [msgspec.to_builtins(row) for row in found]
        body["tried"] = tried.isoformat()
    answer = {**context.client().put("policy", body=body), "tried": body.get("tried", ""), "trial": rows}
    context.show(as_json, answer, _used)


def _used(p: Printer, view: View) -> None:
    if view["trial"]:
        p.console.print(p.say("cli.policy.tried", day=view["tried"]))
        trial_page(p, view["trial"])
    p.console.print(p.say("cli.policy.used", count=len(view["rules"])))


def _trial(context: Context, file: Path, day: date | None) -> tuple[date, list[Any]]:
    """The day, the newest when none is given, and the trial's rows.

    Reads the journal's file itself: a day takes seconds of thinking, which the hub has not to spare.
    """
    from hub import config, policy_file
    from hub.journal import Journal, JournalError
    from hub.roster import Roster
    from hub.site_file import SiteError
    from hub.sites import find
    from hub.trial.compare import compare
    from hub.trial.reading import newest_day, read_day

    folder = context.folder
    if not (folder / "journal.db").exists():
        raise CliError(EXIT_SETUP, context.printer.say("cli.policy.no_journal", folder=folder))
    try:
        plan = Roster(folder, find(config.load(folder).site)).checked().plan
        new = policy_file.read(plan, file.read_text(encoding="utf-8"))
        journal = Journal(f"sqlite:///{(folder / 'journal.db').resolve()}")
        journal.open()
        try:
            today = datetime.now(timezone(timedelta(minutes=plan.settings.utc_offset_min))).date()
            day = day or newest_day(journal, plan, today)
            if day is None:
                raise CliError(EXIT_NO, context.printer.say("cli.policy.nothing_recorded"))
            found = read_day(journal, plan, day)
        finally:
            journal.close()
    except (SiteError, config.ConfigError, JournalError, ValueError) as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    if not found.visitors:
        raise CliError(EXIT_NO, context.printer.say("cli.policy.empty_day", day=day.isoformat()))
    return day, compare(plan, found, new)


def trial_page(p: Printer, rows: list[View]) -> None:
    """Minutes until called: half of the people waited at most p50, nine of ten at most p90."""

    def waits(name: str) -> Any:
        return lambda row: "–" if row[name] is None else f"{row[name][0]:g} / {row[name][1]:g}"

    p.table(
        "cli.policy.trial",
        [
            ("cli.service", lambda row: row["service"] or p.say("cli.policy.all")),
            ("cli.policy.kind", lambda row: p.say(f"cli.policy.kind.{row['kind']}")),
            ("cli.count", lambda row: str(row["tickets"])),
            ("cli.policy.recorded", waits("recorded")),
            ("cli.policy.old", waits("old")),
            ("cli.policy.new", _better(waits("new"))),
        ],
        rows,
    )


def _better(waits: Any) -> Any:
    """Green where nine of ten waited less than under the old rules, red where more."""

    def shown(row: View) -> Text:
        if row["new"] is None or row["old"] is None or row["new"][1] == row["old"][1]:
            return Text(waits(row))
        return Text(waits(row), "green" if row["new"][1] < row["old"][1] else "red")

    return shown


@click.group("appointments")
def appointments() -> None:
    """Who is expected."""


@appointments.command("list")
@click.option("--service", default="", help="Only of this service.")
@click.option("--state", default="", help="booked, checked_in, cancelled or missed.")
@json_option
@with_context
def appointments_list(context: Context, service: str, state: str, as_json: bool) -> None:
    """Appointments of today and later; names are masked."""
    context.show(as_json, context.client().get("appointments", service=service, state=state), appointments_page)


@appointments.command("import")
@click.argument("file", type=EXISTING)
@json_option
@with_context
def appointments_import(context: Context, file: Path, as_json: bool) -> None:
    """Book what a CSV FILE lists: appointment, service, starts, ends, and of name, card, phone, code what is known.

    The first line names the columns, in these words or as 预约号, 业务, 开始时间, 结束时间, 姓名, 身份证号, 手机号,
    预约码.
    """
    from hub.booking import MAX_BYTES, read_csv
    from hub.csv_table import CsvFault, decoded

    try:
        rows = read_csv(decoded(file.read_bytes(), MAX_BYTES))
    except CsvFault as fault:
        raise CliError(EXIT_SETUP, fault.at(str(file), context.printer.language)) from None
    client = context.client()
    done: dict[str, Any] = {"booked": 0, "refused": []}
    for first in range(0, len(rows), PER_CALL):
        part = [msgspec.to_builtins(row) for row in rows[first : first + PER_CALL]]
        answer = client.post("appointments", body={"rows": part})
        done["booked"] += answer["booked"]
        done["refused"] += answer["refused"]
    context.show(as_json, done, _imported)
    if done["refused"]:
        raise SystemExit(EXIT_NO)


def _imported(p: Printer, view: View) -> None:
    p.console.print(p.say("cli.appointments.booked", count=view["booked"]))
    for row in view["refused"]:
        p.warn(f"{row['appointment']}: {row['why']}")


@appointments.command("cancel")
@click.argument("appointment")
@json_option
@with_context
def appointments_cancel(context: Context, appointment: str, as_json: bool) -> None:
    """Cancel an appointment that is not checked in."""
    answer = context.client().post("appointments", appointment, "cancel")
    context.show(as_json, answer, pages.done)


def appointments_page(p: Printer, rows: list[View]) -> None:
    p.table(
        "cli.appointments",
        [
            ("cli.id", lambda row: row["id"]),
            ("cli.time", lambda row: f"{clock(row['starts_at_ms'])}–{clock(row['ends_at_ms'])}"),
            ("cli.service", lambda row: row["service_name"]),
            ("cli.who", lambda row: row["shown"]),
            ("cli.state", lambda row: p.state("appointment.state", row["state"])),
        ],
        rows,
    )


@click.command("periods")
@click.argument("number")
@json_option
@with_context
def periods(context: Context, number: str, as_json: bool) -> None:
    """How long a ticket of today waited, was called, served and held, and where."""
    context.show(as_json, context.client().get("tickets", number, "periods"), periods_page)


def periods_page(p: Printer, rows: list[View]) -> None:
    p.table(
        "cli.periods",
        [
            ("cli.time", lambda row: clock(row["began_at_ms"])),
            ("cli.state", lambda row: p.state("ticket.state", row["state"])),
            ("cli.window", lambda row: row["window"]),
            ("cli.service", lambda row: row["service"]),
            ("cli.lasted", lambda row: _lasted(row)),
        ],
        rows,
    )


def _lasted(row: View) -> str:
    ended_at_ms = row["ended_at_ms"]
    return duration((ended_at_ms - row["began_at_ms"]) // 1000) if ended_at_ms else "…"


@click.command("priority")
@click.argument("number")
@click.argument("kind", type=click.Choice(PRIORITIES))
@click.option("--reason", required=True, help="Why, in words without names. It is kept.")
@json_option
@with_context
def priority(context: Context, number: str, kind: str, reason: str, as_json: bool) -> None:
    """Give a waiting ticket NUMBER the green lane as KIND, or take it away: none."""
    answer = context.client().post("tickets", number, "priority", body={"priority": kind, "reason": reason})
    context.show(as_json, answer, pages.done)


@click.command("clear")
@click.argument("hall", default="")
@click.confirmation_option(prompt="Send home all who wait?", help="Do not ask.")
@json_option
@with_context
def clear(context: Context, hall: str, as_json: bool) -> None:
    """Send home all who wait, in one HALL or everywhere. Who is being served is finished."""
    answer = context.client().post("queue", "clear", body={"hall": hall})
    context.show(as_json, answer, lambda p, view: p.console.print(p.say("cli.cleared", count=view["expired"])))


@click.command("signout")
@click.argument("window")
@json_option
@with_context
def signout(context: Context, window: str, as_json: bool) -> None:
    """Sign out whoever is signed in at a WINDOW and has left."""
    context.show(as_json, context.client().post("windows", window, "sign_out"), pages.done)
