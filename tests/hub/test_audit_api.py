"""What people do through the API: each act a row, with who, from where, before and after, and nothing personal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.api.facts import ROOMS
from hub.api.witness import CALLBACKS, VAULT
from hub.audit import Row
from hub.audit.verify import complaints
from hub.engine import places
from hub.engine.state import Case
from hub.vault import Identity
from tests.hub.test_api import Api

RULES = 'rules = ["when waited over 30 min then first"]'


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    api = Api(tmp_path_factory.mktemp("audit") / "hub")
    yield api
    api.close()


def newest(api: Api) -> Row:
    return api.hub.audit.find()[-1]


def test_a_change_is_noted_with_before_and_after(api: Api) -> None:
    assert api.send("PUT", "/policy", json={"text": RULES}).status_code == 200
    row = newest(api)
    assert (row.who, row.what, row.outcome) == ("admin", "PUT /policy", "done")
    assert row.address.startswith("127.0.0.1:")
    assert "waited over 30 min" not in row.before
    assert "waited over 30 min" in row.after
    assert json.loads(row.asked) == {"text": RULES}


def test_what_was_refused_is_noted_with_why(api: Api) -> None:
    assert api.post("/alarms/none/close", {"note": "?"}).status_code == 409
    row = newest(api)
    assert (row.what, row.outcome, row.before, row.after) == ("POST /alarms/none/close", "409 alarm.unknown", "", "")
    assert api.send("PUT", "/policy", content=b"[" * 9_000).status_code in (400, 422)
    assert newest(api).asked == '{"unreadable_bytes":9000}'


def test_a_device_that_comes_and_goes_is_seen_in_the_rows(api: Api) -> None:
    body = {"id": "help-new", "kind": "help_button", "place": "大厅", "floor": 1}
    assert api.post("/devices", body).status_code == 200
    row = newest(api)
    assert json.loads(row.asked) == body
    assert json.loads(row.after)["devices"] == json.loads(row.before)["devices"] + 1
    assert api.post("/devices/help-new/retire").status_code == 200
    assert json.loads(newest(api).before)["id"] == "help-new"


def test_nothing_personal_gets_into_a_row(api: Api) -> None:
    row = {"appointment": "YY1", "service": "none", "starts": "2026-11-23 09:00", "ends": "2026-11-23 10:00"}
    person = {"name": "李小龙", "card": "440403199003072310", "phone": "13800138000", "code": "K88231"}
    assert api.post("/appointments", {"rows": [{**row, **person}]}).status_code == 200
    noted = newest(api)
    assert json.loads(noted.asked) == {"rows": [{**row, "name": "*", "card": "*", "phone": "*", "code": "*"}]}
    for path in api.hub.folder.glob("audit.*"):
        for value in person.values():
            assert value.encode() not in path.read_bytes()


def test_a_person_in_clear_only_for_a_reason_and_never_unnoted(api: Api) -> None:
    li = Identity(name="李小龙", card="440403199003072310", phone="13800138000")
    visitor = api.hub.vault.put(li)
    assert api.post("/vault/show", {"visitor": visitor, "why": ""}).status_code == 422
    assert api.post("/vault/show", {"visitor": visitor, "why": "lost purse"}).json()["name"] == li.name
    row = newest(api)
    assert (row.who, row.what, row.outcome) == ("admin", "vault/whole", "done")
    assert json.loads(row.asked) == {"why": "lost purse", "visitors": [visitor]}
    assert row.address.startswith("127.0.0.1:")
    refused = api.post("/vault/erase", {"visitor": visitor, "phone": li.phone, "why": "asked for it"})
    assert (refused.status_code, li.phone in refused.text) == (422, False)
    assert api.post("/vault/erase", {"phone": li.phone, "why": "asked for it"}).json() == {"erased": 1, "words": 0}
    assert newest(api).what == "vault/erase"
    assert li.phone not in newest(api).asked
    assert api.post("/vault/show", {"visitor": visitor, "why": "lost purse"}).status_code == 404
    assert api.get("/vault")["keep_days"] == 0


def test_a_wrong_token_is_noted_once_a_minute(api: Api) -> None:
    count = len(api.hub.audit.find())
    for _ in range(3):
        assert api.send("POST", "/queue/clear", authorization="Bearer guessed").status_code == 401
    (row,) = api.hub.audit.find()[count:]
    assert (row.who, row.what, row.outcome) == ("unknown", "POST /queue/clear", "401 no token")


def test_looking_leaves_no_row(api: Api) -> None:
    count = len(api.hub.audit.find())
    for path in ("/status", "/windows", "/policy"):
        api.get(path)
    assert len(api.hub.audit.find()) == count


def test_what_cannot_be_noted_is_said_so(api: Api) -> None:
    """A folder lies where the head file should be."""
    head = api.hub.folder / "audit.head"
    aside = head.rename(head.with_name("aside"))
    head.mkdir()
    (head / "full").touch()
    reply = api.post("/queue/clear")
    assert (reply.status_code, "could not be noted" in reply.json()["detail"]) == (503, True)
    (head / "full").unlink()
    head.rmdir()
    aside.rename(head)
    assert api.post("/queue/clear").status_code == 200
    assert complaints(api.hub.audit) == []


def test_the_rows_are_in_the_hubs_folder(api: Api) -> None:
    assert Path(api.hub.folder / "audit.db").stat().st_mode & 0o077 == 0


def test_every_call_that_changes_something_has_a_before_and_an_after(api: Api) -> None:
    document = api.get("/openapi.json")
    changing = [path for path, verbs in document["paths"].items() if {"post", "put", "patch", "delete"} & set(verbs)]
    assert len(changing) > 20
    noted_otherwise = (VAULT, CALLBACKS)  # by the vault before it gives anything out; a platform is no person
    unseen = [path for path in changing if path.split("/")[1] not in ROOMS and not path.startswith(noted_otherwise)]
    assert unseen == []


def test_who_has_a_case_now_and_who_sat_at_a_window_is_in_the_row(api: Api) -> None:
    site = api.hub.site
    site.cases["20261122-A001-1"] = Case(
        id="20261122-A001-1",
        ticket="20261122-A001",
        window="sifa-w01",
        service="sifa-notary",
        level=1,
        state="assigned",
        opened_at_ms=1,
        deadline_ms=2,
        changed_at_ms=1,
        assignee="c7",
    )
    assert api.post("/cases/20261122-A001-1/assign", {"by": "boss", "to": "c8"}).status_code == 200
    row = newest(api)
    assert (json.loads(row.before)["assignee"], json.loads(row.after)["assignee"]) == ("c7", "c8")
    places.at_window(site, "sifa-w01").staff = "1024"
    assert api.post("/windows/sifa-w01/sign_out").status_code == 200
    row = newest(api)
    assert (json.loads(row.before)["staff"], json.loads(row.after)["staff"]) == ("1024", "")
