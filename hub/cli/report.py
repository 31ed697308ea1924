"""The commands of the reports: a day or a month in figures, as a table, or written into a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from hub.cli.context import Context, json_option, with_context
from hub.cli.errors import EXIT_SETUP, CliError
from hub.cli.tables import Printer, View, safe

TIMEOUT_S = 120  # after an update the figures of all days are worked out again
FILE = click.Path(path_type=Path, dir_okay=False)
Command = Callable[..., Any]


@click.group("report")
def report() -> None:
    """What a day or a month was like: tickets, waiting, serving, ratings, appointments, alarms."""


def _options(command: Command) -> Command:
    for option in (
        json_option,
        click.option("--pdf", type=FILE, help="Write a PDF with charts."),
        click.option("--xlsx", type=FILE, help="Write an Excel workbook."),
        click.option("--csv", type=FILE, help="Write CSV that Excel opens."),
        click.option(
            "--by",
            type=click.Choice(["service", "window", "staff", "hall"]),
            default="service",
            show_default=True,
            help="One line for each.",
        ),
    ):
        command = option(command)
    return command


@report.command("day")
@click.argument("date", default="")
@_options
@with_context
def day(context: Context, date: str, **options: Any) -> None:
    """One day: DATE as 2026-11-22; today without."""
    _report(context, "day", date, **options)


@report.command("month")
@click.argument("date", default="")
@_options
@with_context
def month(context: Context, date: str, **options: Any) -> None:
    """One month: DATE as 2026-11; the present one without."""
    _report(context, "month", date, **options)


def _report(
    context: Context,
    span: str,
    when: str,
    by: str,
    csv: Path | None,
    xlsx: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    path = ("reports", span, when) if when else ("reports", span)
    view = context.client(TIMEOUT_S).get(*path, by=by)
    language = context.printer.language
    if csv or xlsx or pdf:
        from hub.reports.sheets import to_csv, to_xlsx

        if csv:
            _write(context, csv, to_csv(view, language))
        if xlsx:
            _write(context, xlsx, to_xlsx(view, language))
        if pdf:
            from hub.reports.paper import to_pdf

            _write(context, pdf, to_pdf(view, language))
        return
    context.show(as_json, view, report_page)


def _write(context: Context, file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as fault:
        raise CliError(EXIT_SETUP, f"{file}: {fault.strerror}") from None
    context.printer.console.print(context.printer.say("report.written", file=file))


def report_page(p: Printer, view: View) -> None:
    """The columns for which a terminal has room; files have them all."""
    from hub.reports.columns import SHORT, body, head, heading, text_of

    table = Table(title=safe(Text(heading(view, p.language))), title_justify="left", header_style="bold")
    for at, title in enumerate(head(view, SHORT, p.language)):
        lines_of_title = title.replace("（", "\n（").replace(" (", "\n(")  # the unit below
        table.add_column(lines_of_title, justify="right" if at else "left", overflow="fold", no_wrap=not at)
    lines = body(view, SHORT, p.language)
    for line in lines:
        texts = [text_of(value, column.form) for value, column in zip(line[1:], SHORT, strict=True)]
        table.add_row(safe(str(line[0])), *texts, end_section=line is lines[-2:][0])
    p.console.print(table)
    if view["busiest"]:
        hours = " ".join(f"{hour}:00–{hour + 1}:00" for hour in view["busiest"])
        p.console.print(p.say("report.busiest", hours=hours))
