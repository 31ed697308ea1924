"""Cases on the command line, against a running hub that has a poor rating of the day in its journal."""

import getpass
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import main
from simulators.hub_process import HubProcess
from tests.hub.test_api import Api
from tests.hub.test_cases_api import PLANTED, poor_rating


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """The hub's folder, and two cases."""
    folder = tmp_path_factory.mktemp("cases") / "hub"
    before = Api(folder)
    cases = [poor_rating(before, visitor) for visitor in ("v1", "v2")]
    before.close()
    hub = HubProcess(folder)
    hub.start()
    yield folder, cases
    hub.stop()


def typed(folder: Path, *words: str, language: str = "zh") -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), "--language", language, *words])


def told(folder: Path, *words: str) -> Any:
    result = typed(folder, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_case_is_led_to_its_end(stage: tuple[Path, list[str]]) -> None:
    folder, (case, _) = stage
    assert told(folder, "cases", "screen", case, "valid", "--note", "已核实")["state"] == "screened"
    assert told(folder, "cases", "assign", case, "c7")["assignee"] == "c7"
    too_early = typed(folder, "cases", "rectify", case, "--by", "c7")
    assert (too_early.exit_code, "请先回访" in too_early.output) == (1, True)
    assert told(folder, "cases", "contact", case, "--in-vain")["missed"] == 1
    wrong = typed(folder, "cases", "contact", case, "--reason", "115")
    assert (wrong.exit_code, "与评价等级相符" in wrong.output) == (1, True)
    contacted = told(folder, "cases", "contact", case, "--reason", "213")
    assert (contacted["state"], contacted["reasons"]) == ("contacted", [213, 214])
    assert told(folder, "cases", "rectify", case, "--by", "c7")["state"] == "rectifying"
    assert told(folder, "cases", "reply", case, "--by", "c7")["state"] == "replied"
    assert "Nobody reviews" in typed(folder, "cases", "review", case, "--by", "c7", language="en").output
    assert told(folder, "cases", "review", case)["state"] == "reviewed"
    closed = told(folder, "cases", "close", case)
    assert closed["state"] == "closed"
    assert closed["steps"][0]["by"] == getpass.getuser().lower()
    page = typed(folder, "cases", "show", case)
    assert "已办结" in page.output
    assert "服务态度生硬" in page.output
    assert PLANTED[:3] not in page.output
    assert PLANTED[:3] in typed(folder, "cases", "show", case, "--words").output


def test_an_appeal_that_is_granted(stage: tuple[Path, list[str]]) -> None:
    folder, (_, case) = stage
    told(folder, "cases", "screen", case, "valid")
    told(folder, "cases", "assign", case, "c7")
    assert told(folder, "cases", "appeal", case, "--by", "c7")["state"] == "appealed"
    assert not told(folder, "cases", "appeal", case, "--judge", "overturn")["is_valid"]
    assert case in typed(folder, "cases", "list", "--state", "overturned").output
    assert told(folder, "cases", "list", "--overdue") == []
    (row,) = told(folder, "satisfaction")
    assert (row["invalid"], row["rendered"]) == (1, 2)
    assert "满意率" in typed(folder, "satisfaction").output


def test_what_is_not_there(stage: tuple[Path, list[str]]) -> None:
    folder, _ = stage
    missing = typed(folder, "cases", "show", "nothing")
    assert (missing.exit_code, "nothing" in missing.output) == (1, True)
