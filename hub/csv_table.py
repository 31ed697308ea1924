"""A CSV file that a person made: its heading, and its rows with their lines; what two readers would read in two ways is
refused."""

import csv
import io
import re
from typing import NamedTuple

from firmware.words import words

MAX_BYTES = 400_000  # as JSON within what the API takes
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class CsvFault(ValueError):
    """The file is no table, or not the one that was asked for. ``line``: from 1; `say` gives the sentence."""

    def __init__(self, why: str, line: int = 1, **facts: object) -> None:
        super().__init__(why, line)
        self.line = line
        self._why = why
        self._facts = facts

    def say(self, language: str = "zh") -> str:
        """What is wrong and what would be right, without the file's name and the line."""
        return words(f"csv.{self._why}", language, **self._facts)

    def at(self, name: str, language: str = "zh") -> str:
        """The same behind file and line: ``crate.csv:3: …``."""
        return f"{name}:{self.line}: {self.say(language)}"


class Table(NamedTuple):
    """``columns``: as the first line names them; ``rows``: the line of each, and its cells, as many as there are."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]

    def named(self) -> list[tuple[int, dict[str, str]]]:
        """Each row by its columns; what is missing at its end is empty. Raises `CsvFault` where there is more."""
        for line, cells in self.rows:
            if len(cells) > len(self.columns):
                raise CsvFault("cells", line, cells=len(cells), columns=len(self.columns))
        empty = [""] * len(self.columns)
        return [(line, dict(zip(self.columns, [*cells, *empty], strict=False))) for line, cells in self.rows]


def decoded(body: bytes, most: int = MAX_BYTES) -> str:
    """UTF-8, or what a spreadsheet on a Chinese Windows saves. Raises `CsvFault` for what is no text or has more than
    ``most`` bytes."""
    if len(body) > most:
        raise CsvFault("long", bytes=len(body), most=most)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError:
            raise CsvFault("coding", body.count(b"\n", 0, fault.start) + 1) from None
    found = _CONTROL.search(text)
    if found:
        raise CsvFault("control", text.count("\n", 0, found.start()) + 1, code=f"U+{ord(found[0]):04X}")
    return text


def read_table(text: str) -> Table:
    """The table in ``text``; lines of empty cells are left out. Raises `CsvFault`.

    A line break within quotes is refused: it is nearly always a quote that was never closed, and takes the lines after
    it for a part of its cell. So is a column that is there twice, of which one would be lost.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if reader.line_num > line:
                raise CsvFault("quote", line)
            rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as fault:
        if "field larger" in str(fault):
            raise CsvFault("cell", line, most=csv.field_size_limit()) from None
        raise CsvFault("quote", line) from None
    columns = rows[0][1] if rows else []
    for column in columns:
        if column and columns.count(column) > 1:
            raise CsvFault("column_twice", column=column)
    return Table(columns, [row for row in rows[1:] if any(row[1])])
