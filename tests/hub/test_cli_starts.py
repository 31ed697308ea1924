"""The command `hallhub` where no hub is yet: what is wrong is said, nothing is kept; `up` starts and ends in order."""

import http.server
import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from simulators.server_process import free_port, wait_for
from tests.hub.cli_kit import HALLHUB, bad, run, up


def test_something_else_on_the_port_is_3(tmp_path: Path) -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>It works!</html>")

        def log_message(self, *_: object) -> None:
            return None

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "admin.token").write_text("token")
        (tmp_path / "hub.toml").write_text(f"[api]\nport = {server.server_port}\n")
        assert "hub.toml" in bad(run(tmp_path, "status"), 3)
        server.shutdown()


def test_wrong_settings_are_4_for_every_command(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text("[api]\nport = 'many'\n")
    for typed in (("status",), ("up",)):
        said = bad(run(tmp_path, *typed), 4)
        assert "hub.toml" in said
        assert "$.api.port" in said
        assert "mend the file" in said


def test_a_wrong_site_file_is_4_with_every_error(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("[site]\nid = 'X!'\n")
    result = run(tmp_path, "site", "check", str(site))
    assert str(site) in bad(result, 4)
    as_json = run(tmp_path, "site", "check", str(site), "--json")
    assert as_json.exit_code == 4
    assert json.loads(as_json.stdout)["errors"]
    assert "doumen" in bad(run(tmp_path, "--language", "en", "site", "check", "atlantis"), 4)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert f"{tmp_path / 'file' / 'hub'}" in up(tmp_path / "file" / "hub")
    assert "--folder" in up(Path("/proc/hub"))
    if os.geteuid() != 0:  # root may write everywhere
        (tmp_path / "sealed").mkdir(mode=0o500)
        assert "--folder" in up(tmp_path / "sealed")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--site", "atlantis"), "doumen"),
        (("--mqtt-host", "0.0.0.0"), "0.0.0.0"),
        (("--mqtt-host", "192.0.2.1"), "TLS"),
        (("--platform", "not a url"), "not a url"),
        (("--platform", "http://127.0.0.1:9", "--platform-token-file", "/nowhere/token"), "--platform-token-file"),
    ],
)
def test_what_cannot_be_started_is_said_and_not_kept(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    assert said in up(tmp_path / "hub", *options)
    assert not (tmp_path / "hub" / "hub.toml").exists(), "the next `hallhub up` does not fail for this"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_says_where_it_is_and_ends_in_order(tmp_path: Path, number: signal.Signals) -> None:
    mqtt, api, folder = free_port(), free_port(), tmp_path / "hub"
    command = [HALLHUB, "--folder", str(folder), "--language", "en"]
    command += ["up", "--mqtt-port", str(mqtt), "--api-port", str(api), "--attendance-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            started = process.stdout.readline()
            assert f"127.0.0.1:{mqtt}" in started
            assert f"http://127.0.0.1:{api}" in started
            assert "Ctrl-C" in started
            wait_for("the hub is connected", lambda: json.loads(good_json(folder))["broker"]["connected"], 10)
            process.send_signal(number)
            said, errors = process.communicate(timeout=15)
        finally:
            process.kill()
    assert (process.returncode, said, errors) == (0, "", "")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", mqtt)) != 0, "the broker ended with it"


def good_json(folder: Path) -> str:
    result = run(folder, "status", "--json")
    return result.stdout if result.exit_code == 0 else '{"broker": {"connected": false}}'
