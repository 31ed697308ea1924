"""The API: every route with a real hub behind it, who may ask, and what it says to those who ask wrongly."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from firmware.words import words
from hub.api import server
from hub.app import Hub
from hub.config import ApiSettings, Config, SetupError
from hub.engine.requests import CallNext, ConfirmAct, OpenWindow, RaiseAlarm, Request, TakeTicket
from hub.journal import Journal

TOKEN = "a-token-of-the-hub"
KIOSK = "gongjijin-kiosk-1"
BUTTON = "help-1f-desk-1"


class Api:
    """A hub without its broker, its pipeline at work, and a client that speaks HTTP to its application."""

    def __init__(self, folder: Path) -> None:
        self.hub = Hub(Config(), folder)
        self.app = server.make(self.hub, TOKEN)
        self._runner = asyncio.Runner()
        self._runner.run(self._begin())

    async def _begin(self) -> None:
        self._pipeline = asyncio.create_task(self.hub.pipeline.run())

    def close(self) -> None:
        self._pipeline.cancel()
        self._runner.close()
        self.hub.pipeline.close()
        self.hub.journal.close()

    def send(self, method: str, path: str, authorization: str | None = f"Bearer {TOKEN}", **options: Any) -> Any:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
                headers = {b"Content-Type": b"application/json"} if "content" in options else {}
                if authorization is not None:
                    headers[b"Authorization"] = authorization.encode("latin-1")
                return await client.request(method, path, headers=headers, **options)

        return self._runner.run(sent())

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a good answer."""
        reply = self.send("GET", path, params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.send("POST", path, **({} if body is None else {"json": body}))

    def ask(self, request_type: type[Request], by: str = KIOSK, **fields: Any) -> None:
        """As if a device had asked for it; it is in the journal when this returns."""
        self._runner.run(self.hub.ask(request_type(at_ms=self.hub.now_ms(), by=by, **fields)))


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One for all: whoever changes something changes what no other test looks at."""
    api = Api(tmp_path_factory.mktemp("api") / "hub")
    yield api
    api.close()


@pytest.fixture(scope="module")
def numbers(api: Api) -> list[str]:
    """Three tickets of one service, oldest first; the first is called."""
    hall = api.hub.plan.services_of_hall["gongjijin"]
    for _ in range(3):
        api.ask(TakeTicket, service=hall[0].id)
    window = next(w for w in api.hub.plan.windows if hall[0].id in w.services)
    api.ask(OpenWindow, by=window.call_terminal, window=window.id)
    api.ask(CallNext, by=window.call_terminal, window=window.id)
    return [ticket.number for ticket in api.hub.site.tickets.values() if ticket.service == hall[0].id]


@pytest.fixture
def alarm(api: Api) -> str:
    """A raised alarm; none is left open by the test before."""
    for left in api.get("/alarms"):
        if left["state"] == "raised":
            api.post(f"/alarms/{left['id']}/acknowledge")
        if left["state"] != "closed":
            api.post(f"/alarms/{left['id']}/close")
    api.ask(RaiseAlarm, by=BUTTON, held_ms=300)
    return str(next(item["id"] for item in api.get("/alarms") if item["state"] == "raised"))


def paths(api: Api) -> list[tuple[str, str]]:
    """(method, path) of every route that people may ask, its parameters filled in."""
    schema = api.app.openapi()["paths"]
    return [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in schema.items()
        for method in methods
        if not path.startswith("/callbacks/")
    ]


# Who may ask


def test_every_route_wants_the_token(api: Api) -> None:
    assert len(paths(api)) >= 50
    for method, path in [*paths(api), ("GET", "/no-such"), ("POST", "/no-such"), ("DELETE", "/status")]:
        for authorization in (
            None,
            "",
            "Bearer",
            "Bearer ",
            "Bearer wrong",
            TOKEN,
            f"Basic {TOKEN}",
            f"Bearer {TOKEN}x",
        ):
            reply = api.send(method, path, authorization)
            assert reply.status_code == 401, (method, path, authorization)
            assert "admin.token" in reply.json()["detail"]
            assert reply.headers["WWW-Authenticate"] == "Bearer"
            assert TOKEN not in reply.text


def test_a_token_in_any_letters_is_only_wrong(api: Api) -> None:
    assert api.send("GET", "/status", "Bearer \xff\xfe").status_code == 401
    assert api.send("GET", "/status", "Bearer " + "x" * 50_000).status_code == 401


def test_what_is_refused_did_nothing(api: Api, alarm: str) -> None:
    position = api.hub.site.position
    assert api.send("POST", f"/alarms/{alarm}/acknowledge", "Bearer wrong").status_code == 401
    assert api.hub.site.alarms[alarm].state == "raised"
    assert api.hub.site.position == position


def test_no_route_shows_the_keys_of_devices_or_the_token(api: Api) -> None:
    secrets = [api.hub.provision.password(device.id) for device in api.hub.plan.devices] + [TOKEN]
    for path in ("/status", "/site", "/devices", f"/devices/{KIOSK}", "/windows", "/platform", "/openapi.json"):
        text = api.send("GET", path).text
        assert not any(secret in text for secret in secrets), path


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::", "hub.example"])
def test_the_api_is_for_this_machine_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(SetupError, match=r"127\.0\.0\.1.*\[api\].*hub\.toml"):
        Hub(Config(api=ApiSettings(host=host)), tmp_path / "hub")
    assert not (tmp_path / "hub").exists(), "it is said before anything is made"


# Looking


def test_status_tells_the_building_at_a_glance(api: Api, numbers: list[str]) -> None:
    status = api.get("/status")
    assert (status["site"], status["devices"]["all"]) == ("doumen", len(api.hub.plan.devices))
    assert status["position"] == api.hub.site.position > 0
    assert status["uptime_s"] >= 0
    hall = next(hall for hall in status["halls"] if hall["id"] == "gongjijin")
    assert (hall["open"], hall["tickets"]) == (1, {"called": 1, "waiting": 2})
    assert (status["broker"]["kind"], status["broker"]["restarts"]) == ("nats", 0)
    assert status["broker"]["connected"] is False
    assert status["platform"] == {"url": ""}


def test_the_site_tells_names_and_places(api: Api) -> None:
    site = api.get("/site")
    assert [hall["name"] for hall in site["halls"]] == [hall.name for hall in api.hub.plan.halls]
    assert len(site["devices"]) == len(api.hub.plan.devices)


def test_devices_are_listed_and_chosen(api: Api) -> None:
    everyone = api.get("/devices")
    assert len(everyone) == len(api.hub.plan.devices)
    assert {d["kind"] for d in api.get("/devices", kind="ticket_kiosk")} == {"ticket_kiosk"}
    assert {d["hall"] for d in api.get("/devices", hall="gongjijin")} == {"gongjijin"}
    assert len(api.get("/devices", kind="ticket_kiosk", hall="gongjijin")) == 1
    assert api.get("/devices", kind="teapot") == []
    assert len(api.get("/devices", offline=True)) == len(everyone)
    assert api.get(f"/devices/{KIOSK}")["kind"] == "ticket_kiosk"


def test_windows_are_listed(api: Api, numbers: list[str]) -> None:
    windows = api.get("/windows", hall="gongjijin")
    called = next(window for window in windows if window["ticket"])
    assert (called["ticket"], called["ticket_state"], called["state"]) == (numbers[0], "called", "open")
    assert len(api.get("/windows")) == len(api.hub.plan.windows)


def test_tickets_are_listed_and_chosen(api: Api, numbers: list[str]) -> None:
    assert [t["number"] for t in api.get("/tickets")][-3:] == numbers
    assert [t["number"] for t in api.get("/tickets", state="waiting")] == numbers[1:]
    assert [t["number"] for t in api.get("/tickets", limit=1)] == numbers[-1:], "the newest"
    assert api.get("/tickets", service="no-such") == []
    one = api.get(f"/tickets/{numbers[0]}")
    assert one["state"] == "called"
    assert api.get(f"/tickets/{one['id']}") == one, "by its id too"


def test_the_schema_tells_every_route(api: Api) -> None:
    schema = api.get("/openapi.json")
    assert {"/status", "/devices/{device_id}", "/alarms/{alarm}/acknowledge", "/announcements"} <= set(schema["paths"])


@pytest.mark.parametrize(
    "path", ["/devices/ghost", "/tickets/Z999", "/tickets/%00", "/devices/..%2Fstatus", "/no-such"]
)
def test_what_is_not_there_is_404(api: Api, path: str) -> None:
    reply = api.send("GET", path)
    assert reply.status_code == 404
    assert reply.json()["detail"]


def test_404_says_where_to_look(api: Api) -> None:
    assert api.send("GET", "/devices/ghost").json()["detail"] == "no device ghost in this site; GET /devices lists them"
    assert "GET /tickets" in api.send("GET", "/tickets/Z999").json()["detail"]


@pytest.mark.parametrize("limit", ["0", "-1", "100001", "many", "1e3", "9" * 400, ""])
def test_limits_are_limits(api: Api, limit: str) -> None:
    reply = api.send("GET", "/tickets", params={"limit": limit})
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("limit: ")


# Acting


def test_an_alarm_is_acknowledged_and_closed_and_both_are_durable(api: Api, alarm: str) -> None:
    for act, state in (("acknowledge", "acknowledged"), ("close", "closed")):
        reply = api.post(f"/alarms/{alarm}/{act}")
        assert (reply.status_code, reply.json()) == (200, {"position": api.hub.site.position})
        assert api.hub.journal.entries(reply.json()["position"] - 1, 1), "in the journal when it is answered"
        assert next(a["state"] for a in api.get("/alarms") if a["id"] == alarm) == state


def test_what_a_rule_forbids_is_409_with_its_code(api: Api, alarm: str) -> None:
    assert (api.post(f"/alarms/{alarm}/close").status_code, api.post("/alarms/9-9/close").status_code) == (409, 409)
    assert api.post(f"/alarms/{alarm}/close").json() == {"detail": "alarm.not_acknowledged"}
    api.post(f"/alarms/{alarm}/acknowledge")
    assert api.post(f"/alarms/{alarm}/acknowledge").json() == {"detail": "alarm.acknowledged"}
    assert api.post("/alarms/9-9/acknowledge").json() == {"detail": "alarm.unknown"}


def test_what_was_done_is_noted_with_the_alarm(api: Api, alarm: str) -> None:
    api.post(f"/alarms/{alarm}/acknowledge")
    assert api.post(f"/alarms/{alarm}/close", {"note": "一位老人摔倒，已送医"}).status_code == 200
    closed = next(item for item in api.get("/alarms") if item["id"] == alarm)
    assert (closed["note"], closed["closed_by"]) == ("一位老人摔倒，已送医", "admin")
    assert (closed["hall"], closed["floor"]) == ("", 1)


def test_an_announcement_is_queued_for_its_channel(api: Api) -> None:
    channel = api.hub.plan.channels[0].id
    assert api.post("/announcements", {"channel": channel, "phrase": "closing-soon"}).status_code == 200
    assert [a.channel for a in api.hub.site.announcements.values() if a.phrase == "closing-soon"] == [channel]
    assert api.post("/announcements", {"channel": "attic", "phrase": "closing-soon"}).json() == {
        "detail": "channel.unknown"
    }
    assert api.post("/announcements", {"channel": channel, "phrase": "jingle"}).json() == {"detail": "phrase.unknown"}


def test_a_person_sees_what_was_announced_and_takes_it_back(api: Api) -> None:
    channel = next(iter(api.hub.plan.channel))
    api.post("/announcements", {"channel": channel, "phrase": "mind-children"})
    newest = api.get("/announcements", minutes=5)[0]
    assert (newest["text"], newest["became"]) == (words("phrase.mind-children"), "waiting")
    assert api.post(f"/announcements/{newest['act']}/withdraw").status_code == 200
    newest = api.get("/announcements")[0]
    assert (newest["became"], newest["because"]) == ("waiting", "person"), "until the amplifier answers"
    api.ask(ConfirmAct, by="hub", act=newest["act"], result="withdrawn")
    assert api.get("/announcements")[0]["became"] == "withdrawn"
    assert api.post(f"/announcements/{newest['act']}/withdraw").json() == {"detail": "act.over"}


def test_clearing_the_queue_counts_tickets_not_what_is_no_longer_said_of_them(api: Api) -> None:
    service = api.hub.plan.services_of_hall["sifa"][0].id
    window = next(w for w in api.hub.plan.windows if service in w.services)
    for _ in range(2):
        api.ask(TakeTicket, by="sifa-kiosk-1", service=service)
    api.ask(OpenWindow, by=window.call_terminal, window=window.id)
    api.ask(CallNext, by=window.call_terminal, window=window.id)
    assert api.post("/queue/clear", {"hall": "sifa"}).json()["expired"] == 2
    assert api.get("/announcements")[0]["because"] == "expire"


def test_an_emergency_is_announced_everywhere_until_it_is_over(api: Api) -> None:
    body = {"channel": "all", "phrase": "take-a-ticket", "priority": "emergency", "expires_s": 30}
    assert api.post("/announcements", body).status_code == 200
    queued = [a for a in api.hub.site.announcements.values() if a.phrase == "take-a-ticket"]
    assert [a.channel for a in queued] == [channel.id for channel in api.hub.plan.channels]
    assert {a.priority for a in queued} == {0}
    assert {a.expires_at_ms - api.hub.now_ms() > 60_000 for a in queued} == {False}


def test_words_of_a_person_need_clips_and_a_channel(api: Api) -> None:
    channel = api.hub.plan.channels[0].id
    assert api.post("/announcements", {"channel": "attic", "text": "停电"}).json() == {"detail": "channel.unknown"}
    reply = api.post("/announcements", {"channel": channel, "text": "停电"})
    assert reply.status_code == 409
    assert "python -m hub.speech.clip_bank" in reply.json()["detail"]


# Weird input


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"channel"',
        b"{}",
        b'{"channel":1,"phrase":"closing-soon"}',
        b'{"channel":"' + b"x" * 49 + b'","phrase":"closing-soon"}',
        b'{"channel":"\\ud800","phrase":"closing-soon"}',
        b'{"channel":"\xff","phrase":"closing-soon"}',
        b"[" * 10_000,
    ],
)
def test_a_body_that_says_something_else_is_422_and_changes_nothing(api: Api, body: bytes) -> None:
    position = api.hub.site.position
    reply = api.send("POST", "/announcements", content=body)
    assert reply.status_code in (400, 422)
    assert reply.json()["detail"]
    assert api.hub.site.position == position
    assert api.get("/status")["site"] == "doumen"


def test_a_note_in_another_form_is_refused_and_not_lost(api: Api, alarm: str) -> None:
    """What curl sends when nobody told it that this is JSON."""
    api.post(f"/alarms/{alarm}/acknowledge")
    assert api.send("POST", f"/alarms/{alarm}/close", data={"note": "fell"}).status_code == 415
    assert api.post(f"/alarms/{alarm}/close", {"nota": "fell"}).status_code == 422
    assert api.hub.site.alarms[alarm].state == "acknowledged"


@pytest.mark.parametrize("note", ["x" * 501, 7, None, ["a"], "\ud800"])
def test_a_note_that_cannot_be_kept_leaves_the_alarm_as_it_was(api: Api, alarm: str, note: Any) -> None:
    api.post(f"/alarms/{alarm}/acknowledge")
    body = json.dumps({"note": note}).encode()
    reply = api.send("POST", f"/alarms/{alarm}/close", content=body)
    assert reply.status_code == (400 if note == "\ud800" else 422)
    assert reply.json()["detail"].startswith("a text of the body" if note == "\ud800" else "note: ")
    assert "xxx" not in reply.text
    assert api.hub.site.alarms[alarm].state == "acknowledged"


@pytest.mark.parametrize("authorization", [None, f"Bearer {TOKEN}"])
@pytest.mark.parametrize("is_told", [True, False])
def test_a_body_without_end_is_not_read(api: Api, authorization: str | None, is_told: bool) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 10_000
            yield b" " * 10_000

    body: Any = b" " * 20_000 if is_told else endless()
    reply = api.send("POST", "/announcements", authorization, content=body)
    assert reply.status_code == (413 if authorization else 401)
    assert ("16384" if authorization else "admin.token") in reply.json()["detail"]
    assert read < 100_000


def test_the_wrong_method_is_405(api: Api) -> None:
    assert api.send("DELETE", "/status").status_code == 405
    assert api.send("PUT", "/announcements").status_code == 405


def test_a_fault_of_the_hub_is_500_without_its_insides(tmp_path: Path) -> None:
    api = Api(tmp_path / "hub")
    try:
        del api.hub.presence.seen[KIOSK]  # what cannot be, is
        reply = api.send("GET", f"/devices/{KIOSK}")
        assert reply.status_code == 500
        assert reply.json() == {"detail": "the hub made an error, and wrote it into its log; please report it"}
        assert api.get("/windows"), "and the next one is answered"
    finally:
        api.close()


def test_what_the_site_file_lost_is_still_told(tmp_path: Path) -> None:
    """Tickets and alarms of yesterday's site outlive a device or service that was taken out of the file."""
    api = Api(tmp_path / "hub")
    try:
        api.ask(RaiseAlarm, by=BUTTON, held_ms=300)
        service = api.hub.plan.services_of_hall["gongjijin"][0].id
        api.ask(TakeTicket, service=service)
        del api.hub.plan.device[BUTTON]
        del api.hub.plan.service[service]
        assert [alarm["device"] for alarm in api.get("/alarms")] == [BUTTON]
        assert [ticket["service_name"] for ticket in api.get("/tickets")] == [service]
        assert api.get("/status")["alarms"] == 1
    finally:
        api.close()


def test_the_journal_has_only_what_was_done(api: Api, alarm: str) -> None:
    api.post(f"/alarms/{alarm}/acknowledge")
    again = Journal(f"sqlite:///{api.hub.folder.resolve() / 'journal.db'}")
    again.open()
    try:
        events = [event for entry in again.entries(0, 1000) for event in entry.events]
        assert events[-1].alarm == alarm  # type: ignore[union-attr]
    finally:
        again.close()
