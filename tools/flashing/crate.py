"""A crate of boards: the CSV file that says which board becomes what, and all of them flashed side by side."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from firmware.words import words
from tools.flashing.faults import FlashFault
from tools.flashing.outcome import Outcome
from tools.flashing.steps import Job

COLUMNS = ("port", "device", "profile", "image", "replace", "erase")
MUST = ("port", "device")
YES, NO = ("yes", "y", "1", "是"), ("no", "n", "0", "", "否")
AT_ONCE = 16  # ports; a USB hub with more boards is slower, not faster


def read(path: Path, language: str = "zh") -> list[Job]:
    """The jobs of a crate file. Raises FlashFault, naming the line, for anything that is not clear."""
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise _fault(path, 1, "unreadable", language, reason=error.strerror) from None
    rows = list(csv.DictReader(io.StringIO(text)))
    header = csv.DictReader(io.StringIO(text)).fieldnames or []
    unknown = [name for name in header if name not in COLUMNS]
    if unknown or any(name not in header for name in MUST):
        raise _fault(path, 1, "columns", language, columns=", ".join(unknown) or "-")
    jobs: list[Job] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, 2):
        jobs.append(_job(path, line, row, seen, language))
    if not jobs:
        raise _fault(path, 1, "empty", language)
    return jobs


def _job(path: Path, line: int, row: dict[str, str], seen: dict[str, int], language: str) -> Job:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for column in MUST:
        if not cells[column]:
            raise _fault(path, line, "missing", language, column=column)
        first = seen.setdefault(f"{column} {cells[column]}", line)
        if first != line:
            raise _fault(path, line, "twice", language, value=cells[column], first=first)
    flags = {}
    for column in ("image", "replace", "erase"):
        if cells[column].lower() not in YES + NO:
            raise _fault(path, line, "flag", language, column=column, value=cells[column])
        flags[column] = cells[column].lower() in YES
    return Job(cells["port"], cells["device"], cells["profile"], flags["image"], flags["replace"], flags["erase"])


def _fault(path: Path, line: int, why: str, language: str, **facts: object) -> FlashFault:
    return FlashFault("crate", file=path, line=line, why=words("flash.crate." + why, language, **facts))


def _decoded(body: bytes) -> str:
    """UTF-8; or what a spreadsheet on a Chinese Windows saves."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")


def flash_all(jobs: list[Job], one: Callable[[Job], Outcome]) -> list[Outcome]:
    """Each in a thread of its own; the outcomes in the order of the jobs."""
    with ThreadPoolExecutor(min(AT_ONCE, len(jobs))) as workers:
        return list(workers.map(one, jobs))
