"""The folder of a Linux device: whole, private, repeatable, interruptible; a unit that systemd understands."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulators.hub_process import HubProcess
from tests.linux.computer_bench import PROFILE, Kiosk
from tools.flash import main
from tools.flashing.computer import PACKAGES, UNIT
from tools.flashing.plugs import RULES

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path_factory.mktemp("computer") / "hub", tls=True)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def kiosk(hub: HubProcess, tmp_path: Path) -> Kiosk:
    return Kiosk(tmp_path / "kiosk", hub, "shuiwu-amp-1")


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_it_is_whole_and_private_and_once_more_changes_nothing(kiosk: Kiosk) -> None:
    first = kiosk.lay()
    assert (first.fault, first.kind, first.profile) == ("", "amplifier", PROFILE)
    assert first.sent_files > 50
    there = content(kiosk.root)
    board = json.loads(there["board.json"])
    assert board["profile"]["name"] == PROFILE
    for name in ("ca", "certificate", "key"):
        path = Path(board["broker"][name])
        assert path.is_relative_to(kiosk.root / "keys")
        assert path.stat().st_mode & 0o777 == 0o600
    assert (kiosk.root / "board.json").stat().st_mode & 0o777 == 0o600
    assert "pillow" in there[PACKAGES].decode()
    again = kiosk.lay()
    assert (again.fault, again.differences, again.sent_files) == ("", [], 0)
    assert content(kiosk.root) == there


def test_a_broken_tree_is_made_whole_in_the_other_slot(kiosk: Kiosk) -> None:
    kiosk.lay()
    (kiosk.root / "slots" / "a" / "firmware" / "agent.py").write_text("torn")
    mended = kiosk.lay()
    assert mended.differences == ["slots/a"]
    assert json.loads((kiosk.root / "slots" / "state.json").read_text())["active"] == "b"
    assert not kiosk.lay().differences


def test_interrupted_in_its_middle_it_goes_on(kiosk: Kiosk) -> None:
    kiosk.lay()
    shutil.rmtree(kiosk.root / "slots" / "a" / "drivers")  # as when it was copying
    for name in ("slots/a/manifest.json", "slots/state.json", "board.json"):
        (kiosk.root / name).unlink()
    assert not kiosk.lay().fault
    assert not kiosk.lay().differences


def test_an_overlay_of_another_kind_or_a_trial_under_way_is_refused(kiosk: Kiosk) -> None:
    kiosk.device = "hukou-call-01"
    assert "call_terminal" in kiosk.lay().fault
    kiosk.device = "shuiwu-amp-1"
    kiosk.lay()
    state = kiosk.root / "slots" / "state.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "trying": "b", "offer": ["d" * 64, 1, 1]}))
    refused = kiosk.lay("1.1.0")
    assert (refused.code, "on trial" in refused.fault) == ("folder", True)


def test_the_command_says_what_is_wrong_and_what_it_would_do(hub: HubProcess, kiosk: Kiosk, tmp_path: Path) -> None:
    def flash(*words: str, exit_code: int = 0) -> dict[str, object]:
        words = ("--folder", str(hub.folder), "--language", "en", "--labels", str(tmp_path / "labels"), *words)
        done = CliRunner().invoke(main, [*words, "--device", kiosk.device, "--json"])
        assert done.exit_code == exit_code, done.output
        (outcome,) = json.loads(done.stdout) if exit_code < 2 else [{}]
        return dict(outcome)

    elsewhere = ("--computer", str(tmp_path / "out"))
    assert flash(*elsewhere, exit_code=1)["code"] == "which_computer"  # two computers can be an amplifier
    refused = flash(*elsewhere, "--profile", PROFILE, exit_code=1)
    assert refused["code"] == "loopback"  # a kiosk could not reach the hub there
    assert not (tmp_path / "out").exists()
    flash(*elsewhere, "--port", "/dev/null", exit_code=2)

    here = ("--computer", str(kiosk.root), "--profile", PROFILE, "--profiles", str(kiosk.overlays))
    would = flash(*here, "--dry-run")
    assert {"slots/b", "board.json", "launcher/firmware/platform/linux/launch.py"} <= set(would["differences"])
    assert not kiosk.root.exists()
    label = flash(*here)["label"]
    assert Path(str(label)).is_file()
    flash(*here, "--verify")
    (kiosk.root / "launcher" / "firmware" / "update" / "boot.py").write_text("")
    assert flash(*here, "--verify", exit_code=1)["differences"] == ["launcher/firmware/update/boot.py"]


@pytest.mark.parametrize(
    ("device", "files"), [("hukou-kiosk-1", {RULES}), ("hukou-strip-1", {"10-leds0.link"}), ("shuiwu-amp-1", set())]
)
def test_the_folder_has_the_rules_for_the_plugs_of_this_device_only(
    hub: HubProcess, tmp_path: Path, device: str, files: set[str]
) -> None:
    kiosk = Kiosk(tmp_path / "kiosk", hub, device)
    assert kiosk.lay().fault == ""
    assert {path.name for path in kiosk.root.iterdir() if path.suffix in (".rules", ".link")} == files


def test_systemd_understands_the_unit(kiosk: Kiosk) -> None:
    kiosk.lay()
    unit = kiosk.root / UNIT
    text = unit.read_text()
    assert f"ReadWritePaths={kiosk.root} {kiosk.root.parent / 'data'}" in text
    assert "CAP_NET_RAW" not in text  # an amplifier needs no raw network
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    (kiosk.root / "venv" / "bin").mkdir(parents=True)
    os.symlink(sys.executable, kiosk.root / "venv" / "bin" / "python")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert UNIT not in done.stderr + done.stdout, done.stderr
