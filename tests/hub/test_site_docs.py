"""docs/site.md: its tables are those of the code, its example is a right site, its totals are true."""

from collections import Counter

from hub.site_file import check, load
from hub.sites import find
from tools.site_docs import PAGE, document

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_code():
    assert document(TEXT) == TEXT, "run: python -m tools.site_docs"


def test_the_example_is_a_right_site_without_warnings(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(TEXT.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert check(file).warnings == ()


def test_the_totals_are_those_of_doumen():
    plan = load(find("doumen"))
    text = " ".join(TEXT.split())
    kinds = Counter(device.kind for device in plan.devices)
    told = (
        f"{len(plan.halls)} halls, {len(plan.services)} services, {len(plan.windows)} windows and {len(plan.devices)}"
    )
    assert told in text
    assert f"{kinds['hall_display']} hall displays, {kinds['window_strip']} window strips" in text
    assert f"{kinds['amplifier']} amplifiers, {kinds['help_button']} help buttons" in text
