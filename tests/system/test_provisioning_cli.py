"""hallhub devices add, import, key, replace, retire: as an installer types them, with a real hub."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import main
from simulators.hub_process import HubProcess
from tests.system.push_buttons import write_site

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    folder = tmp_path_factory.mktemp("cli")
    hub = HubProcess(folder / "hub", site=str(write_site(folder, 2)))
    hub.start()
    yield hub
    hub.stop()


def hallhub(hub: HubProcess, *words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--folder", str(hub.folder), "--language", language, *words])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def ids(hub: HubProcess) -> set[str]:
    return {device["id"] for device in told(hallhub(hub, "devices", "list", "--json"))}


def test_a_device_is_added_keyed_replaced_and_retired(hub: HubProcess) -> None:
    result = hallhub(hub, "devices", "add", "wc-1", "--kind", "help_button", "--place", "卫生间", "--floor", "2")
    assert result.exit_code == 0, result.output
    path = hub.boards / "wc-1.json"
    assert str(path) in result.output.replace("\n", "")
    keys = [json.loads(path.read_bytes())["password"]]
    for act in ("key", "replace"):
        assert told(hallhub(hub, "devices", act, "wc-1", "--json"))["board"] == str(path)
        keys.append(json.loads(path.read_bytes())["password"])
        assert not any(key in result.output for key in keys)
    assert len(set(keys)) == 3
    assert "已停用" in hallhub(hub, "devices", "retire", "wc-1", language="zh").output
    assert "wc-1" not in ids(hub)
    assert not path.exists()


def test_a_strip_is_added_with_its_regions(hub: HubProcess) -> None:
    words = ("--kind", "window_strip", "--hall", "east", "--length-m", "2", "--width-px", "192", "--height-px", "96")
    result = hallhub(hub, "devices", "add", "strip-1", *words, "--region", "0+96=east-w01", "--region", "96+96:你好")
    assert result.exit_code == 0, result.output
    board = json.loads((hub.boards / "strip-1.json").read_bytes())
    assert board["settings"]["regions"] == [[0, 96], [96, 96]]
    assert hallhub(hub, "devices", "add", "strip-2", *words, "--region", "0-96").exit_code == 2
    assert told(hallhub(hub, "devices", "retire", "strip-1", "--json")) == {"id": "strip-1"}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_crate_is_imported(hub: HubProcess, tmp_path: Path, coding: str) -> None:
    crate = tmp_path / "crate.csv"
    crate.write_text("id,kind,place\ncrate-1,help_button,卫生间\ncrate-2,help_button,电梯厅\n", encoding=coding)
    result = hallhub(hub, "devices", "import", str(crate))
    assert result.exit_code == 0, result.output
    assert "卫生间" in result.output
    assert json.loads((hub.boards / "crate-2.json").read_bytes())["settings"]["place"] == "电梯厅"
    for device in ("crate-1", "crate-2"):
        hallhub(hub, "devices", "retire", device)


def test_noes_say_what_to_do(hub: HubProcess, tmp_path: Path) -> None:
    before = ids(hub)
    crate = tmp_path / "crate.csv"
    crate.write_text("id,kind,place\nok-1,help_button,A\nb-1,help_button,B\nok-2,help_knob,C\n", encoding="utf-8")
    result = hallhub(hub, "devices", "import", str(crate))
    assert result.exit_code == 1
    assert "crate.csv:3: id: b-1 is already the id" in result.output
    assert "crate.csv:4: kind: there is no device kind help_knob" in result.output
    assert ids(hub) == before, "nothing of it"
    assert "编号 b-1 已用于" in hallhub(hub, "devices", "add", "b-1", "--kind", "help_button", language="zh").output
    for act in ("key", "replace", "retire"):
        result = hallhub(hub, "devices", act, "nowhere")
        assert (result.exit_code, "hallhub devices list" in result.output) == (1, True), result.output
    assert hallhub(hub, "devices", "import", str(tmp_path / "none.csv")).exit_code == 2
    result = hallhub(hub, "devices", "retire", "east-amp-1")
    assert (result.exit_code, "no amplifier east-amp-1" in result.output) == (1, True), result.output


ROW = "wc-7,help_button,卫生间"
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")  # a sentence of it; three words, no names of columns

CRATES = {
    "no column": ("id,kind,colour\nwc-7,help_button,red\n", 1),
    "columns missing": ("place\n卫生间\n", 1),
    "a column twice": ("id,kind,place,place\nwc-7,help_button,东,西\n", 1),
    "no devices": ("id,kind,place\n", 1),
    "ten thousand devices": ("id,kind,place\n" + f"{ROW}\n" * 10_000, 1),
    "too long": ("id,kind,place\n" + f"{ROW}\n" * 20_000, 1),
    "a quote left open": (f'id,kind,place\n{ROW}\nwc-8,help_button,"厅\nwc-9,help_button,"厅"\n', 3),
    "a cell too many": (f"id,kind,place\n{ROW},x\n", 2),
    "a cell too long": (f"id,kind,place\n{ROW}{'长' * 132_000}\n", 2),
    "a control character": (f"id,kind,place\n{ROW}\x07\n", 2),
    "a number too large": (f"id,kind,place,floor\n{ROW},{10**30}\n", 2),
    "no number": ("id,kind,hall,length_m,width_px,height_px\ns-1,window_strip,east,nan,192,96\n", 2),
    "a long id": (f"id,kind,place\n{'a' * 300},help_button,厅\n", 2),
    "nowhere": ("id,kind\nwc-7,help_button\n", 2),
    "a kind that is none": ("id,kind,place\nwc-7,help_knob,厅\n", 2),
}


@pytest.mark.parametrize("name", CRATES)
def test_a_bad_crate_is_refused_in_chinese_with_its_line(hub: HubProcess, tmp_path: Path, name: str) -> None:
    text, line = CRATES[name]
    crate = tmp_path / "crate.csv"
    crate.write_text(text, encoding="utf-8")
    is_refused(hallhub(hub, "devices", "import", str(crate), language="zh"), f"crate.csv:{line}: ")


def test_a_file_that_is_no_text_is_named(hub: HubProcess, tmp_path: Path) -> None:
    crate = tmp_path / "crate.csv"
    crate.write_bytes(b"\x7fELF\x02\x01\x01\x00\x03")
    is_refused(hallhub(hub, "devices", "import", str(crate), language="zh"), "crate.csv:1: 含有控制字符 U+")
    crate.write_bytes(b"id,kind\n\xff\xd8\xff\xe0\n")
    is_refused(hallhub(hub, "devices", "import", str(crate), language="zh"), "crate.csv:2: 不是文本")


def test_more_faults_than_are_listed(hub: HubProcess, tmp_path: Path) -> None:
    crate = tmp_path / "crate.csv"
    crate.write_text("id,kind\n" + "".join(f"x-{n},teapot\n" for n in range(2000)), encoding="utf-8")
    result = hallhub(hub, "devices", "import", str(crate), language="zh")
    is_refused(result, "crate.csv:2: ")
    assert "crate.csv: 另有 1800 处错误没有列出" in result.output


BUTTON = ("--kind", "help_button", "--place", "卫生间")
STRIP = ("--kind", "window_strip", "--hall", "east", "--width-px", "192", "--height-px", "96")
TYPED = {
    "a length that is no number": ("s-1", *STRIP, "--length-m", "nan"),
    "a length without end": ("s-1", *STRIP, "--length-m", "inf"),
    "a long id": ("a" * 300, *BUTTON),
    "an id with a control character": ("wc\x03", *BUTTON),
    "a place with a control character": ("wc-7", "--kind", "help_button", "--place", "厕\x07所"),
    "a long place": ("wc-7", "--kind", "help_button", "--place", "厅" * 300),
    "a kind that is none": ("wc-7", "--kind", "help_knob"),
    "a kind with a control character": ("wc-7", "--kind", "\x1b[31m", "--place", "厅"),
    "a floor too high": ("wc-7", *BUTTON, "--floor", str(10**30)),
    "a region that is none": ("s-1", *STRIP, "--length-m", "2", "--region", "0-96"),
    "a region with a control character": ("s-1", *STRIP, "--length-m", "2", "--region", "0+96:a\x03"),
    "a region with a long text": ("s-1", *STRIP, "--length-m", "2", "--region", "0+96:" + "好" * 300),
    "a help button that is nowhere": ("wc-7", "--kind", "help_button", "--floor", "2"),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_bad_device_is_refused_in_chinese(hub: HubProcess, name: str) -> None:
    is_refused(hallhub(hub, "devices", "add", *TYPED[name], language="zh"), "")


def is_refused(result: Result, says: str) -> None:
    """In one language, with words and not with a traceback."""
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert says in result.output[:2000]
    assert re.search("[一-鿿]{2,}", result.output), result.output
    listed = re.sub("可用(的键)?：.*", "", result.output)  # the columns there are
    assert not ENGLISH.search(listed), result.output
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", result.output), "nothing that steers the terminal"
