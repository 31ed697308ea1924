"""Columns: what stands in the tables of a report, on the terminal and in files; every heading from the catalogue."""

from collections.abc import Callable
from typing import Any, NamedTuple

from firmware.words import words

View = dict[str, Any]


class Column(NamedTuple):
    """``key`` of the catalogue; ``form``: count, minutes (of one decimal), percent."""

    key: str
    form: str
    of: Callable[[View], float | int | None]


def _minutes(room: str, name: str) -> Callable[[View], float | None]:
    def found(row: View) -> float | None:
        value = row[room][name]
        return None if value is None else round(value / 60, 1)

    return found


def _field(name: str) -> Callable[[View], Any]:
    return lambda row: row[name]


def _level(level: int) -> Callable[[View], int]:
    return lambda row: int(row["levels"][level - 1])


COLUMNS = (
    Column("report.taken", "count", _field("taken")),
    Column("report.called", "count", _field("called")),
    Column("report.recalled", "count", _field("recalled")),
    Column("report.finished", "count", _field("finished")),
    Column("report.no_show", "count", _field("no_show")),
    Column("report.requeued", "count", _field("requeued")),
    Column("report.transferred", "count", _field("transferred")),
    Column("report.expired", "count", _field("expired")),
    Column("report.wait.mean", "minutes", _minutes("wait", "mean_s")),
    Column("report.wait.p50", "minutes", _minutes("wait", "p50_s")),
    Column("report.wait.p90", "minutes", _minutes("wait", "p90_s")),
    Column("report.stay.mean", "minutes", _minutes("stay", "mean_s")),
    Column("report.stay.p50", "minutes", _minutes("stay", "p50_s")),
    Column("report.stay.p90", "minutes", _minutes("stay", "p90_s")),
    Column("report.kept", "count", _field("kept")),
    Column("report.missed", "count", _field("missed")),
    *(Column(f"report.level.{level}", "count", _level(level)) for level in (5, 4, 3, 2, 1)),
    Column("report.satisfied", "percent", _field("satisfied_percent")),
    Column("report.rated", "percent", _field("rated_percent")),
    Column("report.voided", "count", _field("voided")),
    Column("report.defaults", "count", _field("defaults")),
    Column("report.cases", "count", _field("cases")),
    Column("report.overdue", "count", _field("overdue")),
    Column("report.called_back", "percent", _field("called_back_percent")),
    Column("report.rectified", "percent", _field("rectified_percent")),
)
_SHORT = (
    *("taken", "called", "finished", "no_show", "wait.mean", "wait.p90", "stay.mean", "stay.p90"),
    *("satisfied", "rated"),
)
SHORT = tuple(column for column in COLUMNS if column.key.removeprefix("report.") in _SHORT)
"""As many as a terminal or a sheet of paper has room for."""

Cell = str | int | float | None


def heading(view: View, language: str) -> str:
    """What report this is, of which site, of when."""
    span = view["first"] if view["span"] == "day" else view["first"][:7]
    site = view["site"] if language == "zh" else view["site_en"]
    title = words(f"report.title.{view['span']}", language, site=site, span=span)
    return title if view["is_over"] else f"{title} {words('report.not_over', language)}"


def head(view: View, columns: tuple[Column, ...], language: str) -> list[str]:
    """The first column's heading says by what the report is."""
    return [words(f"report.by.{view['by']}", language), *(words(column.key, language) for column in columns)]


def body(view: View, columns: tuple[Column, ...], language: str) -> list[list[Cell]]:
    """One line a row, the whole last."""
    lines: list[list[Cell]] = [[name_of(row, language), *(c.of(row) for c in columns)] for row in view["rows"]]
    return [*lines, [words("report.total", language), *(column.of(view["total"]) for column in columns)]]


def name_of(row: View, language: str) -> str:
    """Of what no service, window or clerk is known: a ticket that nobody called yet has no window."""
    name: str = row["name"] if language == "zh" else row["name_en"]
    return name or words("report.nobody", language)


def text_of(value: Cell, form: str) -> str:
    """As people read it; a dash where there was nothing to measure."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return {"minutes": f"{value:.1f}", "percent": f"{value:.1f}%"}.get(form, f"{value:,}")
