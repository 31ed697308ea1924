"""The report of a crate: a table for the installer, CSV and JSON for the file."""

import csv
import json
from dataclasses import asdict, fields
from pathlib import Path

from rich.table import Table

from firmware.words import words
from tools.flashing.outcome import Outcome


def as_dicts(outcomes: list[Outcome]) -> list[dict[str, object]]:
    """For JSON."""
    return [asdict(outcome) for outcome in outcomes]


def save(outcomes: list[Outcome], path: Path) -> list[Path]:
    """``path`` with .csv and with .json; the CSV opens in a Chinese spreadsheet as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table, whole = path.with_suffix(".csv"), path.with_suffix(".json")
    columns = [item.name for item in fields(Outcome)]
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for outcome in outcomes:
            writer.writerow({**asdict(outcome), "differences": " ".join(outcome.differences)})
    whole.write_text(json.dumps(as_dicts(outcomes), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return [table, whole]


def table(outcomes: list[Outcome], language: str = "zh", is_dry: bool = False) -> Table:
    """One row a board, what is wrong in full."""
    made = Table(title=words("flash.table.title", language))
    for column in ("port", "device", "kind", "mac", "version", "sent", "seconds"):
        made.add_column(words("flash.table." + column, language), no_wrap=column in ("device", "mac"))
    made.add_column(words("flash.table.result", language), overflow="fold")
    for outcome in outcomes:
        made.add_row(
            outcome.port,
            outcome.device,
            words("kind." + outcome.kind, language) if outcome.kind else "",
            outcome.mac or outcome.unique_id,
            outcome.version,
            f"{outcome.sent_bytes / 1024:.0f} kB",
            f"{outcome.seconds:.1f}",
            result(outcome, language, is_dry),
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
