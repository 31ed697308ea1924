"""Reading a site: `site.toml` in, a checked `Plan` out, or a `SiteError` that says everything that is wrong.

    plan = load(find("doumen"))

`shape` knows what may be written, `reading` checks each value by itself, `rules` what must hold between the parts;
`problems` words a fault and finds its line, `assemble` makes the flat plan. docs/site.md explains the keys.
"""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from hub.engine.plan import Plan
from hub.site_file import rules
from hub.site_file.assemble import assemble
from hub.site_file.problems import Problems, SiteError
from hub.site_file.reading import read_site
from hub.site_file.shape import Decision, SiteWritten

__all__ = ["Checked", "Decision", "SiteError", "check", "load", "parse", "read", "settle"]

MAX_BYTES = 1_000_000  # Doumen takes 54,000


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A site that is right, what is doubtful about it (one line each), and what was decided when it was written."""

    plan: Plan
    warnings: tuple[str, ...]
    decisions: tuple[Decision, ...]


def load(path: str | Path, language: str = "zh") -> Plan:
    """The site in the file at ``path``. Raises `SiteError` with every fault found, worded in ``language``."""
    return check(path, language).plan


def check(path: str | Path, language: str = "zh") -> Checked:
    """As `load`, with the warnings and the decisions of the file too."""
    problems = Problems(str(path), language)
    return settle(read(path, problems), problems)


def read(path: str | Path, problems: Problems) -> SiteWritten:
    """What is written in the file, every value of it checked by itself. Raises `SiteError`."""
    tree = parse(_read(Path(path), problems), problems)
    site = read_site(tree, problems)
    problems.raise_errors()
    return site


def settle(site: SiteWritten, problems: Problems) -> Checked:
    """Checks that the parts fit together, and makes the plan. Raises `SiteError`."""
    rules.check(site, problems)
    problems.raise_errors()
    return Checked(
        plan=assemble(site),
        warnings=tuple(problems.warnings),
        decisions=tuple(placed.row for placed in site.decisions),
    )


def _read(path: Path, problems: Problems) -> str:
    """The text of the file; raises SiteError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            problems.error("too_big", limit=MAX_BYTES)
        text = raw.decode()
    except UnicodeDecodeError as error:
        problems.error("not_utf8", byte=error.start)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        problems.error("unreadable", reason=getattr(error, "strerror", None) or error)
    problems.raise_errors()
    problems.text = text
    return text


def parse(text: str, problems: Problems) -> dict[str, Any]:
    """The TOML tree; raises SiteError."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        problems.error("not_toml", reason="nested too deep")
    except ValueError as error:  # TOMLDecodeError, and numbers too long to read
        problems.error("not_toml", reason=error)
    problems.raise_errors()
    raise AssertionError("unreachable")
