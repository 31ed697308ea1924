"""The sites that come with the product, and how to find one: by name, or any other by its path."""

from pathlib import Path

from firmware.words import words
from hub.site_file.problems import SiteError

_HERE = Path(__file__).parent


def bundled() -> list[str]:
    """Names of the sites that come with the product."""
    return sorted(path.parent.name for path in _HERE.glob("*/site.toml"))


def find(name: str, language: str = "zh") -> Path:
    """The site file meant by ``name``: a bundled site, a file, or a folder with a `site.toml` in it.

    Raises `SiteError` when there is none, saying which names there are.
    """
    if name in bundled():
        return _HERE / name / "site.toml"
    path = Path(name)
    try:
        if name and path.is_dir():
            path = path / "site.toml"
        if name and path.is_file():
            return path
    except (OSError, ValueError):  # a name that no path can have; ValueError: a null byte
        pass
    raise SiteError([words("site.error.no_site", language, value=name, known=", ".join(bundled()))])
