"""hallhub devices add, import, key, replace, retire: as an installer types them, with a real hub."""

import json
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
    crate.write_text("id,kind\nok-1,help_button\nb-1,help_button\nok-2,help_knob\n", encoding="utf-8")
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
