"""Many devices at once: a CSV file, one device a line, as a spreadsheet saves it."""

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec

from hub.csv_table import CsvFault, read_table
from hub.provision.merge import AddedRow, Given
from hub.provision.overlay import Row

COLUMNS = tuple(field.name for field in msgspec.structs.fields(AddedRow))
MAX_LINES = 2000

_REGION = re.compile(r"\s*(?P<x>\d{1,5})\+(?P<width>\d{1,5})(?:=(?P<window>[^\s;]+)|:(?P<text>[^;]*))\s*")


def read_csv(name: str, text: str) -> list[Given]:
    """The lines of a file called ``name``; empty cells are left out, every value is checked when it is merged.

    The first line names the columns, in any order: those of `AddedRow`. ``regions`` of a strip are written
    ``x+width=window;x+width:text``. Raises `CsvFault`.
    """
    table = read_table(text)
    known = ", ".join(COLUMNS)
    unknown = [column for column in table.columns if column not in COLUMNS]
    if unknown:
        raise CsvFault("no_column", columns=", ".join(column or '""' for column in unknown), known=known)
    if not {"id", "kind"} <= set(table.columns):
        raise CsvFault("columns_missing", columns="id, kind", known=known)
    if not 1 <= len(table.rows) <= MAX_LINES:
        raise CsvFault("count", count=len(table.rows), most=MAX_LINES)
    return [Given(f"{name}:{line}", _row(cells)) for line, cells in table.named()]


def _row(cells: dict[str, str]) -> Row:
    """Column → value, of its own type where the cell has one."""
    return {key: _READ[key](value) if key in _READ else value for key, value in cells.items() if value}


def _number(cell: str) -> int | float | str:
    for kind in (int, float):
        try:
            number = kind(cell)
        except ValueError:
            continue
        return number if math.isfinite(number) else cell
    return cell


def regions_of(cell: str) -> list[Row] | str:
    """The rows of a strip's regions; what is written otherwise stays as it is, and is reported with its line."""
    rows = []
    for part in cell.split(";"):
        found = _REGION.fullmatch(part)
        if found is None:
            return cell
        row: Row = {"x": int(found["x"]), "width": int(found["width"])}
        row.update({key: found[key].strip() for key in ("window", "text") if found[key]})
        rows.append(row)
    return rows


_READ: dict[str, Callable[[str], Any]] = {
    "floor": _number,
    "length_m": _number,
    "width_px": _number,
    "height_px": _number,
    "regions": regions_of,
}
