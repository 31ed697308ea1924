"""A crate: ten boards of three kinds at once, with cables and power going at random; the crate file; the report."""

import csv
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from simulators.boards import VirtualBoard
from tests.flash.stage import PATIENCE_S, STEPS, Hand, Stage, cuts, mend, new_board
from tools.flashing import crate
from tools.flashing.faults import FlashFault
from tools.flashing.outcome import Outcome
from tools.flashing.steps import Flashing, Job

pytestmark = [pytest.mark.micropython, pytest.mark.system]

FLASH = Path(__file__).resolve().parent.parent.parent / "tools" / "flash.py"
KINDS = ["help_button"] * 5 + ["amplifier"] * 3 + ["window_strip"] * 2


def test_ten_boards_of_three_kinds_survive_a_clumsy_installer(stage: Stage, tmp_path: Path) -> None:
    boards = [new_board(tmp_path, number) for number in range(1, 11)]
    devices = [stage.strip() if kind == "window_strip" else stage.device(kind) for kind in KINDS]
    try:
        with ThreadPoolExecutor(10) as hands:
            torn = list(hands.map(lambda n: clumsy(stage, boards[n], devices[n], n), range(10)))
        assert sum(torn) >= 7  # something really happened
        jobs = [Job(board.port, device) for board, device in zip(boards, devices, strict=True)]

        def one(job: Job, outcome: Outcome) -> Outcome:
            return Flashing(stage.bench(), job, outcome=outcome).run()

        def look(job: Job, outcome: Outcome) -> Outcome:
            return Flashing(stage.bench(), job, outcome=outcome).verify()

        outcomes = crate.flash_all(jobs, one, Event())
        assert [outcome.fault for outcome in outcomes] == [""] * 10
        assert [outcome.kind for outcome in outcomes] == KINDS
        online = {device["id"] for device in stage.process.get("/devices") if device["is_online"]}
        assert set(devices) <= online
        assert [seen.fault for seen in crate.flash_all(jobs, look, Event())] == [""] * 10
    finally:
        for board in boards:
            board.close()


def clumsy(stage: Stage, board: VirtualBoard, device: str, seed: int) -> bool:
    """Starts to flash it and tears it off; whether that hit."""
    dice = random.Random(seed)
    board.start()
    is_erase = bool(seed % 3)
    step = dice.choice([*STEPS, "compile", *["copy"] * 3, *["erase"] * 3 * is_erase])
    hand = Hand(step, cuts(board, dice), dice.random() if step in ("copy", "erase") else 0.0)
    outcome = stage.flash(board, device, hand, is_erase=is_erase)
    assert hand.has_acted, (step, outcome)
    board.stop()
    mend(board)
    return bool(outcome.fault)


