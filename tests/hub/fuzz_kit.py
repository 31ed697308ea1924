"""For tests that throw things at a hub: its API with everything behind it, and what must not change when it says no."""

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx
import msgspec
import requests

from hub.api import server
from hub.app import Hub
from hub.audit import Row
from hub.config import Config, PlatformSettings
from hub.engine.events import RequestRefused
from hub.engine.requests import (
    BookAppointment,
    CallNext,
    FinishTicket,
    OpenWindow,
    RaiseAlarm,
    RateService,
    TakeTicket,
)
from hub.replay import replay
from hub.vault import Identity
from tests.hub.test_api import BUTTON, KIOSK, TOKEN, Api

SECRET = b"sixteen bytes and more"
EXAMPLES = int(os.environ.get("HALLHUB_FUZZ_EXAMPLES", "0"))  # for each operation and way; 0: as few as CI has time for
SEALED = {"vault.db": ("person", "lookup"), "words.db": ("words",), "journal.db": ("platform_aside", "cursor")}
APART = ("audit.", "vault.", "words.", "journal.")  # looked at by their rows


class Fuzzed(Api):
    """A hub whose platform is out of reach, in the midst of a morning: somebody waits, is served, rated poorly."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        secret = folder.parent / "callback.secret"
        secret.write_bytes(SECRET)
        secret.chmod(0o600)
        platform = PlatformSettings(url="http://127.0.0.1:9", appointments=True, callback_secret_file=str(secret))
        self.hub = Hub(Config(platform=platform), folder)
        self.hub.supervision._answer_s = self.hub.supervision.parts._answer_s = 0.001  # no device is there
        self.app = server.make(self.hub, TOKEN)
        self._runner = asyncio.Runner()
        self._runner.run(self._begin())
        self._tables = {name: sqlite3.connect(folder / name) for name in SEALED}
        self._folders = [path for path in self.hub.folder.rglob("*") if path.is_dir()]
        self.morning()

    def close(self) -> None:
        for table in self._tables.values():
            table.close()
        super().close()

    def morning(self) -> None:
        window = next(one for one in self.hub.plan.windows if one.hall == "gongjijin" and one.evaluation_terminal)
        service = window.services[0]
        self.ask(OpenWindow, by=window.call_terminal, window=window.id)
        for _ in range(4):
            self.ask(TakeTicket, by=KIOSK, service=service)
        self.ask(CallNext, by=window.call_terminal, window=window.id)
        ticket = self.hub.site.windows[window.id].ticket
        self.ask(FinishTicket, by=window.call_terminal, window=window.id, ticket=ticket)
        rating = {"window": window.id, "ticket": ticket, "level": 1, "reasons": (115,), "nth": 1}
        self.ask(RateService, by=window.evaluation_terminal, **rating)
        self.ask(RaiseAlarm, by=BUTTON, held_ms=300)
        visitor = self.hub.vault.put(Identity(name="李小龙", phone="13800138000", code="YY1"))
        begins_at_ms = self.hub.now_ms() + 86_400_000
        booking = {"visitor": visitor, "starts_at_ms": begins_at_ms, "ends_at_ms": begins_at_ms + 3_600_000}
        self.ask(BookAppointment, by="platform", appointment="YY1", service=service, **booking)
        assert self.hub.site.cases
        assert self.hub.site.alarms

    def ids(self, name: str) -> list[str]:
        """Things that are there, for a parameter of this name."""
        plan, site = self.hub.plan, self.hub.site
        there: dict[str, Any] = {
            "device_id": [device.id for device in plan.devices][-40:],
            "number": site.tickets,
            "window": plan.window,
            "alarm": site.alarms,
            "case": site.cases,
            "appointment": site.appointments,
            "terminal": plan.attendance_terminal,
            "when": ["2026-11", "2026-11-22", "2026-02-29", "0000-00"],
        }
        return list(there.get(name, ()))

    def ask_raw(self, request: requests.PreparedRequest) -> httpx.Response:
        """Exactly these bytes."""
        return self._runner.run(self._asked(request))

    async def _asked(self, request: requests.PreparedRequest) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            headers = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
            body = request.body.encode() if isinstance(request.body, str) else request.body
            return await client.request(str(request.method), str(request.url), headers=headers, content=body)

    def ask_scope(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> httpx.Response:
        """As a server would hand it on; headers may come twice, and the path is not put in order."""
        plain, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote_to_bytes(plain).decode("utf-8", "replace"),
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
            "client": ("127.0.0.1", 4711),
            "server": ("127.0.0.1", 8780),
        }
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        self._runner.run(self.app(scope, receive, send))
        content = b"".join(message.get("body", b"") for message in told[1:])
        return httpx.Response(told[0]["status"], headers=told[0]["headers"], content=content)

    def facts(self) -> dict[str, Any]:
        """All that a refused request must leave as it was, and nothing of what notes that it was refused."""
        found: dict[str, Any] = {"site": msgspec.json.encode(msgspec.structs.replace(self.hub.site, position=0))}
        for name, tables in SEALED.items():
            for table in tables:
                found[table] = self._tables[name].execute(f"SELECT * FROM {table}").fetchall()
        found["plan"] = id(self.hub.plan)
        # The hub writes files anew under another name, so a folder's time tells of each file in it.
        for entry in (*os.scandir(self.hub.folder), *self._folders):
            if not entry.name.startswith(APART):
                facts = os.stat(entry)
                found[str(entry)] = facts.st_mtime_ns, facts.st_ino, 0 if Path(entry).is_dir() else facts.st_size
        return found

    def events(self, after: int) -> list[Any]:
        return [event for entry in self.hub.journal.entries(after, 1_000) for event in entry.events]

    def audit_rows(self, after: int = 0) -> list[Row]:
        return [row for row, _ in self.hub.audit.rows(after, 100_000)]

    def replays(self) -> bool:
        """Whether the journal tells the same state."""
        return replay(self.hub.plan, self.hub.journal) == self.hub.site


class Watch:
    """Around one request: ``with Watch(api) as watch: watch.answer = …`` fails when a refused one did anything."""

    def __init__(self, api: Fuzzed) -> None:
        self._api = api
        self.answer: httpx.Response | None = None

    def __enter__(self) -> "Watch":
        hub = self._api.hub
        self._facts = self._api.facts()
        self._position = hub.journal.position
        self._row = self._newest_row()
        self._refused = sum(hub.refusals.counts.values())
        return self

    def __exit__(self, fault: object, *_: object) -> None:
        if fault is not None:
            return
        hub, answer = self._api.hub, self.answer
        assert answer is not None
        assert hub.journal.position == hub.site.position
        if answer.status_code < 400:
            assert sum(hub.refusals.counts.values()) == self._refused
            return
        assert answer.json()["detail"], "a reason is told"
        assert sum(hub.refusals.counts.values()) == self._refused + 1, "it is counted"
        now = self._api.facts()
        assert {name for name in now if now[name] != self._facts[name]} == set(), "nothing changed"
        events = self._api.events(self._position)
        assert all(isinstance(event, RequestRefused) for event in events)
        assert answer.status_code == 409 or events == []
        for row in self._api.audit_rows(self._row):
            assert (row.before, row.after) == ("", "")
            assert row.outcome.startswith(str(answer.status_code)) or row.what.startswith("vault/")

    def _newest_row(self) -> int:
        rows = self._api.hub.audit.find(limit=1)
        return rows[-1].number if rows else 0


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
