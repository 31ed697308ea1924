"""The report of a crate: table and sentences for the installer, CSV and JSON for the file, a log of surprises."""

import csv
import json
import os
from dataclasses import asdict, fields
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from firmware.words import words
from tools.flashing.outcome import Outcome

COLUMNS = [item.name for item in fields(Outcome) if item.name != "trace"]
SHOWN = ("port", "device", "kind", "mac", "version", "sent", "seconds", "result")
DISPENSABLE = ("sent", "version", "kind", "seconds", "mac")  # first what is missed least on a narrow terminal
WIDEST = 10_000  # characters, for a table that nothing presses


def as_dicts(outcomes: list[Outcome]) -> list[dict[str, object]]:
    """For JSON."""
    return [{name: value for name, value in asdict(outcome).items() if name in COLUMNS} for outcome in outcomes]


def save(outcomes: list[Outcome], path: Path) -> list[Path]:
    """``path`` with .csv and with .json, and with .log when there is something to put there. Raises OSError.

    The CSV opens in a Chinese spreadsheet as it is. The log is for its owner only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    table, whole = path.with_suffix(".csv"), path.with_suffix(".json")
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for outcome, row in zip(outcomes, as_dicts(outcomes), strict=True):
            writer.writerow({**row, "differences": " ".join(outcome.differences)})
    whole.write_text(json.dumps(as_dicts(outcomes), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    log = path.with_suffix(".log")
    log.unlink(missing_ok=True)
    if not (text := traces(outcomes)):
        return [table, whole]
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return [table, whole, log]


def traces(outcomes: list[Outcome]) -> str:
    """What nobody foresaw, board by board, for whoever mends this program; empty when all was foreseen."""
    return "\n".join(f"{it.device} at {it.port}:\n{it.trace}" for it in outcomes if it.trace)


def table(outcomes: list[Outcome], language: str = "zh", is_dry: bool = False, width: int = 80) -> Table:
    """One row a board. What has no room in ``width`` characters is left out by whole columns; then ports are folded."""
    for count in range(len(DISPENSABLE) + 1):
        made = _table(outcomes, language, is_dry, DISPENSABLE[:count])
        if Console(width=WIDEST).measure(made).maximum <= width:
            break
    return made


def _table(outcomes: list[Outcome], language: str, is_dry: bool, left_out: tuple[str, ...]) -> Table:
    shown = [column for column in SHOWN if column not in left_out]
    made = Table(title=words("flash.table.title", language))
    for column in shown:
        made.add_column(words("flash.table." + column, language), no_wrap=column != "port", overflow="fold")
    for outcome in outcomes:
        cells = {
            "port": outcome.port,
            "device": outcome.device,
            "kind": words("kind." + outcome.kind, language) if outcome.kind else "",
            "mac": outcome.mac or outcome.unique_id,
            "version": outcome.version,
            "sent": f"{outcome.sent_bytes / 1024:.0f} kB",
            "seconds": f"{outcome.seconds:.1f}",
            "result": words("flash." + _result(outcome, is_dry), language),
        }
        made.add_row(*(Text(cells[column]) for column in shown), style="red" if outcome.fault else "")
    return made


def _result(outcome: Outcome, is_dry: bool) -> str:
    """A word of the catalogue."""
    if outcome.fault:
        return "failed"
    if outcome.is_online:
        return "done"
    if is_dry:
        return "changes" if outcome.differences else "nothing"
    return "right"


def sentences(outcomes: list[Outcome], language: str = "zh", is_dry: bool = False) -> list[str]:
    """What has no room in the table, a line each: what is wrong with a board, or what would be changed on it."""
    said = []
    for outcome in outcomes:
        about = f"{outcome.device} ({outcome.port}): "
        if outcome.fault:
            said.append(about + outcome.fault)
        elif is_dry and outcome.differences:
            said.append(about + words("flash.would", language, what=", ".join(outcome.differences)))
    return said
