"""The commands of the audit log: look, check, export, let go of what is old. They read the folder; no hub need run."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.text import Text

from hub.audit import Audit, AuditFault, of_shell
from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_NO, EXIT_SETUP, CliError
from hub.cli.tables import Printer, View, clock

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M"])


@click.group("audit")
def audit() -> None:
    """Who did what: the audit log, chained so that nothing of it can go unseen."""


@audit.command("list")
@click.option("--who", default="", help="Only by this one: admin, a system user, a device, user@machine.")
@click.option("--what", default="", help="Only acts with this in their name, such as devices or vault.")
@click.option("--since", type=DAY, help="Only from this day or moment on.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many, the newest."
)
@json_option
@with_context
def audit_list(context: Context, who: str, what: str, since: datetime | None, limit: int, as_json: bool) -> None:
    """What was done, oldest first. Clerks' acts at windows are in the journal; `audit export` joins both."""
    since_ms = int(since.timestamp() * 1000) if since else 0
    with _opened(context) as log:
        found = [msgspec.to_builtins(row) for row in log.find(who, what, since_ms, limit)]
    context.show(as_json, found, audit_page)


@audit.command("verify")
@click.option(
    "--against", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="An export kept elsewhere."
)
@json_option
@with_context
def audit_verify(context: Context, against: Path | None, as_json: bool) -> None:
    """Are log and journal whole? Else says what does not fit. With --against also whether the log was put back."""
    from hub.audit.verify import complaints

    with _opened(context) as log:
        try:
            found = complaints(log, against) + _of_journal(context, log)
        except (msgspec.MsgspecError, OSError) as fault:
            raise CliError(EXIT_SETUP, f"{against}: {fault}") from None
        head = log.head()
    view = {"complaints": found, "rows": head.number if head else 0, "hash": head.hash if head else ""}
    context.show(as_json, view, _verified)
    if found:
        raise SystemExit(EXIT_NO)


@audit.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--no-journal", is_flag=True, help="Without the journal's entries: only the audit log.")
@with_context
def audit_export(context: Context, file: Path, no_journal: bool) -> None:
    """Write the log and the journal's entries to FILE, one JSON object a line, with the chain."""
    from hub.audit.export import lines
    from hub.journal import Journal, JournalError

    count = 0
    journal = None if no_journal else Journal(f"sqlite:///{(context.folder / 'journal.db').resolve()}")
    with _opened(context) as log:
        log.append(of_shell("audit/export", asked=json.dumps({"file": file.name}, ensure_ascii=False)))
        try:
            if journal is not None:
                journal.open()
            file.touch(mode=0o600)
            with file.open("wb") as out:
                for line in lines(log, journal):
                    out.write(line + b"\n")
                    count += 1
        except (OSError, JournalError) as fault:
            raise CliError(EXIT_SETUP, f"{file}: {fault}") from None
        finally:
            if journal is not None:
                journal.close()
    context.printer.console.print(context.printer.say("cli.audit.exported", count=count - 1, file=file))


@audit.command("purge")
@click.option("--before", type=DAY, required=True, help="Rows older than this; at least 183 days ago.")
@with_context
def audit_purge(context: Context, before: datetime) -> None:
    """Let go of old rows. Export them first; where they ended stays known, so that the rest can be verified."""
    deed = of_shell("audit/purge", asked=json.dumps({"before": before.isoformat(" ", "minutes")}))
    with _opened(context) as log:
        try:
            count = log.purge(int(before.timestamp() * 1000), deed)
        except AuditFault as fault:
            log.append(msgspec.structs.replace(deed, outcome="refused"))
            raise CliError(EXIT_NO, str(fault)) from None
    context.printer.console.print(context.printer.say("cli.audit.purged", count=count))


@contextmanager
def _opened(context: Context) -> Iterator[Audit]:
    """The folder's log; never makes one."""
    from hub.audit.log import DATABASE

    if not (context.folder / DATABASE).exists():
        raise CliError(EXIT_SETUP, context.printer.say("cli.audit.none", folder=context.folder))
    try:
        with closing(Audit(context.folder)) as log:
            yield log
    except AuditFault as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None


def _of_journal(context: Context, log: Audit) -> list[str]:
    """Which sealed spans of the journal are not as they were."""
    from hub.audit.journal_seals import complaints
    from hub.journal import Journal, JournalError

    path = context.folder / "journal.db"
    if not path.exists():
        return []
    journal = Journal(f"sqlite:///{path.resolve()}")
    try:
        journal.open()
        return list(complaints(log, journal, int(time.time() * 1000)))
    except JournalError as fault:
        raise CliError(EXIT_SETUP, str(fault)) from None
    finally:
        journal.close()


def _verified(p: Printer, view: dict[str, Any]) -> None:
    if not view["complaints"]:
        p.console.print(Text(p.say("cli.audit.whole", count=view["rows"], hash=view["hash"][:16]), "green"))
    for line in view["complaints"]:
        p.warn(line)


def _change(row: View) -> str:
    return f"{row['before']} → {row['after']}" if row["before"] or row["after"] else ""


def audit_page(p: Printer, rows: list[View]) -> None:
    p.table(
        "cli.audit",
        [
            ("cli.number", lambda row: str(row["number"])),
            ("cli.time", lambda row: clock(row["at_ms"])),
            ("cli.audit.who", lambda row: row["who"]),
            ("cli.audit.from", lambda row: " ".join(filter(None, (row["told"], row["address"])))),
            ("cli.audit.what", lambda row: row["what"]),
            ("cli.audit.asked", lambda row: row["asked"]),
            ("cli.audit.outcome", lambda row: Text(row["outcome"], "" if row["outcome"] == "done" else "yellow")),
            (
                "cli.audit.change",
                lambda row: f"{row['before']} → {row['after']}" if row["before"] or row["after"] else "",
            ),
        ],
        rows,
    )
