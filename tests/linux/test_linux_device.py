"""A Linux device from its folder to the hub: installed, updated over HTTP, rolled back, stopped in order."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli.main import main
from hub.update.build import Tree, build
from hub.update.shelf import Shelf
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for
from tests.boards.update_bench import with_files
from tests.linux.computer_bench import PROFILE, Kiosk

pytestmark = pytest.mark.system


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "hub.toml").write_text("[updates]\nport = 0\n")
    hub = HubProcess(tmp_path / "hub")
    hub.start()
    device = next(row["id"] for row in hub.get("/devices") if row["kind"] == "amplifier")
    kiosk = Kiosk(tmp_path / "kiosk", hub, device)
    yield kiosk
    kiosk.switch_off()
    hub.stop()


def typed(kiosk: Kiosk, *words: str) -> str:
    done = CliRunner().invoke(main, ["--folder", str(kiosk.hub.folder), "--language", "en", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def target(kiosk: Kiosk) -> dict[str, Any]:
    (found,) = json.loads(typed(kiosk, "update", "status", "--json"))["targets"]
    return dict(found)


def roll(kiosk: Kiosk, tree: Tree, version: str) -> None:
    Shelf.of(kiosk.hub.folder).put(tree)
    typed(kiosk, "update", "sign", version)
    typed(kiosk, "update", "roll", version, "--force")


def test_it_takes_an_update_proves_itself_and_goes_back_from_one_that_crashes(kiosk: Kiosk) -> None:
    assert not kiosk.lay("1.0.0").fault
    kiosk.switch_on()
    kiosk.wait_online("1.0.0")
    tree = build("1.0.0", PROFILE, ["amplifier"], is_micropython=False)

    roll(kiosk, with_files(tree, "1.1.0"), "1.1.0")
    wait_for("the update is done", lambda: target(kiosk)["state"] == "done", 30)
    kiosk.wait_online("1.1.0")
    assert json.loads((kiosk.root / "slots" / "state.json").read_text())["active"] == "b"

    broken = with_files(tree, "1.2.0", ("firmware/agent.py",), firmware__agent=b"raise RuntimeError('born broken')\n")
    roll(kiosk, broken, "1.2.0")
    wait_for("it failed", lambda: target(kiosk)["state"] == "failed", 60)
    assert target(kiosk)["reason"] == "update.boot"
    kiosk.wait_online("1.1.0")
    assert kiosk.log.count("RuntimeError: born broken") == 3
    assert kiosk.switch_off() == 0
    wait_for("it said goodbye", lambda: not kiosk.seen()["is_online"], 5)


def test_a_tree_whose_part_is_dead_is_taken_back_and_the_part_is_named(kiosk: Kiosk) -> None:
    kiosk.lay("1.0.0")
    board = json.loads((kiosk.root / "board.json").read_text())
    (kiosk.root / "board.json").write_text(json.dumps({**board, "update": {"trial_s": 8}}))
    kiosk.switch_on()
    kiosk.wait_online("1.0.0")
    kiosk.pull_sound_card()
    tree = build("1.0.0", PROFILE, ["amplifier"], is_micropython=False)
    roll(kiosk, with_files(tree, "1.1.0"), "1.1.0")
    wait_for("it failed", lambda: target(kiosk)["state"] == "failed", 60)
    assert target(kiosk)["reason"] == "update.self-test"
    assert target(kiosk)["detail"].startswith("speaker: ")
    kiosk.wait_online("1.0.0")


DEAF = "        if name == SelfTest.name:\n            return\n        if name == SelfTest.name:\n"


def test_a_tree_that_never_connects_or_never_answers_the_self_test_is_taken_back(kiosk: Kiosk) -> None:
    kiosk.lay("1.0.0")
    board = json.loads((kiosk.root / "board.json").read_text())
    (kiosk.root / "board.json").write_text(json.dumps({**board, "update": {"trial_s": 2, "retry_s": 0.2}}))
    kiosk.switch_on()
    kiosk.wait_online("1.0.0")
    tree = build("1.0.0", PROFILE, ["amplifier"], is_micropython=False)

    hangs = b"import asyncio\nasync def open_socket(*address):\n    await asyncio.sleep(3600)\n"
    roll(kiosk, with_files(tree, "1.1.0", ("firmware/link/sockets.py",), firmware__link__sockets=hangs), "1.1.0")
    wait_for("the silent one is taken back", lambda: target(kiosk)["state"] == "failed", 30)
    assert target(kiosk)["reason"] == "update.unconfirmed"
    kiosk.wait_online("1.0.0")

    updater = tree.files["firmware/update/updater.py"].decode()
    deaf = updater.replace("        if name == SelfTest.name:\n", DEAF, 1)
    assert deaf != updater
    bad = with_files(tree, "1.2.0", ("firmware/update/updater.py",), firmware__update__updater=deaf.encode())
    roll(kiosk, bad, "1.2.0")
    wait_for("it is on trial", lambda: kiosk.seen()["version"] == "1.2.0", 30)
    wait_for("the deaf one is taken back", lambda: target(kiosk)["state"] == "failed", 30)
    assert target(kiosk)["reason"] == "update.unconfirmed"
    kiosk.wait_online("1.0.0")
    assert kiosk.log.count("taken back: no self-test passed in time") == 2
