"""devices.toml: what is added and retired passes the checks of a site file, and every fault is told at its line."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hub.csv_table import CsvFault
from hub.engine.plan import Plan
from hub.provision.devices_csv import read_csv
from hub.provision.merge import Given, load_merged
from hub.provision.overlay import Overlay, read_overlay, write_overlay
from hub.site_file import SiteError
from tests.hub.test_site_file import SMALL

STRIP = {
    "id": "new-strip",
    "kind": "window_strip",
    "hall": "east",
    "length_m": 2.5,
    "width_px": 192,
    "height_px": 96,
    "regions": [{"x": 0, "width": 96, "window": "east-w01"}, {"x": 96, "width": 96, "text": '办"税"'}],
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def merged(site: Path, overlay: Overlay, *given: dict[str, Any], text: str = "", language: str = "en") -> Plan:
    rows = [Given("", row) for row in given]
    return load_merged(site, site.with_name("devices.toml"), overlay, text, rows, language).plan


def faults(site: Path, overlay: Overlay, *given: dict[str, Any], text: str = "") -> list[str]:
    with pytest.raises(SiteError) as told:
        merged(site, overlay, *given, text=text)
    return told.value.errors


def test_without_the_file_the_site_is_as_it_was(site: Path) -> None:
    overlay, text = read_overlay(site.with_name("devices.toml"))
    plan = merged(site, overlay, text=text)
    assert [device.id for device in plan.devices][:3] == ["east-kiosk-1", "east-display-1", "east-amp-1"]


def test_what_is_written_is_read_again(site: Path) -> None:
    path = site.with_name("devices.toml")
    overlay = Overlay(retired=("help-1",), added=({"id": "help-2", "kind": "help_button", "floor": 2}, STRIP))
    text = write_overlay(path, overlay)
    assert path.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(text)["added"][1] == STRIP
    assert read_overlay(path) == (overlay, text)
    plan = merged(site, overlay, text=text)
    assert "help-1" not in plan.device
    assert (plan.device["help-2"].kind, plan.device["help-2"].floor) == ("help_button", 2)
    strip = plan.device["new-strip"]
    assert (strip.width_px, strip.hall, strip.regions[1].text) == (192, "east", '办"税"')
    assert [device.id for device, _ in plan.regions_of_window["east-w01"]][-1] == "new-strip"


def test_a_terminal_takes_the_place_of_the_one_that_was_retired(site: Path) -> None:
    row = {"id": "call-neu", "kind": "call_terminal", "window": "east-w01"}
    (fault,) = faults(site, Overlay(), row)
    assert fault.startswith("window: ")
    assert "hallhub devices retire east-call-01" in fault
    plan = merged(site, Overlay(retired=("east-call-01",)), row)
    assert plan.window["east-w01"].call_terminal == "call-neu"
    assert plan.device["call-neu"].hall == "east"
    assert "east-call-01" not in plan.device


def test_an_amplifier_takes_over_a_channel_and_then_the_old_one_may_go(site: Path) -> None:
    row = {"id": "amp-neu", "kind": "amplifier", "hall": "east", "channel": "east"}
    assert merged(site, Overlay(added=(row,), retired=("east-amp-1",))).channel["east"].amplifier == "amp-neu"
    assert any("no amplifier east-amp-1" in fault for fault in faults(site, Overlay(retired=("east-amp-1",))))


def test_a_retired_id_may_be_added_again(site: Path) -> None:
    overlay = Overlay(retired=("help-1",), added=({"id": "help-1", "kind": "help_button", "place": "新"},))
    assert merged(site, overlay).device["help-1"].place == "新"
    assert overlay.without("help-1", True) == Overlay(retired=("help-1",))
    assert overlay.without("help-1", False).added == ()
    assert Overlay(retired=("help-1", "x")).restored("help-1").retired == ("x",)


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "an id that is taken": ({"id": "help-1", "kind": "help_button"}, "id: ", "already the id"),
    "a terminal's id": ({"id": "east-call-01", "kind": "help_button"}, "id: ", "already the id"),
    "the hub's own id": ({"id": "hub", "kind": "help_button", "place": "x"}, "id: ", "reserved"),
    "a bad id": ({"id": "Knopf 1", "kind": "help_button"}, "id: ", "is wrong"),
    "an unknown kind": ({"id": "n", "kind": "help_buton"}, "kind: ", "help_button"),
    "no kind": ({"id": "n"}, "", "kind is missing"),
    "an unknown hall": ({"id": "n", "kind": "help_button", "hall": "west"}, "hall: ", "there is: east"),
    "a help button that is nowhere": ({"id": "n", "kind": "help_button", "floor": 2}, "", "must say where"),
    "a kiosk without a hall": ({"id": "n", "kind": "ticket_kiosk"}, "", "hall is missing"),
    "an unknown key": ({"id": "n", "kind": "help_button", "colour": "red"}, "colour: ", "no such key"),
    "a key of another kind": ({"id": "n", "kind": "help_button", "width_px": 96}, "width_px: ", "no such key"),
    "a place of a terminal": ({"id": "n", "kind": "call_terminal", "window": "east-w02", "place": "x"}, "place", "no"),
    "a terminal without a window": ({"id": "n", "kind": "evaluation_terminal"}, "", "window is missing"),
    "an unknown window": ({"id": "n", "kind": "evaluation_terminal", "window": "w9"}, "window: ", "east-w01"),
    "an unknown channel": ({"id": "n", "kind": "amplifier", "channel": "pa"}, "channel: ", "there is: east"),
    "a strip without pixels": ({"id": "n", "kind": "window_strip", "hall": "east"}, "", "width_px is missing"),
    "a region that sticks out": ({**STRIP, "width_px": 150}, "regions[2]: width: ", "150"),
    "a region of no window": (
        {**STRIP, "regions": [{"x": 0, "width": 9, "window": "w9"}]},
        "regions[1]: window: ",
        "east-w01",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_row_that_is_wrong_says_where_and_what_would_be_right(name: str, site: Path) -> None:
    row, where, told = WRONG[name]
    found = faults(site, Overlay(), row)
    assert any(fault.startswith(where) and told in fault for fault in found), "\n".join(found)


@pytest.mark.parametrize("name", [name for name in WRONG if "nowhere" not in name])
def test_the_same_in_the_file_names_file_and_line(name: str, site: Path) -> None:
    row, _, told = WRONG[name]
    path = site.with_name("devices.toml")
    overlay = Overlay(added=({"id": "good", "kind": "help_button"}, row))
    text = write_overlay(path, overlay)
    found = faults(site, overlay, text=text)
    fitting = [fault for fault in found if "devices.toml:" in fault and told in fault]
    assert fitting, "\n".join(found)
    line = int(fitting[0].split("devices.toml:")[1].split(":")[0])
    assert line > text[: text.index('"good"')].count("\n") + 2, "not the good row's"


def merged_with_file(site: Path, path: Path) -> Plan:
    overlay, text = read_overlay(path, "en")
    return merged(site, overlay, text=text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("retired = 7", "retired"),
        ("retired = [", "TOML"),
        ('gone = ["x"]', "gone"),
        ("[[added]]\nid = 3", "id"),
        ('[[added]]\nid = "x"', "kind"),
        ("added = [1]", "added"),
    ],
)
def test_a_file_that_a_person_broke_is_refused_with_its_line(text: str, told: str, site: Path) -> None:
    path = site.with_name("devices.toml")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteError) as raised:
        merged_with_file(site, path)
    assert any("devices.toml" in fault and told in fault for fault in raised.value.errors), raised.value


CSV = """\
id,kind,hall,place,floor,window,channel,length_m,width_px,height_px,regions
help-2,help_button,,卫生间,2,,,,,,
help-3,help_button,east,,,,,,,,
eval-1,evaluation_terminal,,,,east-w01,,,,,
strip-2,window_strip,east,门口,,,,2.5,192,96,0+96=east-w01;96+96:欢迎 光临
"""


def added_by(site: Path, text: str) -> Plan:
    return load_merged(site, site.with_name("devices.toml"), Overlay(), "", read_csv("crate.csv", text), "en").plan


@pytest.mark.parametrize("text", [CSV, "\ufeff" + CSV, CSV.replace("\n", "\r\n"), CSV + "\n,,,,,,,,,,\n"])
def test_a_crate_is_a_spreadsheet(site: Path, text: str) -> None:
    plan = added_by(site, text)
    assert (plan.device["help-2"].floor, plan.device["help-2"].place) == (2, "卫生间")
    assert plan.device["help-3"].hall == "east"
    assert plan.window["east-w01"].evaluation_terminal == "eval-1"
    strip = plan.device["strip-2"]
    assert (strip.length_m, strip.width_px, strip.regions[1].text) == (2.5, 192, "欢迎 光临")
    assert strip.regions[0].window == "east-w01"


def test_every_fault_of_a_crate_is_told_with_its_line(site: Path) -> None:
    text = CSV.replace("help-3", "help-2").replace(",2,,,", ",two,,,").replace("east-w01,,,,,", "w9,,,,,")
    text = text.replace("0+96=east-w01", "0-96=east-w01") + "Bad Id,help_button\nx,kiosk,,,,,,,,,\n"
    with pytest.raises(SiteError) as told:
        added_by(site, text)
    for line, words in {
        2: "floor",
        4: "window",
        5: "regions",
        6: "id",
        7: "there is no device kind kiosk",
    }.items():
        assert any(f.startswith(f"crate.csv:{line}: ") and words in f for f in told.value.errors), told.value
    twice = CSV.replace("help-3", "help-2")
    with pytest.raises(SiteError) as told:
        added_by(site, twice)
    assert [e for e in told.value.errors if e.startswith("crate.csv:3: id: ") and "crate.csv:2" in e], told.value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: columns id, kind are missing"),
        ("id,kind\n", "1: 0 rows"),
        ("kind,place\nhelp_button,x\n", "1: columns id, kind"),
        ("id,kind,colour\nx,help_button,red\n", "1: no column colour"),
        ("id,kind,place,place\nx,help_button,A,B\n", "1: column place is there twice"),
        ("id,kind\n" + "x,help_button\n" * 2001, "1: 2001 rows"),
        ('id,kind\n"x' + "y" * 200_000 + '",help_button\n', "2: a cell is longer"),
        ("id,kind\nx,help_button\ny,help_button,more\n", "3: 3 cells"),
    ],
)
def test_a_file_that_is_no_crate_says_what_one_is(text: str, told: str) -> None:
    with pytest.raises(CsvFault) as raised:
        read_csv("crate.csv", text)
    assert raised.value.at("crate.csv", "en").startswith("crate.csv:" + told)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("line", range(2, 6))
def test_a_quote_left_open_swallows_no_device(line: int, end: str) -> None:
    rows = ["id,kind,place", *(f"q-{n},help_button,厅{n}" for n in range(2, 6))]
    rows[line - 1] = f'q-{line},help_button,"厅{line}'
    for last in (f'q-6,help_button,"厅6"{end}', f'q-6,help_button,厅"6{end}', f'q-6,help_button,厅6"{end}', ""):
        with pytest.raises(CsvFault) as raised:
            read_csv("crate.csv", end.join([*rows, last]))
        assert raised.value.at("crate.csv", "en").startswith(f"crate.csv:{line}: a quote is not closed"), last
    whole = end.join(rows).replace('"', "").replace("厅2", '"东厅，""二"""')
    given = read_csv("crate.csv", whole)
    assert [(item.where, item.row["place"]) for item in given][:2] == [
        ("crate.csv:2", '东厅，"二"'),
        ("crate.csv:3", "厅3"),
    ]


def test_a_change_takes_as_long_as_there_are_devices_and_not_their_square(site: Path) -> None:
    """Twice as many are far from four times as long; buttons without a floor are doubtful, each of them."""

    def seconds(count: int) -> float:
        rows = tuple({"id": f"x-{n}", "kind": "help_button", "place": "厅"} for n in range(count))
        overlay = Overlay(added=rows)
        text = write_overlay(site.with_name("devices.toml"), overlay)
        begun_s = time.process_time()
        assert f"x-{count - 1}" in merged(site, overlay, text=text).device
        return time.process_time() - begun_s

    assert min(seconds(4000) for _ in range(2)) < 8 * min(seconds(1000) for _ in range(3))


def test_more_faults_than_are_listed_are_told_of_their_own_file(site: Path) -> None:
    with pytest.raises(SiteError) as told:
        added_by(site, "id,kind\n" + "".join(f"x-{n},teapot\n" for n in range(2000)))
    assert told.value.errors[-1] == "crate.csv: 1800 more errors are not listed"
