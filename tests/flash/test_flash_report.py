"""What an installer reads on a terminal of 80 columns: every sentence and every port whole."""

import pytest
from rich.console import Console

from firmware.words import words
from tools.flashing import report
from tools.flashing.faults import FlashFault
from tools.flashing.outcome import Outcome

BY_PATH = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2.4.1:1.0-port0"


def crate_of(language: str) -> list[Outcome]:
    """A board that is ready, one that the cable left, one that would not start."""
    good = Outcome("/dev/ttyUSB0", "hukou-strip-1", "window_strip", is_online=True, sent_bytes=300_000, seconds=61.5)
    good.mac, good.version = "24:6f:28:00:01:01", "0.1.0"
    torn = Outcome("/dev/ttyUSB1", "help-1f-lift-1", "help_button", mac=good.mac, version="0.1.0", seconds=12.1)
    torn.fault = FlashFault("unplugged", port=torn.port, step=words("flash.step.copy", language)).say(language)
    far = Outcome(BY_PATH, "sifa-amp-1", "amplifier", unique_id="e66118604b4a2f21", version="0.1.0", seconds=40.0)
    far.fault = FlashFault("safe_mode", id=far.device, said="OSError: [Errno 19] ENODEV").say(language)
    return [good, torn, far]


def printed(outcomes: list[Outcome], language: str, width: int = 80) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(report.table(outcomes, language, width=width))
    return capture.get()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ports_and_ids_are_whole_at_80_columns(language: str) -> None:
    outcomes = crate_of(language)[:2]
    said = printed(outcomes, language)
    rows = [line for line in said.splitlines() if line.startswith("│")]
    for row, outcome in zip(rows, outcomes, strict=True):
        assert f" {outcome.port} " in row
        assert f" {outcome.device} " in row
        assert f" {outcome.mac} " in row
        assert words("flash.failed" if outcome.fault else "flash.done", language) in row


def test_a_wide_terminal_shows_all() -> None:
    said = printed(crate_of("en"), "en", 200)
    for column in report.SHOWN:
        assert words("flash.table." + column, "en") in said
    assert "293 kB" in said


def test_a_port_longer_than_the_terminal_is_folded_not_cut() -> None:
    far = crate_of("zh")[2]
    rows = [row.split("│") for row in printed([far], "zh").splitlines() if row.startswith("│")]
    assert len(rows) > 1
    assert "".join(row[1].strip() for row in rows) == far.port
    assert rows[0][2].strip() == far.device


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_wrong_stands_below_in_full(language: str) -> None:
    outcomes = crate_of(language)
    assert report.sentences(outcomes, language) == [f"{it.device} ({it.port}): {it.fault}" for it in outcomes[1:]]
    would = Outcome("/dev/ttyUSB0", "a", differences=["/slots/a", "/main.py"])
    (line,) = report.sentences([would], language, is_dry=True)
    assert line.startswith("a (/dev/ttyUSB0): ")
    assert "/slots/a, /main.py" in line
