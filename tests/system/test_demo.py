"""The demo as a stranger runs it, in two halls: it agrees with itself, and leaves pictures and sound."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import wave
from array import array
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from simulators.demo_account import Books, settle
from simulators.help_calls import HelpCalls, HelpManners
from simulators.pace import Pace
from simulators.process import find_micropython
from simulators.record import Record, Result

PROJECT = Path(__file__).resolve().parents[2]
HALLS = ("sifa", "shuiwu")
VISITORS = 24

with_micropython = pytest.mark.skipif(not find_micropython(), reason="no MicroPython for this machine")


def demo(folder: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "simulators.demo", "--folder", str(folder), "--halls", ",".join(HALLS)]
    command += ["--visitors", str(VISITORS), "--speed", "200", "--json", *more]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any], Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    with demo(folder) as running:
        out, told = running.communicate(timeout=90)
    return running.returncode, json.loads(out), folder, told


@pytest.mark.system
@with_micropython
def test_paper_hub_and_platform_agree(played):
    exit_code, result, _, told = played
    assert (exit_code, result["troubles"]) == (0, []), told
    assert result["tickets"] == {"spot": VISITORS, "hub": VISITORS, "platform": VISITORS}
    assert result["finished"]["platform"] + result["passed"]["platform"] == VISITORS
    assert result["alarms"] == {"spot": 4, "hub": 4, "platform": 4}
    # Whoever came before they were called aloud is not called any more.
    assert result["announcements"]["spot"] > VISITORS / 2
    assert (result["doubles"], result["lost"], result["unserved"]) == (0, 0, 0)
    assert result["records"] > 4 * VISITORS


@pytest.mark.system
@with_micropython
def test_it_leaves_pictures_of_the_rush_and_of_the_evening(played):
    _, _, folder, _ = played
    for occasion in ("busy", "evening"):
        names = {path.stem for path in (folder / "pictures" / occasion).glob("*.png")}
        for hall in HALLS:
            assert {f"{hall}-{thing}" for thing in ("strip-1", "display-1", "kiosk-1", "call-01", "eval-01")} <= names
    assert len(list((folder / "pictures" / "busy").glob("ticket-*.png"))) == len(HALLS)
    with Image.open(folder / "pictures" / "strip-close-up.png") as close_up:
        assert len(close_up.convert("RGB").getcolors(1 << 20) or ()) > 3
    day, night = (folder / "pictures" / at / "sifa-strip-1.png" for at in ("busy", "evening"))
    assert day.read_bytes() != night.read_bytes()


@pytest.mark.system
@with_micropython
def test_it_leaves_an_announcement_of_each_hall_as_it_was_heard(played):
    _, _, folder, _ = played
    words = (folder / "sound" / "announcements.txt").read_text(encoding="utf-8")
    for hall in HALLS:
        with wave.open(str(folder / "sound" / f"{hall}-amp-1.wav")) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
            samples = array("h", sound.readframes(sound.getnframes()))
        assert 3 < len(samples) / 16000 < 15
        assert 3000 < max(map(abs, samples)) < 32767
        assert f"{hall}-amp-1.wav" in words
    assert words.count("号窗口办理") == len(HALLS)
    silences_ms = [int(found) for found in re.findall(r"片段间静音最长 (\d+) 毫秒", words)]
    assert len(silences_ms) == len(HALLS)
    assert all(5 <= silence_ms < 30 for silence_ms in silences_ms)


@pytest.mark.system
@with_micropython
def test_ended_in_the_middle_it_leaves_nothing_running(tmp_path):
    folder = tmp_path / "demo"
    with demo(folder) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "接通" in line:  # devices are being switched on
                break
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)
    assert running.returncode == 130
    assert [pid for pid, command in processes() if str(folder) in command] == []


def processes() -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                found.append((int(folder.name), (folder / "cmdline").read_bytes().decode(errors="replace")))
            except OSError:
                pass  # it has just ended
    return found


def test_a_folder_that_is_not_a_demos_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_text("years of work", encoding="utf-8")
    with demo(tmp_path) as running:
        out, told = running.communicate(timeout=30)
    assert (running.returncode, out) == (2, "")
    assert "no demo made" in told
    assert (tmp_path / "thesis.odt").read_text(encoding="utf-8") == "years of work"


# the account


def a_day(**changed: Any) -> Books:
    """Two people came, A001 was served and rated, A002 did not show up."""
    facts: dict[str, Any] = {
        "people": people(finished=1, gave_up=1, rated=1),
        "papers": ("A001", "A002"),
        "help_calls": HelpCalls([], NoConsole(), Pace(), HelpManners(), random.Random(1)),
        "played": 2,
        "tickets": (
            {"id": "d-A001", "number": "A001", "state": "finished", "rendered": [{"level": 5}]},
            {"id": "d-A002", "number": "A002", "state": "passed", "rendered": []},
        ),
        "alarms": (),
        "waiting_announcements": 0,
        "withdrawn_announcements": 0,
        "received": received(),
        "may_end_early": False,
    }
    return Books(**{**facts, **changed})


def people(*, visitors: int = 2, is_complete: bool = True, **counts: int) -> Result:
    record = Record()
    record.tickets = ["A001", "A002"]
    record.outcomes.update({name.replace("_", " "): count for name, count in counts.items() if name != "rated"})
    record.counts["rated"] = counts.get("rated", 0)
    return record.result("a day", visitors, is_complete, 1.0)


def received(**changed: Any) -> dict[str, Any]:
    types = {"ticket.taken": 2, "ticket.called": 2, "ticket.finished": 1, "ticket.passed": 1, "service.rated": 1}
    tickets = {
        "d-A001": ["ticket.taken", "ticket.called", "ticket.finished", "service.rated"],
        "d-A002": ["ticket.taken", "ticket.called", "ticket.passed"],
    }
    facts: dict[str, Any] = {"types": types, "tickets": tickets, "records": 7}
    return {**facts, "duplicates": 0, "out_of_order": 0, "rejected": 0, **changed}


def test_a_call_that_was_no_longer_true_was_not_to_be_heard():
    assert settle(a_day(played=1, withdrawn_announcements=1)).troubles == ()
    heard = settle(a_day(played=2, withdrawn_announcements=1)).troubles
    assert heard == ("announcements: 2 on the spot, 1 in the hub, 1 at the platform",)


def test_a_good_day_has_no_troubles():
    account = settle(a_day())
    assert account.troubles == ()
    assert (account.doubles, account.lost, account.unserved) == (0, 0, 0)


@pytest.mark.parametrize(
    ("changed", "trouble"),
    [
        ({"papers": ("A001",)}, "A002 is in the hub, no paper fell"),
        ({"papers": ("A001", "A002", "A003")}, "A003 is on paper, the hub does not know it"),
        ({"played": 1}, "announcements: 1 on the spot, 2 in the hub, 2 at the platform"),
        ({"received": received(out_of_order=1)}, "1 records out of order at the platform"),
        (
            {"received": received(tickets={"d-A001": ["ticket.taken"]})},
            "d-A002 is in the hub, not at the platform",
        ),
        ({"people": people(finished=1, gave_up=1, rated=2)}, "rated: 2 on the spot, 1 in the hub, 1 at the platform"),
        (
            {"people": people(finished=1, gave_up=1, visitors=5, is_complete=False)},
            "3 visitors were still there when the time was up",
        ),
    ],
)
def test_whatever_does_not_agree_is_told(changed, trouble):
    account = settle(a_day(**changed))
    assert trouble in account.troubles
    assert not account.agrees


def test_people_who_are_sent_home_as_asked_are_no_trouble():
    account = settle(a_day(people=people(gave_up=1, visitors=5, is_complete=False), may_end_early=True))
    assert account.agrees
    assert account.unserved == 4


class NoConsole:
    """For a day on which nobody needs help."""

    def get(self, path: str) -> Any:
        raise AssertionError(path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        raise AssertionError(path)
