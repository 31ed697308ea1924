"""A poor rating by one key, from the keypad to a strict platform and back to the clerk, who learns of none of it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest

from hub.engine.plan import Plan, Window
from hub.journal import Journal
from hub.site_file import load
from hub.sites import find
from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from simulators.server_process import wait_for
from tests.engine.hall_day import HallDay
from tests.hub.test_queue_commands import KIOSK, Kiosk, good, run

pytestmark = pytest.mark.system

NOW = datetime.now(timezone(timedelta(hours=8)))
MONDAY = (NOW - timedelta(days=NOW.weekday() + 7)).replace(hour=10, minute=0, second=0, microsecond=0)


class Terminal:
    """A terminal's end of the broker; ``heard``: the newest retained page of each kind."""

    def __init__(self, hub: HubProcess, id_: str, *pages: str) -> None:
        board = json.loads((hub.boards / f"{id_}.json").read_text(encoding="utf-8"))
        self.heard: dict[str, dict[str, Any]] = {}
        self._up = f"hall/v1/doumen/{id_}/up/"
        self._seq = 0
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=id_)
        self._client.username_pw_set(id_, board["password"])
        self._client.on_message = lambda client, data, message: self.heard.update(
            {message.topic.partition("/down/")[2]: json.loads(message.payload)}
        )
        self._client.connect("127.0.0.1", hub.mqtt_port)
        self._client.loop_start()
        for page in pages:
            self._client.subscribe(f"hall/v1/doumen/{id_}/down/{page}", 1)

    def asks(self, name: str, **content: Any) -> None:
        self._seq += 1
        body = json.dumps({"boot": "b", "seq": self._seq, **content})
        self._client.publish(self._up + name, body, 1).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def last_week(plan: Plan, window: Window, folder: Path) -> None:
    """c7 served twelve: seven were very satisfied, three very dissatisfied, two silent."""
    day = HallDay(plan, at_ms=int(MONDAY.timestamp() * 1000))
    day.signs_in(window.id, "c7")
    day.opens(window.id)
    for level in (5, 1, 5, 5, 0, 1, 5, 5, 0, 1, 5, 5):
        assert day.takes(window.services[0], kiosk=KIOSK)
        number = day.calls(window.id)
        day.minutes_pass(5)
        day.finishes(window.id, number)
        if level:
            rated = day.rates(
                window.id, number, level, (115,) if level == 1 else (), terminal=window.evaluation_terminal
            )
            assert rated.startswith("ServiceRated"), rated
    folder.mkdir()
    journal = Journal(f"sqlite:///{folder / 'journal.db'}", plan.id)
    journal.open()
    journal.append(day.journal)
    journal.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[HubProcess, PlatformProcess, Window]]:
    plan = load(find("doumen"))
    window = next(one for one in plan.windows if one.evaluation_terminal and one.hall == "gongjijin")
    last_week(plan, window, tmp_path / "hub")
    platform = PlatformProcess(tmp_path / "platform")
    platform.start()
    hub = HubProcess(tmp_path / "hub", platform=platform.url, platform_token_file=platform.token_file)
    hub.start()
    yield hub, platform, window
    hub.stop()
    platform.stop()


def test_a_key_says_no_reason_and_the_call_back_brings_it(
    stage: tuple[HubProcess, PlatformProcess, Window],
) -> None:
    hub, platform, window = stage
    clerk = Terminal(hub, window.call_terminal, "show/window", "show/figures")
    pad, kiosk = Terminal(hub, window.evaluation_terminal), Kiosk(hub)
    try:
        clerk.asks("staff/sign_in", staff="c7")
        wait_for("c7's last week", lambda: clerk.heard.get("show/figures", {}).get("first"), 20)
        week = clerk.heard["show/figures"]
        assert (week["first"], week["served"], week["share"], week["percent"]) == (
            f"{MONDAY:%Y-%m-%d}",
            12,
            "exact",
            70,
        )
        assert 300 <= week["stay_s"] <= 305

        clerk.asks("window/open")
        kiosk.asks("ticket/take", service=window.services[0])
        clerk.asks("ticket/call")
        wait_for("somebody is there", lambda: clerk.heard["show/window"].get("ticket"), 10)
        ticket = clerk.heard["show/window"]["ticket"]
        clerk.asks("ticket/finish", ticket=ticket)
        wait_for("and served", lambda: not clerk.heard["show/window"].get("ticket"), 10)
        before = dict(clerk.heard)
        pad.asks("evaluation/rate", ticket=ticket, level=1)  # one key, nothing else
        case = f"{ticket}-1"
        wait_for("a case", lambda: case in [row["id"] for row in hub.get("/cases")], 10)
        assert clerk.heard == before, "no page of a clerk changes when somebody rates"

        good(hub, "cases", "screen", case, "valid")
        good(hub, "cases", "assign", case, "c9")
        refused = run(hub, "cases", "contact", case)
        assert (refused.exit_code, "按键评价" in refused.output) == (1, True)
        good(hub, "cases", "contact", case, "--reason", "115")
        wait_for("all is sent or set aside", lambda: not hub.get("/platform")["behind"], 20)
        assert hub.get("/platform")["set_aside"] == 0, "a strict platform takes all of it"
        stored = [json.loads(line) for line in platform.store.read_text(encoding="utf-8").splitlines()]
        records = [one for one in stored if one.get("subject") in (f"ticket:{ticket}", f"case:{case}")]
        facts = {one["facts"].get("act", one["type"]): one["facts"] for one in records}
        assert (facts["service.rated"]["why"], facts["service.rated"]["reasons"]) == ("key", [])
        assert facts["case.opened"]["why"] == "key"
        assert facts["contact"]["reasons"] == [115]
    finally:
        for end in (clerk, pad, kiosk):
            end.close()
