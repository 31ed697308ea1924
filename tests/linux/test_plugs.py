"""The rules that name the plugs of a Linux computer: whatever a profile names has its line, and udev can read it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from board_profiles import load, names
from tests.linux.computer_bench import PROFILE
from tools.flashing.plugs import FILL_IN, RULES, plug_files

LINUX = [
    (name, kind)
    for name in names()
    if not (board := load(name)).is_micropython and name != "virtual"
    for kind in board.kinds
]


@pytest.mark.parametrize(("profile", "kind"), LINUX)
def test_every_name_in_a_profile_has_its_line(profile: str, kind: str, tmp_path: Path) -> None:
    parts = load(profile).device_tree(kind)["parts"]
    files = plug_files(parts)
    devices = set(re.findall(r"/dev/((?:input/)?hallhub-[\w-]+)", repr(parts)))
    rules = files.get(RULES, "")
    assert set(re.findall(r'SYMLINK\+="([^"]+)"', rules)) == devices
    for ids in re.findall(r"'ids?': '(\w{4}):(\w{4})'", repr(parts)):
        assert 'ATTR{{idVendor}}=="{}", ATTR{{idProduct}}=="{}"'.format(*ids) in rules
    links = {name: text for name, text in files.items() if name.endswith(".link")}
    assert set(re.findall(r"'(leds\d)'", repr(parts))) == {re.findall("Name=(.*)", text)[0] for text in links.values()}
    assert bool(rules) == bool(devices or "'ids'" in repr(parts))
    if rules and shutil.which("udevadm"):
        (tmp_path / RULES).write_text(rules)
        done = subprocess.run(["udevadm", "verify", str(tmp_path / RULES)], capture_output=True, text=True)
        assert done.returncode == 0 or "Unknown command" in done.stderr, done.stdout + done.stderr


def test_what_the_installer_must_fill_in_matches_nothing_until_then() -> None:
    rules = plug_files(load(PROFILE).device_tree("ticket_kiosk")["parts"])[RULES]
    scanner = next(line for line in rules.splitlines() if "hallhub-scanner" in line)
    assert f'ATTRS{{name}}=="{FILL_IN}"' in scanner
    assert not re.search(r"[*?\[|]", FILL_IN)


def test_an_interface_that_the_kernel_names_so_needs_no_link() -> None:
    strip = {"driver": "panel_colorlight", "interface": "leds0", "more_interfaces": ["enp3s0", "leds1"]}
    assert set(plug_files({"panel": strip})) == {"10-leds0.link", "10-leds1.link"}
