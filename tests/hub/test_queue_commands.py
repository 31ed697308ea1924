"""Appointments, policies, clearing and periods: by the command line against a running hub, and over a real broker."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as paho
import pytest
from click.testing import CliRunner, Result

from hub import config
from hub.cli.main import main
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for

KIOSK = "gongjijin-kiosk-1"
CARD, NAME, PHONE = "440403199003072310", "李小龙", "13800138000"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path_factory.mktemp("queue") / "hub")
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture(scope="module")
def service(hub: HubProcess) -> str:
    return str(next(s["id"] for s in hub.get("/site")["services"] if s["hall"] == "gongjijin"))


class Kiosk:
    """A kiosk's end of the broker."""

    def __init__(self, hub: HubProcess) -> None:
        board = json.loads((hub.boards / f"{KIOSK}.json").read_text(encoding="utf-8"))
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._seq = 0
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=KIOSK)
        self._client.username_pw_set(KIOSK, board["password"])
        self._client.on_message = lambda client, data, message: self.heard.append(
            (message.topic.split("/down/")[1], json.loads(message.payload))
        )
        self._client.connect("127.0.0.1", hub.mqtt_port)
        self._client.loop_start()
        for name in ("visitor/found", "ticket/issued", "refused"):
            self._client.subscribe(f"hall/v1/doumen/{KIOSK}/down/{name}", 1)
        self.say("hello", 1, boot="b", kind="ticket_kiosk", version="0.1.0")

    def say(self, name: str, qos: int, **content: Any) -> None:
        topic = f"hall/v1/doumen/{KIOSK}/up/{name}"
        self._client.publish(topic, json.dumps(content), qos).wait_for_publish(10)

    def identify(self, kind: str, value: str, person: str = "") -> dict[str, Any]:
        self._seq += 1
        self.say("visitor/identify", 0, boot="b", ask=self._seq, kind=kind, value=value, person=person)
        return self._answer("visitor/found", "ask")

    def asks(self, name: str, **content: Any) -> dict[str, Any]:
        self._seq += 1
        self.say(name, 1, boot="b", seq=self._seq, **content)
        return self._answer("ticket/issued", "seq")

    def _answer(self, name: str, number: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            return next((c for n, c in self.heard if n == name and c[number] == self._seq), None)

        wait_for(f"{name}; heard {self.heard}", found, 10)
        answer = found()
        assert answer is not None
        return answer

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def run(hub: HubProcess, *typed: str) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(main, ["--folder", str(hub.folder), *typed])


def good(hub: HubProcess, *typed: str) -> str:
    result = run(hub, *typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def local(minutes: int) -> str:
    """A time of the building's clock, so many minutes from now."""
    return (datetime.now(UTC) + timedelta(hours=8, minutes=minutes)).strftime("%Y-%m-%d %H:%M")


def booked_csv(path: Path, service: str) -> Path:
    """One for now (of the newest minute's day), one that is wrong."""
    path.write_text(
        "预约号,业务,开始时间,结束时间,姓名,身份证号,手机号,预约码\n"
        f"YY-1,{service},{local(0)},{local(1)},{NAME},{CARD},{PHONE},8812\n"
        f"YY-2,roof,{local(0)},{local(1)},王二,,13900000000,\n",
        encoding="utf-8-sig",
    )
    return path


def test_who_booked_is_known_at_the_kiosk_and_named_nowhere(hub: HubProcess, service: str, tmp_path: Path) -> None:
    """From a CSV file to a ticket with precedence; neither journal nor API nor broker files hold who it is."""
    result = run(hub, "appointments", "import", str(booked_csv(tmp_path / "book.csv", service)))
    assert result.exit_code == 1
    assert "已登记 1 个预约" in result.stdout
    assert "YY-2: service.unknown" in result.stdout
    assert "李*" in good(hub, "appointments", "list")
    kiosk = Kiosk(hub)
    try:
        assert kiosk.identify("phone", "9999")["result"] == "unknown"
        for kind, value in (("card", CARD), ("code", "8812"), ("phone", PHONE[-4:])):
            found = kiosk.identify(kind, value, NAME if kind == "card" else "")
            assert (found["result"], found["shown"]) == ("found", "李*"), kind
        assert [one["appointment"] for one in found["appointments"]] == ["YY-1"]
        issued = kiosk.asks("ticket/checkin", visitor=found["visitor"], appointment="YY-1")
        assert issued["booked"] is True
        again = kiosk.asks("ticket/take", visitor=found["visitor"], service=service)
        assert (again["number"], again["reprint"]) == (issued["number"], True)
        assert [one["number"] for one in kiosk.identify("card", CARD)["tickets"]] == [issued["number"]]
    finally:
        kiosk.close()
    rows = json.loads(good(hub, "tickets", "periods", issued["number"], "--json"))
    assert [(row["state"], row["service"], row["ended_at_ms"]) for row in rows] == [("waiting", service, 0)]
    assert "等候" in good(hub, "tickets", "periods", issued["number"])
    assert "已签到" in good(hub, "appointments", "list", "--state", "checked_in")
    for path in [path for path in hub.folder.rglob("*") if path.is_file()]:
        body = path.read_bytes()
        for planted in (CARD, NAME, PHONE):
            assert planted.encode() not in body, f"{planted} in {path.name}"


def test_an_appointment_is_cancelled_once(hub: HubProcess, service: str, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        f"appointment,service,starts,ends,code\nYY-7,{service},{local(5)},{local(9)},7701\n", encoding="utf-8"
    )
    assert "1" in good(hub, "appointments", "import", str(file))
    good(hub, "appointments", "cancel", "YY-7")
    assert run(hub, "appointments", "cancel", "YY-7").exit_code == 1
    assert run(hub, "appointments", "cancel", "YY-8").exit_code == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("appointment,service\nA,b\n", r"book\.csv:1: 缺少列 starts \(开始时间\), ends \(结束时间\)"),
        ("appointment,service,starts,ends\nA,,1,2\n", r"book\.csv:2: 缺少 service \(业务\)"),
        ('appointment,service,starts,ends\nA,"b,1,2\nC,d,1,2\n', r"book\.csv:2: 引号没有"),
        ("appointment,预约号,service,starts,ends\nA,B,b,1,2\n", r"book\.csv:1: 列 appointment 写了两次"),
    ],
)
def test_a_file_that_is_no_list_of_appointments(hub: HubProcess, tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "book.csv"
    file.write_text(text, encoding="utf-8")
    result = run(hub, "appointments", "import", str(file))
    assert result.exit_code == 4
    assert re.search(fault, result.stderr)


def test_rows_that_are_wrong_are_told_without_the_person(hub: HubProcess, service: str) -> None:
    row = {"appointment": "YY-9", "service": service, "starts": "tomorrow", "ends": "later", "card": CARD}
    reply = put(hub, "POST", "/appointments", {"rows": [row, {**row, "card": ""}]})
    assert reply.json()["booked"] == 0
    assert CARD not in reply.text
    assert "2026-11-23 09:00" in reply.text
    assert "nobody can check in" in reply.text


def test_a_policy_is_tried_and_used(hub: HubProcess, service: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('name = "早上"\nrules = ["when waited over 30 min then first"]\n', encoding="utf-8")
    kiosk = Kiosk(hub)
    try:
        kiosk._seq = 100
        kiosk.asks("ticket/take", service=service)
    finally:
        kiosk.close()
    today = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m-%d")
    rows = json.loads(good(hub, "policy", "try", str(policy), "--day", today, "--json"))
    assert sum(row["tickets"] for row in rows if row["service"] == service) >= 1
    assert "新规则" in good(hub, "policy", "try", str(policy), "--day", today)
    assert run(hub, "policy", "try", str(policy), "--day", "2020-01-01").exit_code == 1
    assert "when priority then first" in good(hub, "policy", "show")
    used = good(hub, "policy", "use", str(policy))
    assert f"用 {today} 的记录试算" in used
    assert "新规则" in used
    assert "1 条" in used
    noted = json.loads(good(hub, "audit", "list", "--what", "PUT /policy", "--json"))[-1]
    assert json.loads(noted["asked"])["tried"] == today
    nobody = run(hub, "policy", "use", str(policy), "--day", "2020-01-01")
    assert (nobody.exit_code, "2020-01-01" in nobody.stderr) == (1, True)
    untried = json.loads(good(hub, "policy", "use", str(policy), "--untried", "--json"))
    assert (untried["tried"], untried["trial"]) == ("", [])
    assert "when waited over 30 min then first" in good(hub, "policy", "show")
    assert (hub.folder / "policy.toml").read_bytes() == policy.read_bytes()
    policy.write_text('rules = ["when it rains then first"]', encoding="utf-8")
    result = run(hub, "policy", "use", str(policy))
    assert result.exit_code == 4
    assert "is no condition" in result.stderr
    assert run(hub, "policy", "use", str(policy), "--untried").exit_code == 1
    assert run(hub, "policy", "try", str(policy), "--day", today).exit_code == 4
    assert "when waited over 30 min then first" in good(hub, "policy", "show")


def test_a_person_gives_a_priority_and_the_audit_log_knows_who_and_why(hub: HubProcess, service: str) -> None:
    kiosk = Kiosk(hub)
    try:
        kiosk._seq = 200
        number = kiosk.asks("ticket/take", service=service)["number"]
    finally:
        kiosk.close()
    assert run(hub, "tickets", "priority", number, "elderly").exit_code == 2  # without a reason
    assert run(hub, "tickets", "priority", "Z999", "elderly", "--reason", "x").exit_code == 1
    good(hub, "tickets", "priority", number, "elderly", "--reason", "拄拐")
    shown = good(hub, "tickets", "show", number)
    assert "老年人优先" in shown
    assert "拄拐" in shown
    assert put(hub, "POST", f"/tickets/{number}/priority", {"priority": "king", "reason": "x"}).status_code == 422
    assert put(hub, "POST", f"/tickets/{number}/priority", {"priority": "none", "reason": " "}).status_code == 409
    rows = json.loads(good(hub, "audit", "list", "--what", f"tickets/{number}/priority", "--json"))
    done = [row for row in rows if row["outcome"] == "done"]
    assert [json.loads(row["before"]) for row in done] == [{"priority": "none", "reason": ""}]
    assert [json.loads(row["after"]) for row in done] == [{"priority": "elderly", "reason": "拄拐"}]
    assert done[0]["who"] == "admin"


def test_whoever_left_without_signing_out_is_signed_out(hub: HubProcess) -> None:
    window = hub.get("/windows")[0]["id"]
    assert "请先登录" in run(hub, "windows", "signout", window).stderr
    assert run(hub, "windows", "signout", "roof-1").exit_code == 1
    assert "未签到的预约" in good(hub, "status")


def test_a_guide_clears_a_hall(hub: HubProcess) -> None:
    assert "已清空" in good(hub, "tickets", "clear", "gongjijin", "--yes")
    assert all(ticket["state"] == "expired" for ticket in hub.get("/tickets"))
    assert run(hub, "tickets", "clear", "roof", "--yes").exit_code == 1


def put(hub: HubProcess, method: str, path: str, body: Any) -> httpx.Response:
    url = config.load(hub.folder).api.url
    return httpx.request(method, url + path, json=body, headers={"Authorization": f"Bearer {hub.token()}"})
