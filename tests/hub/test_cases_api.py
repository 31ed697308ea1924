"""Cases over the API and on the command line; and that there is no way there to make a rating."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from hub.api import server
from hub.cli.main import main
from hub.engine.events import ServiceRated
from hub.engine.plan import Window
from hub.engine.requests import CallNext, FinishTicket, OpenWindow, RateService, TakeTicket
from hub.vault import About
from tests.hub.test_api import KIOSK, Api

PLANTED = "王某某 13800000000 说话很难听"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    api = Api(tmp_path_factory.mktemp("cases") / "hub")
    yield api
    api.close()


def poor_rating(api: Api, visitor: str = "") -> str:
    """A visitor was served at a window and is dissatisfied; the case's id."""
    window: Window = next(one for one in api.hub.plan.windows if one.evaluation_terminal and one.hall == "gongjijin")
    service = next(one for one in api.hub.plan.services if one.id == window.services[0])
    api.ask(OpenWindow, by=window.call_terminal, window=window.id)
    api.ask(TakeTicket, by=KIOSK, service=service.id, visitor=visitor)
    api.ask(CallNext, by=window.call_terminal, window=window.id)
    ticket = api.hub.site.windows[window.id].ticket
    api.ask(FinishTicket, by=window.call_terminal, window=window.id, ticket=ticket)
    words = api.hub.words.keep(PLANTED, about=About(ticket, visitor))
    by = window.evaluation_terminal
    api.ask(RateService, by=by, window=window.id, ticket=ticket, level=2, reasons=(214,), words=words)
    return f"{ticket}-1"


def do(api: Api, case: str, act: str, by: str = "boss", **more: Any) -> Any:
    return api.post(f"/cases/{case}/{act}", {"by": by, **more})


def test_a_case_from_hand_to_hand(api: Api) -> None:
    case = poor_rating(api)
    assert [(one["state"], one["words"]) for one in api.get("/cases") if one["id"] == case] == [("received", True)]
    assert do(api, case, "accept", words="已核实").json()["state"] == "screened"
    assert do(api, case, "assign", to="c7").json()["assignee"] == "c7"
    for act in ("rectify", "reply"):
        assert do(api, case, act, by="c7").status_code == 200
    own = do(api, case, "review", by="c7")
    assert (own.status_code, own.json()["detail"]) == (409, "case.own")
    assert do(api, case, "review").status_code == 200
    closed = do(api, case, "close").json()
    assert (closed["state"], closed["is_valid"], len(closed["steps"])) == ("closed", True, 6)
    assert do(api, case, "close").json()["detail"] == "case.act"


def test_wrong_asking_is_told(api: Api) -> None:
    assert do(api, "nothing", "accept").status_code == 404
    case = poor_rating(api)
    assert do(api, case, "dance").status_code == 422
    assert do(api, case, "accept", by="A Name").status_code == 422
    assert api.post(f"/cases/{case}/accept").status_code == 422
    assert api.send("GET", "/satisfaction?first=2026-01-01&last=2025-01-01").status_code == 422


def test_what_was_written_is_nowhere_but_where_it_is_asked_for(api: Api) -> None:
    case = poor_rating(api)
    do(api, case, "accept", words="打电话给 13911112222")
    written = api.post(f"/cases/{case}/words").json()
    assert written == {"words": PLANTED, "notes": ["打电话给 13911112222"]}
    assert "13800000000" not in str(api.get(f"/cases/{case}"))
    for file in api.hub.folder.rglob("*"):
        if file.is_file():
            told = file.read_bytes()
            assert not [number for number in (b"13800000000", b"13911112222") if number in told], file


def test_the_audit_log_says_who_read_it(api: Api) -> None:
    case = poor_rating(api)
    api.post(f"/cases/{case}/words")
    assert any(row.what == f"POST /cases/{case}/words" for row in api.hub.audit.find())


def test_satisfaction_of_a_day(api: Api) -> None:
    poor_rating(api)
    day = f"{api.hub.site.day[:4]}-{api.hub.site.day[4:6]}-{api.hub.site.day[6:]}"
    (row,) = api.get("/satisfaction", first=day, last=day)
    assert row["name"] == day
    assert row["rendered"] == row["rated"] == row["poor"] >= 1
    assert row["satisfied_percent"] == 0.0
    assert api.get("/satisfaction", first="2020-01-01", last="2020-01-02") == []


def ratings(api: Api) -> int:
    told = api.hub.journal.entries(0, 1_000_000)
    return sum(isinstance(event, ServiceRated) for entry in told for event in entry.events)


def test_no_route_makes_a_rating(api: Api) -> None:
    """Each route there is, asked in each manner with all that a rating has."""
    case = poor_rating(api)
    ticket = api.hub.site.cases[case].ticket
    before = ratings(api)
    body = {"ticket": ticket, "window": "gongjijin-1", "level": 5, "reasons": [510], "by": "boss", "terminal": "x"}
    seen = 0
    for path, methods in api.app.openapi()["paths"].items():
        assert not re.search(r"rat(e|ing)s?\b|evaluat|assess|score", path), path
        for method in methods:
            at = re.sub(r"\{[^}]*case[^}]*\}", case, path)
            api.send(method.upper(), re.sub(r"\{[^}]*\}", "x", at), json=body)
            seen += 1
    assert seen > 20
    assert ratings(api) == before
    assert "RateService" not in Path(server.__file__).read_text(encoding="utf-8")


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for own, below in command.commands.items():
            yield from commands(below, f"{name} {own}")


def test_no_command_makes_a_rating() -> None:
    """They only reach the API; none takes a level or is called so."""
    found = dict(commands(main, "hallhub"))
    assert len(found) > 40
    for name, command in found.items():
        assert not re.search(r"\brat(e|ing)|evaluat|assess|score", name), name
        assert not {"level", "stars", "rating"} & {parameter.name for parameter in command.params}, name
    folder = Path(main.callback.__code__.co_filename).parent  # type: ignore[union-attr]
    for file in folder.glob("*.py"):
        assert "RateService" not in file.read_text(encoding="utf-8"), file
