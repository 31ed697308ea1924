"""The command `hallhub` with ``--hub``: a hub on another machine, through a tunnel, from a folder that is empty."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import main
from simulators.hub_process import HubProcess
from simulators.server_process import free_port
from tests.hub.cli_kit import bad

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """On the server."""
    hub = HubProcess(tmp_path_factory.mktemp("server") / "hub")
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def laptop(hub: HubProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it but the copy of the token."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(hub.folder / "admin.token", tmp_path)
    return tmp_path


def url(hub: HubProcess) -> str:
    port = re.findall(r"\[api\]\nhost = .*\nport = (\d+)", (hub.folder / "hub.toml").read_text())[0]
    return f"http://127.0.0.1:{port}"


def hallhub(*typed: str, **environment: str) -> Result:
    return CliRunner(env={"COLUMNS": "120", **environment}).invoke(main, typed)


def away(at: str, *typed: str) -> Result:
    return hallhub("--hub", at, "--token-file", "admin.token", *typed)


def says(exit_code: int, *typed: str) -> str:
    """The sentence in English; the Chinese one is another."""
    chinese = bad(hallhub("--language", "zh", *typed), exit_code)
    english = bad(hallhub("--language", "en", *typed), exit_code)
    assert CHINESE.search(chinese)
    assert not CHINESE.search(english)
    return english


def test_a_hub_elsewhere_is_looked_at_and_told_what_to_do(hub: HubProcess, laptop: Path) -> None:
    seen = away(url(hub), "devices", "list", "--json")
    assert (seen.exit_code, seen.stderr) == (0, "")
    assert json.loads(seen.stdout) == hub.get("/devices")
    added = away(
        url(hub) + "/", "devices", "add", "help-away", "--kind", "help_button", "--place", "attic", "--floor", "3"
    )
    assert added.exit_code == 0, added.output
    assert "help-away" in {device["id"] for device in hub.get("/devices")}
    assert away(url(hub), "devices", "retire", "help-away").exit_code == 0
    assert [path.name for path in laptop.iterdir()] == ["admin.token"], "nothing is left on the laptop"


def test_it_is_also_taken_from_the_environment_and_a_typed_folder_goes_first(hub: HubProcess, laptop: Path) -> None:
    there = {"HALLHUB_URL": url(hub), "HALLHUB_TOKEN_FILE": str(laptop / "admin.token")}
    seen = hallhub("status", "--json", **there, HALLHUB_FOLDER=str(laptop / "nowhere"))
    assert (seen.exit_code, json.loads(seen.stdout)["site"]) == (0, "doumen")
    assert "nowhere" in bad(hallhub("--folder", "nowhere", "status", **there), 3)


def test_nobody_answers(laptop: Path) -> None:
    at = f"http://127.0.0.1:{free_port()}"
    said = says(3, "--hub", at, "--token-file", "admin.token", "status")
    assert f"no hub answers at {at}" in said
    assert "ssh -L 8780:127.0.0.1:8780" in said
    assert "hallhub up" not in said, "not on this machine"


@pytest.mark.parametrize(
    "wrong",
    [
        "http://192.168.8.2:8780",
        "http://server:8780",
        "http://127.0.0.1.evil.example:8780",
        "http://127.0.0.1:8780@evil.example",
        "127.0.0.1:8780",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:port",
        "http://[::1",
    ],
)
def test_an_address_to_which_the_token_must_not_go_is_a_wrong_command_line(laptop: Path, wrong: str) -> None:
    said = says(2, "--hub", wrong, "--token-file", "admin.token", "status")
    assert wrong in said
    assert "http://127.0.0.1:8780 (ssh -L 8780:127.0.0.1:8780 SERVER)" in said


def test_a_wrong_token_is_told(hub: HubProcess, laptop: Path) -> None:
    typed = ("--hub", url(hub), "--token-file", "admin.token", "status")
    file = laptop / "admin.token"
    file.write_text("another")
    said = says(3, *typed)
    assert "does not know the token in admin.token" in said
    assert "Copy admin.token" in said
    assert "--folder" not in said
    file.write_text("-----BEGIN KEY-----\nabc\n-----END KEY-----\n")
    said = says(3, *typed)
    assert "admin.token holds no token" in said
    assert "abc" not in said
    file.unlink()
    assert "cannot read admin.token" in says(3, *typed)


def test_a_token_that_others_can_read_is_not_used(hub: HubProcess, laptop: Path) -> None:
    (laptop / "admin.token").chmod(0o644)
    assert "chmod 600 admin.token" in says(3, "--hub", url(hub), "--token-file", "admin.token", "status")


@pytest.mark.parametrize(
    "typed",
    [
        ("up",),
        ("update", "build", "--profile", "esp32_poe"),
        ("update", "sign", "0.1.0"),
        ("update", "list"),
        ("backup", "copy"),
        ("audit", "verify"),
        ("audit", "export", "out.jsonl"),
        ("policy", "try", "policy.toml", "--day", "2026-01-05"),
    ],
)
def test_what_needs_the_hubs_folder_says_so(hub: HubProcess, laptop: Path, typed: tuple[str, ...]) -> None:
    (laptop / "policy.toml").touch()
    said = says(2, "--hub", url(hub), "--token-file", "admin.token", *typed)
    assert "Run it on the hub's server: hallhub --folder FOLDER" in said
    assert sorted(path.name for path in laptop.iterdir()) == ["admin.token", "policy.toml"]


def test_half_of_it_or_both_is_a_wrong_command_line(laptop: Path) -> None:
    for half in (("--hub", "http://127.0.0.1:8780"), ("--token-file", "admin.token")):
        assert "--hub and --token-file go together" in says(2, *half, "status")
        assert "use one of them" in says(2, "--folder", "state", *half, "status")
