"""Writes a site as TOML that a person can read: a group per hall, one row a line, columns aligned."""

import json
import textwrap
import unicodedata
from typing import Any

Row = dict[str, Any]

HEAD = """\
# 斗门区市民服务中心: the Doumen building as hallhub runs it. docs/site.md explains every key.
#
# Made by `python -m tools.build_site` from tables/*.csv (what the tender says) and assumed/*.csv (what it leaves open).
# For this building change those tables and make it again. For a building of your own copy this file, change the copy,
# and check it with `hallhub site check FILE`.
# ASSUMED marks what the tender does not say.

[site]
id      = "doumen"
name    = "斗门区市民服务中心"
name_en = "Doumen Citizens' Service Centre"
city    = "珠海市"

[settings]
utc_offset_min  = 480      # minutes east of UTC
recall_limit    = 5        # a visitor is called again at most so often
call_languages  = ["cmn"]  # of spoken calls, in this order: cmn, yue, en
call_expires_s  = 120      # a call that could not be spoken by then is dropped
displayed_calls = 8        # lines of called numbers on a hall display
strip_flash_ms  = 3000     # a newly called number flashes so long, then stands still
"""


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal: 2 for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def value(plain: Any) -> str:
    """A TOML value on one line. JSON's strings, numbers and lists are TOML's too."""
    return json.dumps(plain, ensure_ascii=False)


def table(key: str, rows: list[Row]) -> str:
    """``key = [ { ... }, ... ]``, one row a line; cells of a column begin under one another."""
    if not rows:
        return ""
    cells = [[f"{name} = {value(plain)}" for name, plain in row.items()] for row in rows]
    columns = max(len(row) for row in cells)
    widest = [max((width(row[i]) for row in cells if i < len(row) - 1), default=0) for i in range(columns)]
    lines = []
    for row in cells:
        padded = [cell + "," + " " * (widest[i] - width(cell)) for i, cell in enumerate(row[:-1])]
        lines.append("  { " + " ".join([*padded, row[-1]]) + " },")
    return "\n".join([f"{key} = [", *lines, "]", ""])


def pairs(row: Row, *names: str) -> str:
    """``name = value`` lines, aligned."""
    widest = max(len(name) for name in names)
    return "".join(f"{name:<{widest}} = {value(row[name])}\n" for name in names)


def decision_blocks(rows: list[dict[str, str]]) -> str:
    """What the tender contradicts itself on or leaves open, and how it was settled."""
    parts = ["# What the tables contradict themselves on or leave open, what was decided, and the key to change.\n"]
    for row in rows:
        english = textwrap.fill(row["english"], 118, initial_indent="# ", subsequent_indent="# ")
        parts.append(english + "\n[[decisions]]\n" + pairs(row, "change", "about", "decided"))
    return "\n".join(parts)


def strips(header: str, rows: list[Row]) -> list[str]:
    """A block per strip."""
    names = ("id", "kind", "floor", "place", "length_m", "width_px", "height_px")
    return [
        f"[[{header}]]\n" + pairs(row, *[name for name in names if name in row]) + table("regions", row["regions"])
        for row in rows
    ]


def summary(row: Row, speakers: int) -> str:
    """One line: what is in the hall."""
    kinds = [device["kind"] for device in row["devices"]]
    counts = {
        "window": len(row["windows"]),
        "kiosk": kinds.count("ticket_kiosk"),
        "display": kinds.count("hall_display"),
        "strip": len(row["strips"]),
        "speaker": speakers,
    }
    words = [f"{count} {word}{'s' * (count > 1)}" for word, count in counts.items() if count]
    shared = "" if "amplifier" in kinds else " on the neighbour's amplifier"
    return f"# Floor {row['floor']}: {', '.join(words)}{shared}.\n"


def hall(row: Row, speakers: int) -> str:
    """A block per hall: services, windows, devices, strips."""
    parts = [
        f"# {'─' * 20} {row['name']} {'─' * 20}\n{summary(row, speakers)}\n[[halls]]\n"
        + pairs(row, "id", "name", "name_en", "floor", "department", "notice")
    ]
    if row["services"]:
        parts.append("# ASSUMED\n" + table("services", row["services"]))
    if row["windows"]:
        parts.append(
            "# Which services: ASSUMED. Window 1 serves all. A window's terminals are declared here.\n"
            + table("windows", row["windows"])
        )
    parts.append(table("devices", row["devices"]))
    return "\n".join(parts + strips("halls.strips", row["strips"]))


def write(
    decisions: list[dict[str, str]],
    halls: list[Row],
    speakers: dict[str, int],
    public: dict[str, list[Row]],
    channels: list[Row],
    attendance: list[Row],
) -> str:
    """The whole file. ``speakers``: hall id → how many the tender gives it."""
    return "\n".join(
        [
            HEAD,
            decision_blocks(decisions),
            *[hall(row, speakers[row["id"]]) for row in halls],
            f"# {'─' * 20} outside the halls {'─' * 20}\n\n[public]\n# Places and numbers: ASSUMED.\n"
            + table("devices", public["devices"]),
            *strips("public.strips", public["strips"]),
            f"# {'─' * 20} broadcast {'─' * 20}\n# One queue of announcements per amplifier; "
            "two of them are heard in two halls.\n\n[broadcast]\n" + table("channels", channels),
            f"# {'─' * 20} attendance {'─' * 20}\n# Punch clocks. `hallhub attendance enrol` says which is which.\n",
            *["[[attendance]]\n" + pairs(row, "id", "hall", "place") for row in attendance],
        ]
    )
