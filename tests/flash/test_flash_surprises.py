"""What nobody foresaw, and Ctrl-C: one board is told as it is, the others are ready, and the report is there."""

import csv
import json
import os
import signal
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.flash.building import Building
from tests.flash.stage import Stage, new_board, own_port
from tests.flash.test_flash_far_end import FLASH, pytestmark  # noqa: F401

ONLINE = ["--language", "en", "--patience", "20"]


def command(stage: Stage, file: Path, *more: object) -> list[str]:
    folder = ["--folder", stage.folder / "hub"] if "--hub" not in more else []
    words = [FLASH, "--crate", file, "--labels", file.parent / "labels", *ONLINE, *folder, *more]
    return [sys.executable, *map(str, words)]


def at_a_keyboard(line: list[str]) -> "subprocess.Popen[str]":
    """Started as a shell does in the foreground: Ctrl-C reaches it, even where these tests run in the background."""
    pipe = subprocess.PIPE
    reach = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, preexec_fn=reach)


def rows(file: Path) -> list[dict[str, str]]:
    with file.with_name("crate-report.csv").open(encoding="utf-8-sig") as report:
        return list(csv.DictReader(report))


def test_a_surprise_with_one_board_loses_no_other(stage: Stage, tmp_path: Path) -> None:
    """A hub of another version tells of one device less than of the others, and too much."""
    good, odd = stage.device(), stage.device()
    password = json.loads((stage.process.boards / f"{odd}.json").read_text())["password"]

    def change(path: str, value: Any) -> None:
        if path.endswith(f"{odd}/board"):
            value["board"]["broker"] = f"see {password} and {stage.process.token()}"

    file, token = tmp_path / "crate.csv", stage.folder / "hub" / "admin.token"
    building = Building(stage.hub.url, change)
    try:
        with new_board(tmp_path, 1) as first, new_board(tmp_path, 2) as second:
            file.write_text(f"port,device\n{second.port},{odd}\n{first.port},{good}\n")
            line = command(stage, file, "--hub", building.url, "--token-file", token, "--verbose")
            done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    finally:
        building.close()
    assert done.returncode == 1, done.stderr
    report = rows(file)
    assert [(row["device"], row["is_online"]) for row in report] == [(odd, "False"), (good, "True")]
    assert [row["code"] for row in report] == ["unexpected", ""]
    assert "run the same command again" in report[0]["fault"]
    assert f"{odd} ({report[0]['port']}): {report[0]['fault']}" in done.stdout.splitlines()
    log = file.with_name("crate-report.log")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "Traceback" in log.read_text()
    assert "Traceback" in done.stderr
    everything = done.stdout + done.stderr + "".join(path.read_text() for path in tmp_path.glob("crate-report.*"))
    assert password not in everything
    assert stage.process.token() not in everything


def test_a_label_or_a_report_that_cannot_be_written_leaves_the_board_online(stage: Stage, tmp_path: Path) -> None:
    button = stage.device()
    file = tmp_path / "crate.csv"
    (tmp_path / "labels").write_text("no folder")
    with new_board(tmp_path) as board:
        file.write_text(f"port,device\n{board.port},{button}\n")
        done = subprocess.run(command(stage, file), capture_output=True, text=True, timeout=120)
        assert done.returncode == 1, done.stderr
        (row,) = rows(file)
        assert (row["code"], row["is_online"], row["label"]) == ("label", "True", "")
        assert "--labels" in row["fault"]

        (tmp_path / "labels").unlink()
        nowhere = ("--report", tmp_path / "crate.csv" / "report.csv", "--json")
        done = subprocess.run(command(stage, file, *nowhere), capture_output=True, text=True, timeout=120)
        assert done.returncode == 1
        (outcome,) = json.loads(done.stdout)
        assert (outcome["code"], outcome["is_online"]) == ("", True)
        assert "--report" in done.stderr


def test_after_ctrl_c_there_is_a_report_and_it_goes_on(stage: Stage, tmp_path: Path) -> None:
    """One board is ready; one has no network, and the hub is waited for."""
    ready, waiting = stage.device(), stage.device()
    file = tmp_path / "crate.csv"
    with new_board(tmp_path, 1) as board, new_board(tmp_path, 2) as alone:
        alone.cut_network()
        file.write_text(f"port,device\n{board.port},{ready}\n{alone.port},{waiting}\n")
        line = command(stage, file, "--online", "300")
        child = at_a_keyboard(line)
        stage.until(lambda: (tmp_path / "labels" / f"{ready}.png").is_file())
        alone.wait(lambda: "not connected" in alone.printed, 60)
        child.send_signal(signal.SIGINT)
        said, wrong = child.communicate(timeout=60)
        assert child.returncode == 130, wrong
        assert "Traceback" not in said + wrong
        first, second = rows(file)
        assert (first["code"], first["is_online"]) == ("", "True")
        assert (second["code"], second["step"]) == ("interrupted", "online")
        assert "run the same command again" in second["fault"]
        alone.restore_network()
        done = subprocess.run(command(stage, file), capture_output=True, text=True, timeout=120)
        assert (done.returncode, [row["code"] for row in rows(file)]) == (0, ["", ""])


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_it_says_at_once_that_it_lets_go_and_once_more_ends_it(
    stage: Stage, button: str, tmp_path: Path, first: signal.Signals
) -> None:
    """What is at the port keeps it waiting for 12 s: nobody answers there."""
    file = tmp_path / "crate.csv"
    master, port = own_port()
    slave = os.open(port, os.O_RDWR | os.O_NOCTTY)  # so that it can be read before somebody opens it
    file.write_text(f"port,device\n{port},{button}\n")
    child = at_a_keyboard(command(stage, file))
    try:
        os.read(master, 1)  # now it asks the board
        child.send_signal(first)
        assert child.stdout is not None
        assert "up to 10 s" in child.stdout.readline()
        child.send_signal(signal.SIGINT)
        said, wrong = child.communicate(timeout=6)
    finally:
        child.kill()
        os.close(slave)
        os.close(master)
    assert child.returncode == 130, wrong
    assert "Traceback" not in said + wrong
    (row,) = rows(file)
    assert (row["code"], row["step"]) == ("interrupted", "find")
