"""What is wrong in a site file: gathered, each one line with file, line number, key, the fault and the remedy."""

import difflib
import itertools
import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from firmware.words import words

_SHOWN = 40  # characters of a wrong value that are quoted
_SUGGESTIONS = 6  # at most so many names are listed
_MAX_LINES = 200  # errors listed; a file with more needs another look than a list


class SiteError(Exception):
    """The site file is not right. ``errors``: one line each, ready to be printed."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class Step(NamedTuple):
    """How to find a row in the text: the ``skip + 1``-th match of ``pattern`` after the row that holds it."""

    pattern: str
    skip: int = 0


def header(path: str, skip: int = 0) -> Step:
    """The line ``[name]`` or ``[[name]]`` of the table at ``path``, the names of rows left out of it."""
    name = re.sub(r"\[[^\]]*\]", "", path)
    return Step(rf"^[ \t]*\[+\s*{re.escape(name)}\s*\]+", skip)


def written(key: str, value: object, skip: int = 0) -> Step:
    """``key = value``, the value in quotes or not."""
    return Step(rf"\b{re.escape(key)}\s*=\s*([\"']?){re.escape(str(value))}\1\s*(?=[,}}#\n]|\Z)", skip)


class Spot(NamedTuple):
    """A place in the tree: ``path`` for people, ``steps`` for finding its line."""

    path: str = ""
    steps: tuple[Step, ...] = ()

    def key(self, name: str) -> "Spot":
        """The table or list called ``name`` in this place."""
        return Spot(f"{self.path}.{name}" if self.path else name, self.steps)

    def row(self, name: str, step: Step) -> "Spot":
        """A row of this list: ``halls[hukou]``."""
        return Spot(f"{self.path}[{name}]", (*self.steps, step))


def shown(value: object) -> str:
    """A value of the file, short enough for one line."""
    return shorten(json.dumps(value, ensure_ascii=False, default=str))


def shorten(text: str) -> str:
    """At most so many characters as fit in a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def nearest(word: object, known: Iterable[str]) -> str:
    """The names that ``word`` may have meant; without a close one, the first few that exist; `-` when none do."""
    names = list(known)
    close = difflib.get_close_matches(str(word)[:64], names[:2000], n=3)
    listed = close or [*names[:_SUGGESTIONS], *(["…"] if len(names) > _SUGGESTIONS else [])]
    return ", ".join(listed) or "-"


class Problems:
    """Gathers errors and warnings of one file. ``text`` is set once the file could be read."""

    def __init__(self, file: str, language: str = "zh") -> None:
        self.file = file
        self.language = language
        self.text = ""
        self.count = 0  # of errors, those beyond the listed ones included
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self._more_in = ""  # the file of the first error that is not listed

    def error(self, code: str, spot: Spot | None = None, key: str = "", **facts: object) -> None:
        """The file cannot be used: ``code`` is a word of the catalogue without ``site.error.``."""
        self.count += 1
        if self.count <= _MAX_LINES:
            self.errors.append(self._line(f"site.error.{code}", spot or Spot(), key, facts))
        elif not self._more_in:
            self._more_in = self._file_of(spot or Spot())

    def warning(self, code: str, spot: Spot, key: str = "", **facts: object) -> None:
        """The file can be used, but somebody should look: a word without ``site.warning.``."""
        self.warnings.append(self._line(f"site.warning.{code}", spot, key, facts))

    def raise_errors(self) -> None:
        """Raises `SiteError` when there is anything to raise."""
        if not self.errors:
            return
        more = self.count - len(self.errors)
        rest = [f"{self._more_in}: " + words("site.error.more", self.language, count=more)] if more else []
        raise SiteError(list(dict.fromkeys(self.errors)) + rest)

    def right(self, what: str) -> str:
        """What a good value looks like."""
        return words(f"site.right.{what}", self.language)

    def _file_of(self, spot: Spot) -> str:
        """The file in which ``spot`` is."""
        return self.file

    def _line(self, code: str, spot: Spot, key: str, facts: dict[str, object]) -> str:
        number = self._line_number(spot.steps, key)
        where = spot.key(key).path if key else spot.path
        parts = [f"{self.file}:{number}" if number else self.file, where, words(code, self.language, **facts)]
        return " ".join(": ".join(part for part in parts if part).splitlines())

    def _line_number(self, steps: tuple[Step, ...], key: str) -> int:
        """From 1; 0 when the place was not found. tomllib tells no lines, so the text is searched."""
        at = -1
        for pattern, skip in steps:
            matches = re.compile(pattern, re.MULTILINE).finditer(self.text, max(at, 0))
            at = next((match.start() for match in itertools.islice(matches, skip, None)), at)
        if key and not steps:  # of the file itself: a key before the first table, or a table
            pattern = rf"^[ \t]*\[*\s*{re.escape(key)}\s*[\]=]"
            found = re.compile(pattern, re.MULTILINE).search(self.text)
            at = found.start() if found else -1
        elif key:
            at = self._near(max(at, 0), key, at)
        return self.text.count("\n", 0, at) + 1 if at >= 0 else 0

    def _near(self, at: int, key: str, otherwise: int) -> int:
        """Where ``key =`` stands: in the row on the line of ``at``, or on a line of its own in the same table."""
        start = self.text.rfind("\n", 0, at) + 1
        line_end = self.text.find("\n", at)
        is_row = "{" in self.text[start:at]
        end = line_end if is_row else self.text.find("\n[", at + 1)
        pattern = rf"\b{re.escape(key)}\s*=" if is_row else rf"^[ \t]*{re.escape(key)}\s*="
        found = re.compile(pattern, re.MULTILINE).search(self.text, start, end if end >= 0 else len(self.text))
        return found.start() if found else otherwise
