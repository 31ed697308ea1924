"""Boards as data: a TOML file per board, read and checked on the installer's laptop.

The board itself never sees the file: its board.json carries `Profile.device_tree` of its kind. An operator's folder
of overlays (``{name}.toml``, the same keys) adds what only the operator knows: image files with their SHA-256, and
pins of an own wiring. README.md says more.
"""

import tomllib
from pathlib import Path
from typing import Any

from board_profiles.problems import Problems, ProfileError
from board_profiles.profile import Profile, build

FOLDER = Path(__file__).resolve().parent

__all__ = ["FOLDER", "Profile", "ProfileError", "load", "load_file", "names"]


def names() -> list[str]:
    """The profiles that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str, overlays: Path | None = None, language: str = "zh") -> Profile:
    """A profile by name; ``overlays`` is the operator's folder. Raises ProfileError with every fault."""
    if name not in names():
        problems = Problems(name + ".toml", language)
        problems.add("no_profile", known=", ".join(names()))
        problems.raise_all()
    overlay = overlays / f"{name}.toml" if overlays is not None else None
    return load_file(FOLDER / f"{name}.toml", overlay, language)


def load_file(path: Path, overlay: Path | None = None, language: str = "zh") -> Profile:
    """A profile from a file of its own. An overlay that does not exist changes nothing."""
    added = _read(overlay, language) if overlay is not None and overlay.exists() else None
    problems = Problems(path.name, language, str(overlay), added)
    tree = _laid_over(_read(path, language), added or {})
    folder = overlay.parent if overlay is not None else path.parent
    return build(path.stem, tree, folder, problems, language)


def _read(path: Path, language: str) -> dict[str, Any]:
    problems = Problems(path.name, language)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        problems.add("not_readable", why=error)
    except tomllib.TOMLDecodeError as error:
        problems.add("not_toml", why=error)
    raise ProfileError(problems.lines)


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged, anything else is replaced. A table with another driver is another part, with its own keys."""
    if "driver" in above and above["driver"] != below.get("driver"):
        return above
    both = dict(below)
    for key, value in above.items():
        under = below.get(key)
        both[key] = _laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return both
