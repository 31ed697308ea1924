"""Sheets: a report as CSV and as an Excel workbook. What begins like a formula is text, and stays text."""

import csv
import io
from typing import Any

from firmware.words import words
from hub.reports.columns import COLUMNS, Cell, View, body, head, heading

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet works out a cell that begins so: https://owasp.org/www-community/attacks/CSV_Injection."""

Table = tuple[list[str], list[list[Cell]]]


def plain(value: Cell) -> Cell:
    """Text that a spreadsheet will not take for a formula. Numbers are no text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def to_csv(view: View, language: str) -> bytes:
    """One table. UTF-8 with the mark at the start by which Excel knows it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([plain(name) for name in head(view, COLUMNS, language)])
    writer.writerows([plain(value) for value in line] for line in body(view, COLUMNS, language))
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(view: View, language: str) -> bytes:
    """A workbook: the table, the hours, the days, the alarms."""
    import xlsxwriter

    out = io.BytesIO()
    # Strings are strings, whatever they begin with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, (titles, lines) in tables(view, language).items():
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, heading(view, language), book.add_format({"bold": True, "font_size": 14}))
            sheet.write_row(2, 0, titles, bold)
            sheet.set_column(0, 0, 24)
            sheet.freeze_panes(3, 1)
            for at, line in enumerate(lines):
                _write(sheet, at + 3, line)
    return out.getvalue()


def _write(sheet: Any, row: int, line: list[Cell]) -> None:
    for column, value in enumerate(line):
        if isinstance(value, str):
            sheet.write_string(row, column, plain(value))
        elif value is not None:
            sheet.write_number(row, column, value)


def tables(view: View, language: str) -> dict[str, Table]:
    """The sheets of a workbook by their names."""

    def say(key: str) -> str:
        return words(key, language)

    found = {
        say("report.sheet.table"): (head(view, COLUMNS, language), body(view, COLUMNS, language)),
        say("report.sheet.hours"): (
            [say("report.hour"), say("report.taken"), say("report.wait.mean")],
            [[f"{hour['hour']}:00", hour["taken"], _minutes(hour["wait_mean_s"])] for hour in view["hours"]],
        ),
        say("report.sheet.days"): (
            [say("report.day"), *(say(column.key) for column in COLUMNS)],
            [[day["day"], *(column.of(day) for column in COLUMNS)] for day in view["days"]],
        ),
        say("report.sheet.alarms"): (
            [
                say("report.device"),
                say("report.place"),
                say("report.raised"),
                say("report.tampered"),
                say("report.answered.mean"),
                say("report.answered.p90"),
            ],
            [_alarm(alarm) for alarm in view["alarms"]],
        ),
    }
    return {name: (titles, lines) for name, (titles, lines) in found.items()}


def _alarm(alarm: View) -> list[Cell]:
    answered = alarm["answered"]
    times = [_minutes(answered["mean_s"]), _minutes(answered["p90_s"])]
    return [alarm["device"], alarm["place"], alarm["raised"], alarm["tampered"], *times]


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)
