"""Adding, keys, retiring over HTTP: checked with the whole site, all or nothing, and no key is in any answer."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from firmware.kinds import KINDS
from hub.api.bodies import MAX_BODY_BYTES, MAX_BYTES
from hub.app import Hub
from hub.config import Config, SetupError
from hub.engine.requests import CallNext, CloseAlarm, OpenWindow, RaiseAlarm, TakeTicket
from hub.provision.overlay import FILE, read_overlay
from tests.hub.test_api import BUTTON, Api

NEW = {"id": "help-new", "kind": "help_button", "place": "新装", "floor": 2}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path / "hub")
    yield api
    api.close()


def board(api: Api, device: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(api.hub.provision.board_path(device).read_bytes())
    return content


def accounts(api: Api) -> dict[str, str]:
    """User → key, as the broker has them."""
    return {user: account.password for user, account in (api.hub.broker._accounts or {}).items()}


def test_a_device_is_added_and_everything_knows_it(api: Api) -> None:
    reply = api.post("/devices", NEW)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert (told["id"], told["kind"], told["place"], told["floor"]) == ("help-new", "help_button", "新装", 2)
    assert told["board"] == str(api.hub.provision.board_path("help-new"))
    assert board(api, "help-new")["password"] == accounts(api)["help-new"]
    assert api.get("/devices/help-new")["is_online"] is False
    assert [d["id"] for d in api.get("/site")["devices"]].count("help-new") == 1
    api.ask(RaiseAlarm, by="help-new", held_ms=300)
    assert [alarm["place"] for alarm in api.get("/alarms")] == ["新装"]
    overlay, _ = read_overlay(api.hub.roster.file)
    assert overlay.added == (NEW,)


def test_it_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with closing(Api(tmp_path / "hub")) as api:
        assert api.post("/devices", NEW).status_code == 200
        assert api.post(f"/devices/{BUTTON}/retire").status_code == 200
        key = board(api, "help-new")["password"]
    with closing(Api(tmp_path / "hub")) as again:
        assert "help-new" in again.hub.plan.device
        assert BUTTON not in again.hub.plan.device
        assert board(again, "help-new")["password"] == key


def test_a_hub_does_not_start_with_a_file_that_a_person_broke(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / FILE).write_text('[[added]]\nid = "x"\nkind = "toaster"\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"devices\.toml:3: added\[x\]\.kind: "):
        Hub(Config(), tmp_path / "hub")


def test_no_answer_has_a_key_in_it(api: Api) -> None:
    said = api.post("/devices", NEW).text + api.post("/devices/help-new/key").text
    said += api.post("/devices/help-new/retire").text
    assert not any(key in said for key in accounts(api).values())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({**NEW, "id": BUTTON}, "already the id"),
        ({**NEW, "kind": "toaster"}, "toaster"),
        ({**NEW, "hall": "moon"}, "hall: there is no hall moon"),
        ({**NEW, "colour": "red"}, "colour"),
        ({**NEW, "floor": "first"}, "floor"),
        ({"id": "help-new"}, "kind is missing"),
        ({"id": BUTTON}, "kind is missing"),
        ({}, "id"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_happens(api: Api, body: dict[str, Any], told: str) -> None:
    before = (set(api.hub.plan.device), api.hub.site.position)
    reply = api.send("POST", "/devices?language=en", json=body)
    assert reply.status_code == 422
    assert told in reply.json()["detail"]
    assert (set(api.hub.plan.device), api.hub.site.position) == before
    assert not api.hub.roster.file.exists()


def test_a_crate_comes_whole_or_not_at_all(api: Api) -> None:
    rows = [f"crate-{n},help_button,大厅,{n % 9}" for n in range(300)]
    text = "\n".join(["id,kind,place,floor", *rows])
    broken = text.replace("crate-7,", "Crate 7,").replace("crate-200,help_button", "crate-200,help_knob")
    reply = api.send("POST", "/devices/import?language=en", json={"name": "crate.csv", "text": broken})
    assert reply.status_code == 422
    lines = reply.json()["detail"].splitlines()
    assert [line.split(": ")[0] for line in lines] == ["crate.csv:9", "crate.csv:202"]
    assert "crate-0" not in api.hub.plan.device
    reply = api.post("/devices/import", {"name": "crate.csv", "text": text})
    assert [told["id"] for told in reply.json()] == [f"crate-{n}" for n in range(300)]
    assert len({accounts(api)[f"crate-{n}"] for n in range(300)}) == 300
    assert api.send("POST", "/devices/import", json={"name": "x.csv", "text": "no\n"}).status_code == 422


def test_only_a_crate_may_be_long(api: Api) -> None:
    long = {"name": "x", "text": "y" * (MAX_BODY_BYTES + 1)}
    assert api.post("/devices", long).status_code == 413
    assert api.post("/devices/import", long).status_code == 422
    assert api.post("/devices/import", {"name": "x", "text": "y" * MAX_BYTES["/devices/import"]}).status_code == 413


def test_a_new_key_is_another_for_the_board_and_for_the_broker(api: Api) -> None:
    old = board(api, BUTTON)["password"]
    assert api.post(f"/devices/{BUTTON}/key").status_code == 200
    assert board(api, BUTTON)["password"] == accounts(api)[BUTTON] != old
    reply = api.post("/devices/help-nowhere/key")
    assert (reply.status_code, "no device help-nowhere" in reply.json()["detail"]) == (404, True)


def test_a_retired_device_leaves_nothing_and_may_come_back(api: Api) -> None:
    path = api.hub.provision.board_path(BUTTON)
    assert api.post(f"/devices/{BUTTON}/retire").json() == {"id": BUTTON}
    assert not path.exists()
    assert BUTTON not in accounts(api)
    assert api.send("GET", f"/devices/{BUTTON}").status_code == 404
    assert api.post(f"/devices/{BUTTON}/retire").status_code == 404
    assert api.post("/devices", {"id": BUTTON}).status_code == 200, "as the site file has it"
    assert api.get(f"/devices/{BUTTON}")["kind"] == "help_button"
    assert api.post(f"/devices/{BUTTON}/retire").status_code == 200
    assert api.post("/devices", {**NEW, "id": BUTTON}).status_code == 200
    assert api.get(f"/devices/{BUTTON}")["place"] == "新装"


def test_a_button_whose_alarm_is_open_stays(api: Api) -> None:
    api.ask(RaiseAlarm, by=BUTTON, held_ms=300)
    reply = api.post(f"/devices/{BUTTON}/retire")
    assert (reply.status_code, reply.json()["detail"]) == (409, "device.alarm_open")
    (alarm,) = api.get("/alarms")
    api.post(f"/alarms/{alarm['id']}/acknowledge")
    api.ask(CloseAlarm, by="admin", alarm=alarm["id"], note="")
    assert api.post(f"/devices/{BUTTON}/retire").status_code == 200


def test_what_the_site_cannot_be_without_stays(api: Api) -> None:
    amplifier = api.hub.plan.channels[0].amplifier
    reply = api.send("POST", f"/devices/{amplifier}/retire?language=en")
    assert reply.status_code == 422
    assert f"no amplifier {amplifier}" in reply.json()["detail"]
    assert amplifier in api.hub.plan.device


def test_a_window_gets_another_terminal_and_works_with_it(api: Api) -> None:
    window = next(w for w in api.hub.plan.windows if w.call_terminal)
    new = {"id": "call-new", "kind": "call_terminal", "window": window.id}
    assert api.send("POST", "/devices?language=en", json=new).status_code == 422, "it has one"
    assert api.post(f"/devices/{window.call_terminal}/retire").status_code == 200
    assert api.post("/devices", new).status_code == 200
    assert api.hub.plan.window[window.id].call_terminal == "call-new"
    assert board(api, "call-new")["settings"]["window"] == window.number
    api.ask(OpenWindow, by="call-new", window=window.id)
    assert api.hub.site.windows[window.id].state == "open"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_device_of_each_kind_may_go_and_its_halls_work_on(api: Api, kind: str) -> None:
    kiosk = next(d for d in api.hub.plan.devices if d.kind == "ticket_kiosk")
    window = next(w for w in api.hub.plan.windows if w.hall == kiosk.hall)
    others = [d for d in api.hub.plan.devices if d.kind == kind and d.id != kiosk.id]
    if not others:  # a kind that this building has none of
        row = {"id": "new-here", "kind": kind, "hall": kiosk.hall, "place": "新装"}
        assert api.post("/devices", row).status_code == 200
        others = [api.hub.plan.device["new-here"]]
    goes = sorted(others, key=lambda d: d.hall != kiosk.hall)[0]  # of the same hall, if there is one
    if kind == "amplifier":
        row = {"id": "amp-new", "kind": kind, "channel": api.hub.plan.hall[kiosk.hall].channel}
        assert api.post("/devices", row).status_code == 200
        goes = next(d for d in api.hub.plan.devices if d.id == "amp-new")
        kept = {"id": "amp-newer", "kind": kind, "channel": row["channel"]}
        assert api.post("/devices", kept).status_code == 200
    assert api.post(f"/devices/{goes.id}/retire").status_code == 200, goes
    api.ask(TakeTicket, by=kiosk.id, service=window.services[0])
    api.ask(OpenWindow, by="admin", window=window.id)
    api.ask(CallNext, by="admin", window=window.id)
    assert api.hub.site.windows[window.id].ticket
    assert goes.id not in accounts(api)
