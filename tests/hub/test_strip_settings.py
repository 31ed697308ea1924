"""Strips in the site file: when they shine how bright, and what is wrong with a line that cannot be."""

from pathlib import Path

import pytest

from hub.site_file import SiteError, load
from hub.sites import find


def written(folder: Path, lines: str) -> Path:
    path = folder / "site.toml"
    text = find("doumen").read_text(encoding="utf-8")
    path.write_text(text.replace("[settings]\n", "[settings]\n" + lines, 1), encoding="utf-8")
    return path


def test_light_and_black_are_read(tmp_path: Path) -> None:
    plan = load(written(tmp_path, 'strip_light = ["07:00 100", "22:30 5"]\nstrip_black_min = 45\n'))
    assert plan.settings.strip_light == ("07:00 100", "22:30 5")
    assert plan.settings.strip_black_min == 45


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('strip_light = ["7:00 100"]', "strip_light"),
        ('strip_light = ["07:00 101"]', "strip_light"),
        ('strip_light = ["24:00 50"]', "strip_light"),
        ('strip_light = ["07:00  5"]', "strip_light"),
        ('strip_light = "07:00 100"', "strip_light"),
        ("strip_black_min = -2", "strip_black_min"),
        ("strip_black_min = 241", "strip_black_min"),
    ],
)
def test_a_line_that_cannot_be_is_told(line: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=key):
        load(written(tmp_path, line + "\n"))
