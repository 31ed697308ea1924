"""The command `hallhub` against a running hub: tables and JSON, exit codes, and errors that say what to do next."""

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from firmware.words import words
from hub.cli.main import main
from hub.cli.tables import clock, duration
from hub.engine.phrases import PHRASES
from simulators.hub_process import HubProcess
from simulators.server_process import free_port, wait_for
from tests.hub.cli_kit import HALLHUB, bad, run, up
from tools.cli_docs import commands

KIOSK, BUTTON = "gongjijin-kiosk-1", "help-1f-desk-1"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One for all, with three tickets and a raised alarm."""
    hub = HubProcess(tmp_path_factory.mktemp("cli") / "hub")
    hub.start()
    service = next(s["id"] for s in hub.get("/site")["services"] if s["hall"] == "gongjijin")
    say(hub, KIOSK, "hello", {"boot": "b", "kind": "ticket_kiosk", "version": "0.1.0"})
    for seq in (1, 2, 3):
        say(hub, KIOSK, "ticket/take", {"boot": "b", "seq": seq, "service": service})
    say(hub, BUTTON, "help/press", {"boot": "b", "seq": 1, "held_ms": 300})
    wait_for("all is in the state", lambda: len(hub.get("/tickets")) == 3 and hub.get("/alarms"), 10)
    yield hub
    hub.stop()


def say(hub: HubProcess, device: str, name: str, content: dict[str, Any]) -> None:
    """What a device would."""
    board = json.loads((hub.boards / f"{device}.json").read_text(encoding="utf-8"))
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=device)
    client.username_pw_set(device, board["password"])
    client.connect("127.0.0.1", hub.mqtt_port)
    client.loop_start()
    client.publish(f"hall/v1/doumen/{device}/up/{name}", json.dumps(content), 1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def good(hub: HubProcess, *typed: str, columns: int = 120) -> str:
    result = run(hub.folder, *typed, columns=columns)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


# Every command


LOOKS = {
    "status": ("status",),
    "site check": ("site", "check"),
    "devices list": ("devices", "list"),
    "devices show": ("devices", "show", KIOSK),
    "windows list": ("windows", "list"),
    "tickets list": ("tickets", "list"),
    "alarms list": ("alarms", "list"),
    "platform status": ("platform", "status"),
}


def test_no_command_is_forgotten() -> None:
    """Each is typed in some test of the command line."""
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.parent.rglob("*.py"))
    leaves = [path.split()[1:] for path, command in commands(main, "hallhub") if not isinstance(command, click.Group)]
    assert len(leaves) >= 13
    assert [" ".join(typed) for typed in leaves if ", ".join(f'"{word}"' for word in typed) not in tests] == []


@pytest.mark.parametrize("typed", LOOKS.values(), ids=LOOKS)
def test_every_look_is_a_table_in_both_languages_and_json(hub: HubProcess, typed: tuple[str, ...]) -> None:
    json.loads(good(hub, *typed, "--json"))
    chinese, english = good(hub, *typed), good(hub, "--language", "en", *typed)
    assert CHINESE.search(chinese)
    assert chinese != english


def test_json_is_what_the_api_says(hub: HubProcess) -> None:
    assert json.loads(good(hub, "tickets", "list", "--json")) == hub.get("/tickets")
    assert json.loads(good(hub, "windows", "list", "--hall", "gongjijin", "--json")) == hub.get(
        "/windows?hall=gongjijin"
    )
    assert json.loads(good(hub, "alarms", "list", "--json")) == hub.get("/alarms")
    assert json.loads(good(hub, "platform", "status", "--json")) == {"url": ""}


def test_status_tells_what_an_administrator_asks_first(hub: HubProcess) -> None:
    table = good(hub, "--language", "en", "status")
    for told in ("nats", "connected", f"127.0.0.1:{hub.mqtt_port}", "broker restarts", "uptime", "公积金服务厅"):
        assert told in table
    assert "error" not in table


def test_lists_can_be_narrowed(hub: HubProcess) -> None:
    def found(*typed: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = json.loads(good(hub, *typed, "--json"))
        return answer

    assert [d["id"] for d in found("devices", "list", "--kind", "ticket_kiosk", "--hall", "gongjijin")] == [KIOSK]
    offline = {d["id"] for d in found("devices", "list", "--offline")}
    assert KIOSK not in offline
    assert "hukou-kiosk-1" in offline
    newest = found("tickets", "list", "--limit", "1")
    assert newest == found("tickets", "list")[-1:]
    assert len(found("tickets", "list", "--state", "waiting", "--service", newest[0]["service"])) == 3
    assert found("tickets", "list", "--state", "finished") == []


def test_an_empty_list_says_so(hub: HubProcess) -> None:
    assert good(hub, "tickets", "list", "--state", "finished") == "今日取号: 无\n"
    assert good(hub, "--language", "en", "tickets", "list", "--state", "finished") == "today's tickets: none\n"


def test_a_ticket_is_shown_by_number_or_id(hub: HubProcess) -> None:
    ticket = hub.get("/tickets")[0]
    by_number = good(hub, "tickets", "show", ticket["number"])
    assert by_number == good(hub, "tickets", "show", ticket["id"])
    assert ticket["service_name"] in by_number
    assert json.loads(good(hub, "tickets", "show", ticket["number"], "--json")) == ticket


def test_an_alarm_is_taken_and_closed(hub: HubProcess) -> None:
    alarm = hub.get("/alarms")[-1]["id"]
    early = bad(run(hub.folder, "alarms", "close", alarm), 1)
    assert words("refused.alarm.not_acknowledged") in early
    assert "已完成" in good(hub, "alarms", "ack", alarm)
    again = bad(run(hub.folder, "--language", "en", "alarms", "ack", alarm), 1)
    assert words("refused.alarm.acknowledged", "en") in again
    position = json.loads(good(hub, "alarms", "close", alarm, "--note", "误报", "--json"))["position"]
    assert hub.get("/status")["position"] == position
    assert "误报" in good(hub, "alarms", "list")


def test_what_can_be_announced_is_listed(hub: HubProcess) -> None:
    listed = good(hub, "announce")
    assert "churujing hukou" in listed
    assert words("phrase.closing-soon")[:8] in listed
    assert json.loads(good(hub, "announce", "gongjijin", "--json"))["phrases"] == list(PHRASES)


def test_an_announcement_is_made(hub: HubProcess) -> None:
    before = hub.get("/status")["announcements"]
    assert "done" in good(hub, "--language", "en", "announce", "gongjijin", "closing-soon")
    assert hub.get("/status")["announcements"] == before + 1
    assert words("refused.channel.unknown") in bad(run(hub.folder, "announce", "attic", "closing-soon"), 1)
    assert words("refused.phrase.unknown") in bad(run(hub.folder, "announce", "gongjijin", "jingle"), 1)


def test_what_became_of_announcements_is_seen_and_one_is_taken_back(hub: HubProcess) -> None:
    good(hub, "announce", "gongjijin", "take-a-ticket")
    newest = json.loads(good(hub, "speech", "--json"))[0]
    assert newest["text"] == words("phrase.take-a-ticket")
    assert words("act.result.waiting") in good(hub, "speech", "--minutes", "5")
    assert "done" in good(hub, "--language", "en", "speech", "withdraw", newest["act"])
    told = good(hub, "speech")
    assert words("speech.because.person") in told
    assert words("act.result.withdrawing") in told
    assert words("refused.act.over") in bad(run(hub.folder, "speech", "withdraw", "20200101-1"), 1)


def test_a_device_is_added_given_keys_and_retired(hub: HubProcess, tmp_path: Path) -> None:
    def key(device: str) -> str:
        return str(json.loads((hub.boards / f"{device}.json").read_text(encoding="utf-8"))["password"])

    added = good(hub, "devices", "add", "help-attic", "--kind", "help_button", "--place", "阁楼", "--floor", "3")
    assert "help-attic" in added
    keys = [key("help-attic")]
    assert keys[0] not in added, "a key is for the board's file only"
    assert "阁楼" in good(hub, "devices", "show", "help-attic")
    for verb in ("key", "replace"):
        assert "help-attic" in good(
            hub, *{"key": ("devices", "key"), "replace": ("devices", "replace")}[verb], "help-attic"
        )
        keys.append(key("help-attic"))
    assert len(set(keys)) == 3
    good(hub, "devices", "retire", "help-attic")
    assert not (hub.boards / "help-attic.json").exists()
    assert "help-attic" in bad(run(hub.folder, "devices", "show", "help-attic"), 1)

    (tmp_path / "two.csv").write_text("id,kind,place,floor\nhelp-x,help_button,东,1\nhelp-y,help_button,西,1\n")
    assert [d["id"] for d in json.loads(good(hub, "devices", "import", str(tmp_path / "two.csv"), "--json"))] == [
        "help-x",
        "help-y",
    ]
    for device in ("help-x", "help-y"):
        good(hub, "devices", "retire", device)


@pytest.mark.parametrize("verb", ["key", "replace", "retire"])
def test_a_device_that_is_not_there_has_no_key(hub: HubProcess, verb: str) -> None:
    assert "ghost" in bad(run(hub.folder, "devices", verb, "ghost"), 1)


def test_what_is_wrong_with_a_device_is_said_and_nothing_is_added(hub: HubProcess, tmp_path: Path) -> None:
    before = len(hub.get("/devices"))
    assert "teapot" in bad(run(hub.folder, "devices", "add", "pot-1", "--kind", "teapot"), 1)
    bad(run(hub.folder, "devices", "add", KIOSK, "--kind", "ticket_kiosk", "--hall", "gongjijin"), 1)
    assert "起点+宽度=窗口" in bad(
        run(hub.folder, "devices", "add", "s-1", "--kind", "window_strip", "--region", "wide"), 2
    )
    (tmp_path / "half.csv").write_text("id,kind,place\nhelp-x,help_button,东\npot-1,teapot,西\n")
    assert "teapot" in bad(run(hub.folder, "devices", "import", str(tmp_path / "half.csv")), 1)
    assert len(hub.get("/devices")) == before, "all of a file or none"


# For people


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("typed", [("devices", "list"), ("tickets", "list"), ("windows", "list"), ("status",)])
def test_tables_fit_the_terminal_and_never_break_an_id(
    hub: HubProcess, typed: tuple[str, ...], language: str, columns: int
) -> None:
    table = good(hub, "--language", language, *typed, columns=columns)
    assert max(cell_len(line.rstrip()) for line in table.splitlines()) <= columns
    rows = {"devices": hub.get("/devices"), "windows": hub.get("/windows"), "tickets": hub.get("/tickets")}
    for row in rows.get(typed[0], []):
        assert row.get("number" if typed[0] == "tickets" else "id") in table
    assert "…" not in table, "nothing is cut off"


def test_what_a_device_says_of_itself_cannot_play_with_the_terminal(hub: HubProcess) -> None:
    evil = "\x1b[2J\x1b]0;gone\x07paper"
    beat = {"boot": "b", "uptime_s": 1, "version": "0.1.0", "waiting": 0, "errors": 0, "fault": evil}
    say(hub, "hukou-kiosk-1", "hello", {"boot": "b", "kind": "ticket_kiosk", "version": "0.1.0"})
    say(hub, "hukou-kiosk-1", "heartbeat", beat)
    wait_for("the fault is known", lambda: hub.get("/devices/hukou-kiosk-1")["fault"] == evil, 5)
    for typed in (("status",), ("devices", "list"), ("devices", "show", "hukou-kiosk-1")):
        table = good(hub, *typed)
        assert "\x1b" not in table
        assert "\x07" not in table
        assert "paper" in table
    say(hub, "hukou-kiosk-1", "heartbeat", {**beat, "fault": ""})


def test_times_and_durations_are_short_and_clear() -> None:
    now_ms = int(time.time() * 1000)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", clock(now_ms))
    assert re.fullmatch(r"\d\d-\d\d \d\d:\d\d", clock(now_ms - 2 * 86_400_000)), "of another day: the date"
    assert clock(0) == ""
    assert [duration(s) for s in (0, 59, 60, 3_700, 90_000)] == ["0 s", "59 s", "1 min 0 s", "1 h 1 min", "1 d 1 h"]


# Errors that help


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("devices", "show", "ghost"), "devices list"),
        (("tickets", "show", "Z999"), "tickets list"),
        (("tickets", "show", "../status"), "tickets list"),
        (("tickets", "show", "?limit=1"), "tickets list"),
        (("devices", "show", "%2e%2e"), "devices list"),
        (("alarms", "ack", "a/b"), "alarms list"),
        (("alarms", "close", "x", "--note", "n" * 501), "500"),
    ],
)
def test_what_is_not_there_is_said_with_where_to_look(hub: HubProcess, typed: tuple[str, ...], said: str) -> None:
    assert said in bad(run(hub.folder, *typed), 1)
    assert said in bad(run(hub.folder, "--language", "en", *typed), 1)


@pytest.mark.parametrize(
    "typed",
    [
        ("frobnicate",),
        ("devices",),
        ("tickets", "show"),
        ("tickets", "list", "--limit", "0"),
        ("tickets", "list", "--limit", "many"),
        ("status", "--jsonn"),
        ("up", "--broker", "emqx"),
        ("up", "--api-port", "65536"),
        ("--language", "fr", "status"),
    ],
)
def test_a_wrong_command_line_is_2(tmp_path: Path, typed: tuple[str, ...]) -> None:
    result = run(tmp_path, *typed)
    assert result.exit_code == 2
    assert "Usage: " in result.output
    assert list(tmp_path.iterdir()) == []


def test_help_is_there_for_every_command() -> None:
    for path, _ in commands(main, "hallhub"):
        result = CliRunner().invoke(main, [*path.split()[1:], "--help"])
        assert result.exit_code == 0
        assert path in result.output.replace("main", "hallhub", 1)


@pytest.mark.parametrize(
    "typed", [*(typed for name, typed in LOOKS.items() if name != "site check"), ("alarms", "ack", "1")]
)
def test_without_a_hub_every_command_is_3_and_says_how_to_start_one(tmp_path: Path, typed: tuple[str, ...]) -> None:
    assert "hallhub up" in bad(run(tmp_path, *typed), 3)
    (tmp_path / "admin.token").write_text("token")
    (tmp_path / "hub.toml").write_text(f"[api]\nport = {free_port()}\n")
    said = bad(run(tmp_path, "--language", "en", *typed), 3)
    assert "no hub answers at http://127.0.0.1:" in said
    assert "hallhub up" in said


def test_the_folder_is_also_taken_from_the_environment(hub: HubProcess) -> None:
    result = CliRunner(env={"HALLHUB_FOLDER": str(hub.folder)}).invoke(main, ["platform", "status", "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"url": ""})


def test_a_hub_of_another_folder_is_3(hub: HubProcess, tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text((hub.folder / "hub.toml").read_text())
    for token in ("another", "", "令牌", "a\nb"):
        (tmp_path / "admin.token").write_text(token, encoding="utf-8")
        said = bad(run(tmp_path, "--language", "en", "status"), 3)
        assert "--folder" in said or "no hub answers" in said, said
    (tmp_path / "admin.token").write_bytes(b"\xff")
    assert "admin.token" in bad(run(tmp_path, "status"), 3)


# Starting


def test_a_second_hub_on_the_folder_is_told_so_and_changes_nothing(hub: HubProcess) -> None:
    before = {path: path.read_bytes() for path in [hub.folder / "hub.toml", *hub.boards.glob("*.json")]}
    said = up(hub.folder, "--api-port", str(free_port()), "--mqtt-port", str(free_port()))
    assert f"another hub uses {hub.folder}" in said
    assert "stop it" in said
    assert {path: path.read_bytes() for path in before} == before
    assert hub.get("/status")["broker"]["connected"]


def test_a_port_that_is_taken_is_named_and_leaves_no_broker_behind(hub: HubProcess, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        mqtt = free_port()
        said = up(tmp_path / "a", "--mqtt-port", str(mqtt), "--api-port", str(port))
        assert f"127.0.0.1:{port}" in said
        assert "--api-port" in said
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", mqtt)) != 0
    said = up(tmp_path / "b", "--mqtt-port", str(hub.mqtt_port), "--api-port", str(free_port()))
    assert f"127.0.0.1:{hub.mqtt_port}" in said
    assert "is the port free?" in said


def test_what_is_told_is_kept_and_only_its_owner_reads_it(hub: HubProcess) -> None:
    text = (hub.folder / "hub.toml").read_text(encoding="utf-8")
    assert f"port = {hub.mqtt_port}" in text
    assert [path for path in hub.folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []


def test_the_api_listens_on_the_loopback_only(hub: HubProcess) -> None:
    port = int(re.findall(r"\[api\]\nhost = .*\nport = (\d+)", (hub.folder / "hub.toml").read_text())[0])
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].rpartition(":")[2], 16) == port
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_the_installed_command_is_this_one(hub: HubProcess) -> None:
    """In a process of its own, with nothing of the tests in it."""
    done = subprocess.run([HALLHUB, "--folder", str(hub.folder), "status", "--json"], capture_output=True, timeout=20)
    assert done.returncode == 0
    assert json.loads(done.stdout)["site"] == "doumen"
    done = subprocess.run([HALLHUB, "--folder", str(hub.folder / "no"), "status"], capture_output=True, timeout=20)
    assert (done.returncode, done.stdout) == (3, b"")
    assert "hallhub up" in done.stderr.decode()


def test_the_api_answers_only_with_the_token(hub: HubProcess) -> None:
    port = int(re.findall(r"\[api\]\nhost = .*\nport = (\d+)", (hub.folder / "hub.toml").read_text())[0])
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5)


def test_a_part_in_trouble_is_told_in_words_until_it_is_well(hub: HubProcess) -> None:
    say(hub, KIOSK, "part/fault", {"boot": "b", "seq": 11, "part": "printer", "fault": "paper_out"})
    wait_for("the fault is in the state", lambda: hub.get(f"/devices/{KIOSK}")["parts"], 10)
    assert {"device": KIOSK, "part": "printer", "fault": "paper_out"} in hub.get("/status")["parts"]
    assert f"{KIOSK}: 打印机: 缺纸，请装入新纸卷" in good(hub, "status")
    assert "printer: paper out; put a new roll in" in good(hub, "--language", "en", "devices", "show", KIOSK)
    say(hub, KIOSK, "part/fault", {"boot": "b", "seq": 12, "part": "printer", "fault": ""})
    wait_for("it is well", lambda: not hub.get(f"/devices/{KIOSK}")["parts"], 10)
    assert "缺纸" not in good(hub, "status")


def test_a_device_in_safe_mode_is_told_in_words_until_it_works_again(hub: HubProcess) -> None:
    hello = {"boot": "b-safe", "kind": "ticket_kiosk", "version": "0.1.0", "reset_cause": "safe"}
    beat = {"boot": "b-safe", "uptime_s": 1, "version": "0.1.0", "waiting": 0, "errors": 0, "reset_cause": "safe"}
    fault = "safe mode: started badly too often"
    say(hub, KIOSK, "hello", hello)
    say(hub, KIOSK, "heartbeat", {**beat, "fault": fault})
    wait_for("it is known", lambda: hub.get(f"/devices/{KIOSK}")["fault"] == fault, 10)
    assert KIOSK in hub.get("/status")["safe_mode"]
    table = "".join(good(hub, "--language", "en", "status").split())
    assert "".join(f"{KIOSK}: safe mode. Its program started badly too often; it does no work".split()) in table
    assert fault.replace(" ", "") not in table, "once, in the better words"
    assert "安全模式" in good(hub, "status")
    assert "safe mode" in good(hub, "--language", "en", "devices", "list")
    assert "安全模式" in good(hub, "devices", "show", KIOSK)
    say(hub, KIOSK, "hello", {**hello, "reset_cause": "update"})
    say(hub, KIOSK, "heartbeat", {**beat, "reset_cause": "update"})
    wait_for("it works", lambda: KIOSK not in hub.get("/status")["safe_mode"], 10)
    assert "安全模式" not in good(hub, "status")
