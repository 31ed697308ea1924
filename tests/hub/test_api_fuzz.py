"""Requests made from the OpenAPI document, right and wrong: no fault of the hub, answers as told, noes change nothing.

``HALLHUB_FUZZ_EXAMPLES=2000`` makes so many for each operation and way, with other dice each time.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from tests.hub.fuzz_kit import EXAMPLES, Fuzzed, Watch
from tests.hub.test_api import TOKEN
from tools import openapi

DOCUMENT = openapi.document()
# What fits the document may still break a rule of the site or be too long, but is never written wrongly.
NO = ["401", "404", "409", "413", "422"]
RULES = schemathesis.Config.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", *NO]},
            "negative_data_rejection": {"expected-statuses": ["400", "415", *NO]},
        }
    }
)
# Who has no token is another test's matter.
SCHEMA = schemathesis.openapi.from_dict(
    {key: value for key, value in DOCUMENT.items() if key != "security"}, config=RULES
)
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
# Their values are held against the whole site, or against one another; that is 422, too.
RULED = (
    "/calendar/{change}",
    "/devices",
    "/devices/import",
    "/devices/{device_id}/retire",
    "/policy",
    "/reports/{span}/{when}",
    "/satisfaction",
    "/vault/erase",
)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
]


def some(path: str) -> settings:
    """How often, with which dice. Where there is nothing to choose, once is enough."""
    few = 6 if "{" in path or ("post" in DOCUMENT["paths"][path]) else 3
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    api = Fuzzed(tmp_path_factory.mktemp("fuzz") / "hub")
    yield api
    api.close()


def is_askable_wrongly(method: str, path: str) -> bool:
    """Whether anything in it has a shape that could be missed."""
    operation = DOCUMENT["paths"][path][method]
    shapes = [one["schema"] for one in operation.get("parameters", ())]
    return "requestBody" in operation or any(shape != {"type": "string"} for shape in shapes)


def ask(api: Fuzzed, case: Any) -> Any:
    """One request, and all that must hold of its answer."""
    wire = case.as_transport_kwargs(base_url="http://hub")
    wire["headers"] = {**wire["headers"], "Authorization": f"Bearer {TOKEN}"}
    with Watch(api) as watch:
        kept = {name: wire.get(name) for name in ("method", "url", "params", "headers", "data", "json", "cookies")}
        watch.answer = api.ask_raw(requests.Request(**kept).prepare())
        case.validate_response(watch.answer, checks=CHECKS)
    return watch.answer


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_fits_the_document_is_answered_as_it_says(api: Fuzzed, method: str, path: str) -> None:
    operation = SCHEMA[path][method]

    @some(path)
    @given(case=operation.as_strategy(GenerationMode.POSITIVE), data=st.data())
    def asked(case: Any, data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if (ids := api.ids(name)) and data.draw(st.integers(0, 3)):
                case.path_parameters[name] = data.draw(st.sampled_from(ids))
        answer = ask(api, case)
        assert answer.status_code != 422 or path in RULED, answer.text

    asked()
    assert api.replays()


@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if is_askable_wrongly(*each)])
def test_what_does_not_fit_is_refused_and_changes_nothing(api: Fuzzed, method: str, path: str) -> None:
    operation = SCHEMA[path][method]

    @some(path)
    @given(case=operation.as_strategy(GenerationMode.NEGATIVE))
    def asked(case: Any) -> None:
        ask(api, case)

    asked()
    assert api.replays()


# Who asks, and how


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_without_the_token_nothing_is_told_or_done(api: Fuzzed, method: str, path: str) -> None:
    """Nor by a method that the path does not take. A callback wants a signature instead."""
    filled = path.replace("{", "").replace("}", "")
    for authorization in (None, "Bearer wrong", f"bearer {TOKEN}", f"Bearer {TOKEN}, Bearer {TOKEN}"):
        for verb in (method.upper(), "DELETE", "TRACE"):
            with Watch(api) as watch:
                watch.answer = api.send(verb, filled, authorization, content=b"{}")
            assert watch.answer.status_code == (405 if "callbacks" in path and verb != "POST" else 401), verb


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_a_method_that_a_path_does_not_take_is_405_with_those_that_it_takes(api: Fuzzed, path: str) -> None:
    there = {method.upper() for method in DOCUMENT["paths"][path]}
    filled = path.replace("{span}", "day").replace("{", "").replace("}", "")
    for verb in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"} - there:
        if (verb, path) == ("GET", "/devices/import"):
            continue  # that asks for a device of this name
        with Watch(api) as watch:
            watch.answer = api.send(verb, filled)
        assert watch.answer.status_code == 405, verb
        assert set(watch.answer.headers["allow"].split(", ")) >= there


DEEP = b'{"note":' + b"[" * 17 + b"]" * 17 + b"}"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b'{"note":"a","note":"b"}', 400, "the same key twice"),
        (b'{"note":{"a":1,"a":1}}', 400, "the same key twice"),
        (DEEP, 400, "deeper than 16"),
        (b"[" * 8000, 400, "deeper than 16"),
        (b'{"note":' + b"9" * 5000 + b"}", 400, "a number beyond"),
        (b'{"note":-9007199254740992}', 400, "a number beyond"),
        (b'{"note":1e999}', 400, "a number beyond"),
        (b'{"note":NaN}', 400, "NaN is no number"),
        (b'{"note":-Infinity}', 400, "-Infinity is no number"),
        (b'{"note":"a\\u0000b"}', 400, "U+0000"),
        (b'{"note":"\\u001b[2J"}', 400, "U+001B"),
        (b'{"a\\u0000b":1}', 400, "U+0000"),
        (b'{"note":"\\udc00"}', 400, "U+DC00"),
        (b'{"note":"\xff"}', 400, "not UTF-8 at byte 9"),
        ('{"note":"a"}'.encode("utf-16"), 400, "not UTF-8"),
        ('\ufeff{"note":"a"}'.encode(), 400, "not JSON"),
        (b'{"note":"a"} {}', 400, "not JSON"),
        (b"{'note':'a'}", 400, "line 1, column 2"),
        (b'{"note":"' + b"x" * 20_000 + b'"}', 413, "at most 16384 bytes"),
        (b'{"nota":"a"}', 422, "nota: "),
        (b'{"note":7}', 422, "note: "),
    ],
)
def test_tricks_with_json_are_refused(api: Fuzzed, body: bytes, status: int, says: str) -> None:
    alarm = next(iter(api.hub.site.alarms))
    with Watch(api) as watch:
        watch.answer = api.send("POST", f"/alarms/{alarm}/close", content=body)
    assert watch.answer.status_code == status, watch.answer.text
    assert says in watch.answer.json()["detail"]


@pytest.mark.parametrize(
    "types",
    [(), ("text/plain",), ("application/json; charset=gbk",), ("application/jsonp",), ("application/json",) * 2],
)
def test_a_body_that_is_not_told_to_be_json_is_415(api: Fuzzed, types: tuple[str, ...]) -> None:
    with Watch(api) as watch:
        watch.answer = raw(api, "POST", "/queue/clear", [("Content-Type", one) for one in types], b"{}")
    assert watch.answer.status_code == 415
    assert "Content-Type: application/json" in watch.answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/status/", 404),
        ("//status", 404),
        ("/status/../vault", 404),
        ("/STATUS", 404),
        ("/tickets?limit=5&limit=6", 422),
        ("/tickets?limt=5", 422),
        ("/tickets?limit=%00", 422),
        ("/tickets?limit=٥", 422),
        ("/tickets?limit=1_0", 422),
        ("/devices?offline=maybe", 422),
        ("/satisfaction?first=0", 422),
        ("/satisfaction?first=2026-11-22T10:00", 422),
        ("/reports/month/2026-11-and-what-follows", 422),
        ("/reports/day/2026-W47-7", 422),
        ("/devices/%00", 404),
        ("/devices/%ff", 404),
        ("/devices/" + "x" * 20_000, 404),
        ("/tickets/%1b%5b2J", 404),
    ],
)
def test_paths_and_queries_that_are_none(api: Fuzzed, path: str, status: int) -> None:
    with Watch(api) as watch:
        watch.answer = raw(api, "GET", path)
    assert watch.answer.status_code == status, watch.answer.text
    newest = api.hub.refusals.newest[-1]
    assert newest.detail.isprintable()
    assert len(newest.detail) <= 120


def raw(api: Fuzzed, method: str, path: str, headers: list[tuple[str, str]] = [], body: bytes = b"") -> Any:  # noqa: B006
    """As it stands, also what a client's library would not send."""
    return api.ask_scope(method, path, [("Authorization", f"Bearer {TOKEN}"), *headers], body)


def test_two_tokens_are_none_and_a_name_that_steers_is_noted_harmlessly(api: Fuzzed) -> None:
    with Watch(api) as watch:
        watch.answer = raw(api, "GET", "/status", [("Authorization", f"Bearer {TOKEN}")])
    assert watch.answer.status_code == 401
    with Watch(api) as watch:
        watch.answer = raw(api, "POST", "/alarms/none/acknowledge", [("X-Hallhub-User", "%1b[2J%00" + "x" * 9_000)])
    row = api.audit_rows()[-1]
    assert (row.told.isprintable(), len(row.told) <= 80) == (True, True)


def test_who_has_no_token_is_never_noted_as_an_administrator(api: Fuzzed) -> None:
    noted = len(api.audit_rows())
    for _ in range(50):
        assert api.send("POST", "/no-such-path", None).status_code == 401
    assert [row.who for row in api.audit_rows()[noted:]] in ([], ["unknown"]), "and not with a row each"
