"""The commands of cases: poor ratings on their way to be made good; and what visitors thought. Nothing here rates."""

import getpass
import re
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from hub.cli.context import Context, json_option, with_context
from hub.cli.tables import Printer, View, clock

DAY = click.DateTime(["%Y-%m-%d"])


def _me() -> str:
    """The system user, as an id of a person."""
    return re.sub(r"[^a-z0-9-]", "-", getpass.getuser().lower())[:32]


def _doing(command: Any) -> Any:
    """What every step takes: who does it, and a note."""
    command = json_option(command)
    command = click.option("--note", default="", help="A note without names; kept enciphered.")(command)
    return click.option("--by", default=_me, help="Who does it; default: the system user.")(command)


@click.group("cases")
def cases() -> None:
    """Poor ratings: screened, assigned, called back about, mended, replied to, reviewed."""


@cases.command("list")
@click.option("--state", default="", help="Only this state, such as received.")
@click.option("--overdue", is_flag=True, help="Only those whose reply was due.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="At most so many.")
@json_option
@with_context
def cases_list(context: Context, state: str, overdue: bool, limit: int, as_json: bool) -> None:
    """Open cases, and the newest closed ones."""
    found = context.client().get("cases", state=state, overdue=overdue, limit=limit)
    context.show(as_json, found, cases_page)


@cases.command("show")
@click.argument("case")
@click.option("--words", is_flag=True, help="Also what was written; that you read it is in the audit log.")
@json_option
@with_context
def cases_show(context: Context, case: str, words: bool, as_json: bool) -> None:
    """One CASE and what was done about it."""
    view = context.client().get("cases", case)
    if words:
        view["written"] = context.client().post("cases", case, "words")
    context.show(as_json, view, case_page)


@cases.command("screen")
@click.argument("case")
@click.argument("verdict", type=click.Choice(["valid", "mistaken", "malicious"]))
@_doing
@with_context
def cases_screen(context: Context, case: str, verdict: str, by: str, note: str, as_json: bool) -> None:
    """Is the rating valid, or made by mistake or in malice? Only a valid one goes on."""
    _do(context, case, "accept" if verdict == "valid" else verdict, by, note, as_json)


@cases.command("assign")
@click.argument("case")
@click.argument("person")
@_doing
@with_context
def cases_assign(context: Context, case: str, person: str, by: str, note: str, as_json: bool) -> None:
    """Hand a CASE to the PERSON or department that rendered the service."""
    _do(context, case, "assign", by, note, as_json, to=person)


@cases.command("contact")
@click.argument("case")
@click.option("--in-vain", is_flag=True, help="Nobody answered; after three times nobody need be reached.")
@click.option("--reason", "reasons", type=int, multiple=True, help="Code of what was the matter, such as 214. Repeat.")
@_doing
@with_context
def cases_contact(
    context: Context, case: str, in_vain: bool, reasons: tuple[int, ...], by: str, note: str, as_json: bool
) -> None:
    """The visitor was called back. A rating by a key says no reason: ask, give --reason, or say in --note why not."""
    _do(context, case, "miss" if in_vain else "contact", by, note, as_json, reasons=reasons)


@cases.command("appeal")
@click.argument("case")
@click.option("--judge", type=click.Choice(["uphold", "overturn"]), help="Not by the one whose case it is.")
@_doing
@with_context
def cases_appeal(context: Context, case: str, judge: str | None, by: str, note: str, as_json: bool) -> None:
    """Appeal against the rating, once; or judge the appeal. An overturned rating counts nowhere."""
    _do(context, case, judge or "appeal", by, note, as_json)


def _step(act: str, says: str) -> click.Command:
    @cases.command(act, help=says)
    @click.argument("case")
    @_doing
    @with_context
    def step(context: Context, case: str, by: str, note: str, as_json: bool) -> None:
        _do(context, case, act, by, note, as_json)

    command: click.Command = step
    return command


_step("rectify", "What was wrong is being mended.")
_step("reply", "The visitor has a reply.")
_step("review", "Somebody else looked at it, and asked the visitor again.")
_step("close", "All is done.")


def _do(
    context: Context,
    case: str,
    act: str,
    by: str,
    note: str,
    as_json: bool,
    to: str = "",
    reasons: tuple[int, ...] = (),
) -> None:
    body = {"by": by, "to": to, "words": note, "reasons": reasons}
    answer = context.client().post("cases", case, act, body=body)
    context.show(as_json, answer, case_page)


def cases_page(p: Printer, rows: list[View]) -> None:
    p.table(
        "cli.cases",
        [
            ("cli.id", lambda row: row["id"]),
            ("cli.time", lambda row: clock(row["opened_at_ms"])),
            ("cli.service", lambda row: row["service_name"]),
            ("cli.window", lambda row: row["window"]),
            ("cli.cases.level", lambda row: p.say(f"satisfaction.{row['level']}")),
            ("cli.state", lambda row: p.state("case.state", row["state"])),
            ("cli.cases.assignee", lambda row: row["assignee"]),
            ("cli.cases.due", lambda row: _due(row)),
        ],
        rows,
    )


def _due(row: View) -> Text:
    is_open = not row["replied_at_ms"] and not row["closed_at_ms"]
    return Text(clock(row["deadline_ms"]) if is_open else "", "bold red" if row["is_overdue"] else "")


def case_page(p: Printer, row: View) -> None:
    p.facts(
        row["id"],
        [
            ("cli.service", row["service_name"]),
            ("cli.window", row["window"]),
            ("cli.cases.level", p.say(f"satisfaction.{row['level']}")),
            ("cli.reason", "；".join(_reason(p, code) for code in row["reasons"])),
            ("cli.state", p.state("case.state", row["state"])),
            ("cli.cases.assignee", row["assignee"]),
            ("cli.cases.due", _due(row)),
            ("cli.cases.visitor", row["visitor"]),
            ("cli.cases.words", _words(p, row.get("written", {}).get("words", ""), row["words"])),
        ],
    )
    notes = row.get("written", {}).get("notes", [])
    steps = [{**step, "text": notes[at] if at < len(notes) else ""} for at, step in enumerate(row["steps"])]
    p.table(
        "cli.cases.steps",
        [
            ("cli.time", lambda step: clock(step["at_ms"])),
            ("cli.cases.act", lambda step: p.say(f"case.act.{step['act']}")),
            ("cli.cases.by", lambda step: step["by"]),
            ("cli.cases.assignee", lambda step: step["to"]),
            ("cli.cases.words", lambda step: _words(p, step["text"], step["note"])),
        ],
        steps,
    )


def _words(p: Printer, text: str, is_kept: bool) -> str:
    return text or (p.say("cli.cases.kept") if is_kept else "")


def _reason(p: Printer, code: int) -> str:
    """Codes of before have no words any more."""
    try:
        return p.say(f"reason.{code}")
    except KeyError:
        return str(code)


@click.command("satisfaction")
@click.option("--from", "first", type=DAY, help="Default: the site's today.")
@click.option("--to", "last", type=DAY, help="Default: the same day.")
@click.option("--by", type=click.Choice(["day", "window", "service"]), default="day", show_default=True, help="Rows.")
@json_option
@with_context
def satisfaction(context: Context, first: datetime | None, last: datetime | None, by: str, as_json: bool) -> None:
    """What visitors thought, and what became of poor ratings. Invalid and default ones do not count."""
    days = {name: at.date().isoformat() for name, at in (("first", first), ("last", last)) if at is not None}
    rows = context.client(timeout_s=120).get("satisfaction", **days, by=by)
    context.show(as_json, rows, satisfaction_page)


def satisfaction_page(p: Printer, rows: list[View]) -> None:
    counts = [
        (f"cli.satisfaction.{name}", _count(name))
        for name in ("rendered", "rated", "poor", "invalid", "defaults", "overdue")
    ]
    shares = [
        (f"cli.satisfaction.{name}", _share(f"{name}_percent"))
        for name in ("satisfied", "rated_share", "called_back", "rectified")
    ]
    p.table("cli.satisfaction", [("cli.what", lambda row: row["name"]), *counts, *shares], rows)


def _count(name: str) -> Any:
    return lambda row: str(row[name] or "")


def _share(name: str) -> Any:
    name = name.replace("rated_share", "rated")
    return lambda row: "–" if row[name] is None else f"{row[name]:g} %"
