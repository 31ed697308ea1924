"""A site is found by its name or its path."""

import pytest

from hub.site_file import SiteError
from hub.sites import bundled, find


def test_a_bundled_site_is_found_by_name():
    assert "doumen" in bundled()
    assert find("doumen").name == "site.toml"
    assert find("doumen").parent.name == "doumen"


def test_a_file_or_its_folder_is_found_by_path(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text("", encoding="utf-8")
    assert find(str(file)) == file
    assert find(str(tmp_path)) == file


@pytest.mark.parametrize("name", ["", "doumeng", "\0", "../..", "x" * 5000])
def test_a_site_that_is_not_there_is_refused_with_those_that_are(name):
    with pytest.raises(SiteError, match="doumen"):
        find(name, "en")
