"""What runs on boards fits the boards' MicroPython; what would not is caught."""

from pathlib import Path

import pytest

from tools import stubs


@pytest.mark.parametrize("port", stubs.PORTS)
def test_what_runs_on_boards_fits_their_micropython(port: str) -> None:
    files = stubs.files_for(port)
    names = {path.relative_to(stubs.ROOT).as_posix() for path in files}
    assert {"firmware/agent.py", "drivers/micropython/i2s_sound.py", "firmware/parts/button_pin.py"} <= names
    assert ("firmware/platform/wiznet.py" in names) == (port == "rp2")
    assert not any(name.startswith(stubs.LINUX_ROOMS) for name in names)
    assert stubs.check(port, files) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("from machine import Pin\nPin(1, Pin.SIDEWAYS)\n", "SIDEWAYS"),
        ("import dataclasses\n", "dataclasses"),
        ("import threading\n", "threading"),
        ("import time\ntime.perf_counter()\n", "perf_counter"),
        ("from machine import SPI\nSPI(1, baudrate='fast')\n", "SPI"),
    ],
)
def test_what_a_board_does_not_have_is_caught(wrong: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(wrong)
    for port in stubs.PORTS:
        faults = stubs.check(port, [file])
        assert len(faults) == 1, faults
        assert said in faults[0]
        assert faults[0].startswith(f"{port}: ")


def test_without_stubs_it_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stubs, "TYPINGS", stubs.ROOT / "build" / "no-typings-here")
    with pytest.raises(FileNotFoundError, match=r"run: sh tools/setup\.sh"):
        stubs.check("esp32", [])


def test_the_table_of_met_differences_is_not_longer_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stubs.main([]) == 0
    monkeypatch.setattr(stubs, "MET", (*stubs.MET, ("drivers/lamp.py", "nothing like this")))
    assert stubs.main([]) == 1
