"""Many devices at once: a CSV file, one device a line, as a spreadsheet saves it."""

import csv
import re
from collections.abc import Callable
from typing import Any

import msgspec

from hub.provision.merge import AddedRow, Given
from hub.provision.overlay import Row

COLUMNS = tuple(field.name for field in msgspec.structs.fields(AddedRow))
MAX_LINES = 2000

_REGION = re.compile(r"\s*(?P<x>\d{1,5})\+(?P<width>\d{1,5})(?:=(?P<window>[^\s;]+)|:(?P<text>[^;]*))\s*")


class CsvFault(ValueError):
    """The file as a whole is no list of devices; says what is wrong and what would be right."""


def read_csv(name: str, text: str) -> list[Given]:
    """The lines of a file called ``name``; empty cells are left out, every value is checked when it is merged.

    The first line names the columns, in any order: those of `AddedRow`. ``regions`` of a strip are written
    ``x+width=window;x+width:text``. Raises `CsvFault`.
    """
    reader = csv.DictReader(text.lstrip("\ufeff").splitlines(), restkey="?", restval="")
    try:
        header = [column.strip() for column in reader.fieldnames or ()]
        unknown = [column for column in header if column not in COLUMNS]
        if unknown or "id" not in header or "kind" not in header:
            wrong = f"no column {', '.join(unknown)}" if unknown else "columns id and kind are missing"
            raise CsvFault(f"{name}:1: {wrong}; the first line names the columns, of these: {', '.join(COLUMNS)}")
        reader.fieldnames = header
        given = [Given(f"{name}:{reader.line_num}", _row(cells)) for cells in reader if any(cells.values())]
    except csv.Error as fault:
        raise CsvFault(f"{name}:{reader.line_num}: {fault}; save it as CSV (UTF-8)") from None
    if not 1 <= len(given) <= MAX_LINES:
        raise CsvFault(f"{name}: {len(given)} devices; 1 to {MAX_LINES} expected")
    return given


def _row(cells: dict[str, Any]) -> Row:
    """Column → value, of its own type where the cell has one."""
    told = {key: value.strip() if isinstance(value, str) else value for key, value in cells.items()}
    return {key: _READ[key](value) if key in _READ else value for key, value in told.items() if value}


def _number(cell: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
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
