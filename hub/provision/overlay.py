"""devices.toml of the hub's folder: the devices added to those of the site file, and the ids taken out of them.

The hub writes it (`hallhub devices …`); a person may too, while the hub is stopped. `merge` lays it over the site.
"""

import re
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hub.private_file import write_private
from hub.site_file import parse
from hub.site_file.problems import Problems, Spot
from hub.site_file.reading import read_row
from hub.site_file.shape import Rows, Slug

FILE = "devices.toml"
HEAD = "# Devices added to those of the site file, and ids retired from it. Written by: hallhub devices …\n"

Row = dict[str, Any]
Retired = Annotated[tuple[Slug, ...], msgspec.Meta(max_length=5000, extra={"right": "slugs"})]


class TopRow(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    retired: Retired = ()
    added: Rows = []


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """``retired``: ids that the site file has and that are no devices; ``added``: rows as written, one per device,
    checked when they are merged."""

    retired: tuple[str, ...] = ()
    added: tuple[Row, ...] = ()

    def with_added(self, rows: list[Row]) -> "Overlay":
        return Overlay(retired=self.retired, added=(*self.added, *rows))

    def without(self, device: str, is_in_site: bool) -> "Overlay":
        """``device`` retired; ``is_in_site``: the site file has it, so its id must be remembered."""
        retired = {*self.retired, device} if is_in_site else set(self.retired)
        kept = tuple(row for row in self.added if row.get("id") != device)
        return Overlay(retired=tuple(sorted(retired)), added=kept)

    def restored(self, device: str) -> "Overlay":
        """The site file's own device of that id is one again."""
        return Overlay(retired=tuple(id for id in self.retired if id != device), added=self.added)


def read_overlay(path: Path, language: str = "zh") -> tuple[Overlay, str]:
    """The overlay and its text, for finding lines; nothing when there is no file. Raises `SiteError`."""
    problems = Problems(str(path), language)
    try:
        problems.text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Overlay(), ""
    except (OSError, UnicodeDecodeError) as fault:
        problems.error("unreadable", reason=fault)
        problems.raise_errors()
    tree = parse(problems.text, problems)
    row = read_row(TopRow, tree, Spot(), problems)
    problems.raise_errors()
    assert row is not None
    return Overlay(retired=row.retired, added=tuple(row.added)), problems.text


def write_overlay(path: Path, overlay: Overlay) -> str:
    """Durable when it returns, and the new file or the old, never half. Gives the text."""
    lines = [HEAD, f"retired = {_value(list(overlay.retired))}"]
    for row in overlay.added:
        lines += ["", "[[added]]", *(f"{key} = {_value(value)}" for key, value in row.items())]
    text = "\n".join(lines) + "\n"
    write_private(path, text.encode())
    return text


def _value(value: Any) -> str:
    """A TOML value; JSON's spelling of strings and numbers is TOML's too, but for DEL and its slash."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    text = msgspec.json.encode(value).decode()
    return re.sub("\x7f", r"\\u007f", text)