def flash(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FLASH), "--patience", str(PATIENCE_S), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_the_command_flashes_a_crate_and_writes_labels_and_report(stage: Stage, tmp_path: Path) -> None:
    button, strip = stage.device(), stage.strip()
    file = tmp_path / "crate.csv"
    with new_board(tmp_path, 1) as first, new_board(tmp_path, 2) as second:
        file.write_text(f"port,device\n{first.port},{button}\n{second.port},{strip}\n/dev/ttyNone,{stage.device()}\n")
        words = ("--crate", file, "--folder", stage.folder / "hub", "--labels", tmp_path / "labels")
        dry = flash(*words, "--dry-run", "--json")
        assert dry.returncode == 1  # one of them is not there
        assert [bool(row["differences"]) for row in json.loads(dry.stdout)] == [True, True, False]
        assert not stage.hub.device(button)["is_online"]

        done = flash(*words, "--language", "en")
        assert done.returncode == 1, done.stderr
        assert "2 done, 1 not" in " ".join(done.stdout.split())
        with (tmp_path / "crate-report.csv").open(encoding="utf-8-sig") as report:
            rows = list(csv.DictReader(report))
        assert [(row["device"], row["is_online"], row["code"]) for row in rows[:2]] == [
            (button, "True", ""),
            (strip, "True", ""),
        ]
        assert rows[2]["code"] == "no_port"
        assert sorted(path.stem for path in (tmp_path / "labels").iterdir()) == sorted([button, strip])
        whole = json.loads((tmp_path / "crate-report.json").read_text(encoding="utf-8"))
        assert whole[0]["mac"] == "24:6f:28:00:01:01"

        seen = flash("--port", first.port, "--device", button, "--folder", stage.folder / "hub", "--verify", "--json")
        assert (seen.returncode, json.loads(seen.stdout)[0]["differences"]) == (0, [])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--crate", "crate.csv", "--drive", "."), "a crate file has a column drive"),
        (("--computer", "kiosk", "--device", "x", "--drive", "."), "of boards"),
        (("--computer", "kiosk", "--device", "x", "--image"), "of boards"),
        (("--computer", "kiosk", "--device", "x", "--erase"), "of boards"),
    ],
)
def test_an_option_that_would_do_nothing_is_a_wrong_command_line(words: tuple[str, ...], says: str) -> None:
    done = flash(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("port,device\n", 1, "no devices"),
        ("port,name\n/dev/a,b\n", 1, "name"),
        ("port,device,device\n/dev/a,b,c\n", 1, "device is there twice"),
        ('port,device\n/dev/a,x\n/dev/b,"y\n/dev/c,z\n/dev/d,"w"\n', 3, "a quote is not closed"),
        ("port,device\n\n/dev/a,\n", 3, "device is missing"),
        ("port,device\n/dev/a,x,yes\n", 2, "3 cells"),
        ("port,device\n/dev/a,x\x00\n", 2, "U+0000"),
        ("port,device\n/dev/a,\n", 2, "device is missing"),
        ("port,device\n/dev/a,x\n/dev/b,x\n", 3, "already in line 2"),
        ("port,device,image\n/dev/a,x,perhaps\n", 2, "yes, no or empty"),
        ("port,device,image,drive\n/dev/a,x,no,/nowhere\n/dev/b,y,yes,/nowhere/RP2350\n", 3, "hold BOOTSEL"),
        ("port,device,image,drive\n/dev/a,x,yes,RP2350\n", 2, "whole path"),
        ("port,device,drive\n/dev/a,x,/media/RP2350\n/dev/b,y,/media/RP2350\n", 3, "already in line 2"),
    ],
)
def test_a_wrong_crate_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    file = tmp_path / "crate.csv"
    file.write_text(text)
    with pytest.raises(FlashFault) as caught:
        crate.read(file, "en")
    assert f"line {line}: " in caught.value.say("en")
    assert says in caught.value.say("en")
    assert caught.value.exit_code == 2


def test_each_board_of_a_crate_may_have_a_drive(tmp_path: Path) -> None:
    file, drive = tmp_path / "crate.csv", tmp_path / "RP2350"
    drive.mkdir()
    file.write_text(f"port,device,image,drive\n/dev/a,x,yes,{drive}\n/dev/b,y,,\n")
    with pytest.raises(FlashFault):
        crate.read(file, "en")  # a folder, but no drive of a board
    assert [job.drive for job in crate.read(file, "en", is_image=False)] == [drive, None]  # only to be looked at
    (drive / "INFO_UF2.TXT").touch()
    assert [(job.drive, job.is_image) for job in crate.read(file)] == [(drive, True), (None, False)]


def test_a_crate_file_from_a_chinese_spreadsheet_is_read(tmp_path: Path) -> None:
    file = tmp_path / "crate.csv"
    file.write_bytes("port,device,profile,replace,image\r\nCOM3,hukou-strip-1,virtual,是,否\r\n".encode("gb18030"))
    assert crate.read(file) == [Job("COM3", "hukou-strip-1", "virtual", False, True, False)]
