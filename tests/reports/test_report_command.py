"""`hallhub report` against a running hub whose journal tells of two days."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from hub import config
from hub.cli.main import main
from hub.site_file import load
from hub.sites import find
from simulators.hub_process import HubProcess
from tests.bench.year import write_year

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    folder = tmp_path_factory.mktemp("reports") / "hub"
    folder.mkdir()
    write_year(folder / "journal.db", load(find("doumen")), date(2026, 10, 16), days=2, tickets=300)
    hub = HubProcess(folder)
    hub.start()
    yield hub
    hub.stop()


def run(hub: HubProcess, *words: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(hub.folder), *words], env={"COLUMNS": "160"})


def test_a_day_as_a_table(hub: HubProcess) -> None:
    done = run(hub, "report", "day", "2026-10-16", "--by", "hall")
    assert done.exit_code == 0, done.output
    assert "斗门区市民服务中心 日报 2026-10-16" in done.output
    total = next(line for line in done.output.splitlines() if "合计" in line)
    assert "300" in total


def test_a_month_is_its_days(hub: HubProcess) -> None:
    month = json.loads(run(hub, "report", "month", "2026-10", "--json").output)
    assert [day["day"] for day in month["days"]] == ["2026-10-15", "2026-10-16"]
    assert month["total"]["taken"] == sum(day["taken"] for day in month["days"]) == 600
    assert month["total"]["finished"] == 600
    assert month["is_over"]
    for by in ("service", "window", "staff", "hall"):
        rows = json.loads(run(hub, "report", "month", "2026-10", "--by", by, "--json").output)["rows"]
        assert sum(row["finished"] for row in rows) == 600, by


def test_files_in_one_go(hub: HubProcess, tmp_path: Path) -> None:
    files = [tmp_path / f"month.{kind}" for kind in ("csv", "xlsx", "pdf")]
    options = [part for file in files for part in (f"--{file.suffix[1:]}", str(file))]
    done = run(hub, "report", "month", "2026-10", "--by", "window", *options)
    assert done.exit_code == 0, done.output
    lines = list(csv.reader(io.StringIO(files[0].read_bytes().decode("utf-8-sig"))))
    assert lines[-1][:2] == ["合计", "600"]
    assert files[1].read_bytes().startswith(b"PK")
    assert files[2].read_bytes().startswith(b"%PDF")


def test_a_file_that_cannot_be_written(hub: HubProcess, tmp_path: Path) -> None:
    done = run(hub, "report", "month", "2026-10", "--csv", str(tmp_path / "no" / "month.csv"))
    assert done.exit_code == 4
    assert "month.csv" in done.output


@pytest.mark.parametrize("when", ["2026-13-01", "yesterday", "20261122", "2026-W47-7"])
def test_what_is_no_day_is_refused(hub: HubProcess, when: str) -> None:
    done = run(hub, "report", "day", when)
    assert done.exit_code == 1
    assert "2026-11-22" in done.output  # what a day looks like


def test_the_api_wants_its_token(hub: HubProcess) -> None:
    assert httpx.get(f"{config.load(hub.folder).api.url}/reports/day", trust_env=False).status_code == 401
    assert hub.get("/reports/day")["total"]["taken"] == 0
