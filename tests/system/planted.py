"""Planted people: known to the hub by appointment and by card, and afterwards looked for in everything it left."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from hub.engine.plan import Plan
from simulators.hub_process import HubProcess
from simulators.server_process import wait_for
from tests.hub.test_queue_commands import Kiosk

NAMES = ("欧阳震霆", "司徒婉晴")
CARDS = ("440403199003072311", "440403198812310047")
PHONES = ("13800135791", "13926800246")
CODES = ("KZ77301946", "KZ77301947")
PERSONAL = (*NAMES, *CARDS, *PHONES, *CODES)


def booking(service: str) -> dict[str, str]:
    """The first of them is booked, as the platform tells it: about now, with all that can be told of a person."""
    now = datetime.now(UTC) + timedelta(hours=8)
    begins = now + timedelta(minutes=5)
    if begins.date() != now.date():  # just before midnight: an appointment of today all the same
        begins = now - timedelta(minutes=25)
    return {
        "appointment": "YY1",
        "service": service,
        "starts": begins.strftime("%Y-%m-%d %H:%M"),
        "ends": (begins + timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M"),
        "name": NAMES[0],
        "card": CARDS[0],
        "phone": PHONES[0],
        "code": CODES[0],
    }


class Planted:
    """Two people: the one booked with all that can be told, the other comes with a card."""

    def __init__(self, hub: HubProcess, plan: Plan) -> None:
        self._hub = hub
        self._plan = plan
        self._answers: list[Any] = []
        self._kiosk = Kiosk(hub)
        self.service = next(s["id"] for s in hub.get("/site")["services"] if s["hall"] == "gongjijin")

    def come(self) -> None:
        """Booked, asked for by code, phone and card, a ticket taken, looked at by a clerk: every way in."""
        row = booking(self.service)
        wrong = {**row, "appointment": "YY2", "service": "none", "name": NAMES[1], "card": "", "code": CODES[1]}
        wrong["phone"] = PHONES[1]
        self._answers.append(self._hub.post("/appointments", {"rows": [row, wrong]}))
        for kind, value in (("code", CODES[0]), ("phone", PHONES[0]), ("card", CARDS[0])):
            found = self._kiosk.identify(kind, value)
            assert (found["result"], found["shown"]) == ("found", "欧*"), kind
        other = self._kiosk.identify("card", CARDS[1], NAMES[1])
        assert other["shown"] == "司*"
        self._kiosk.asks("ticket/take", service=self.service, visitor=other["visitor"])
        self._answers += [found, other]
        self._call()
        for path in ("/status", "/appointments", "/tickets", "/devices", "/windows", "/platform", "/vault"):
            self._answers.append(self._hub.get(path))
        self._kiosk.close()

    def _call(self) -> None:
        """Shown and spoken of: what devices are told stays in the broker's store, which is looked into too."""
        window = next(w for w in self._plan.windows if self.service in w.services)
        board = json.loads((self._hub.boards / f"{window.call_terminal}.json").read_text(encoding="utf-8"))
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=window.call_terminal)
        client.username_pw_set(window.call_terminal, board["password"])
        client.connect("127.0.0.1", self._hub.mqtt_port)
        client.loop_start()
        for seq, name in enumerate(("window/open", "ticket/call"), 1):
            topic = f"hall/v1/{self._plan.id}/{window.call_terminal}/up/{name}"
            client.publish(topic, json.dumps({"boot": "planted", "seq": seq}), 1).wait_for_publish(10)
        wait_for("one of them is called", lambda: self._window(window.id)["ticket_state"] == "called", 10)
        client.disconnect()
        client.loop_stop()

    def _window(self, window: str) -> Any:
        return next(view for view in self._hub.get("/windows") if view["id"] == window)

    def check(self, folder: Path, *told: Any) -> None:
        """In no file, answer or record; read after everybody has stopped."""
        heard = json.dumps([self._answers, told], ensure_ascii=False)
        assert named_in(heard.encode(), PERSONAL) == []
        assert (self._hub.folder / "vault.db").stat().st_size
        files = {path.name for path in folder.rglob("*") if path.is_file()}
        assert {"journal.db", "audit.db", "hub.log"} <= files
        assert named_in_files(folder, PERSONAL) == []


def named_in(body: bytes, people: Iterable[str]) -> list[str]:
    """What of ``people`` stands there, in whatever form files, lines and printers have it."""
    return [one for one in people if any(form in body for form in _forms(one))]


def named_in_files(folder: Path, people: Iterable[str]) -> list[tuple[str, str]]:
    """The same for every file below: (where, what). Of databases the rows are read, too: a file may tear a text."""
    people = tuple(people)
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with suppress(FileNotFoundError):  # a broker that is at work puts files away
            body = path.read_bytes()
            if body.startswith(b"SQLite format 3"):
                body += _rows(path)
            found += [(str(path.relative_to(folder)), one) for one in named_in(body, people)]
    return found


def _rows(path: Path) -> bytes:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values = [value for name in tables for row in database.execute(f'SELECT * FROM "{name}"') for value in row]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def _forms(text: str) -> set[bytes]:
    """UTF-8, GB 18030 (printers), UTF-16 (identity cards), escaped in JSON."""
    return {text.encode(), text.encode("gb18030"), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode()}
