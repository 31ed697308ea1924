"""The report of a crate: a table for the installer, CSV and JSON for the file, and a log of what nobody foresaw."""

import csv
import json
import os
from dataclasses import asdict, fields
from pathlib import Path

from rich.table import Table
from rich.text import Text

from firmware.words import words
from tools.flashing.outcome import Outcome

COLUMNS = [item.name for item in fields(Outcome) if item.name != "trace"]


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


def table(outcomes: list[Outcome], language: str = "zh", is_dry: bool = False) -> Table:
    """One row a board, what is wrong in full."""
    made = Table(title=words("flash.table.title", language))
    for column in ("port", "device", "kind", "mac", "version", "sent", "seconds"):
        made.add_column(words("flash.table." + column, language), no_wrap=column in ("device", "mac"))
    made.add_column(words("flash.table.result", language), overflow="fold")
    for outcome in outcomes:
        made.add_row(
            Text(outcome.port),
            Text(outcome.device),
            words("kind." + outcome.kind, language) if outcome.kind else "",
            outcome.mac or outcome.unique_id,
            outcome.version,
            f"{outcome.sent_bytes / 1024:.0f} kB",
            f"{outcome.seconds:.1f}",
            Text(result(outcome, language, is_dry)),
            style="red" if outcome.fault else "",
        )
    return made


def result(outcome: Outcome, language: str = "zh", is_dry: bool = False) -> str:
    """One sentence."""
    if outcome.fault:
        return outcome.fault
    if outcome.is_online:
        return words("flash.done", language)
    if is_dry and outcome.differences:
        return words("flash.would", language, what=", ".join(outcome.differences))
    return words("flash.nothing" if is_dry else "flash.right", language)
