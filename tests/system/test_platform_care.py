"""A platform that is picky: an administrator finds what it would not have, mends it, sends it again, and reconciles."""

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from simulators.server_process import wait_for
from tests.system.bell import rung, secret_file
from tests.system.commands import command, told
from tests.system.push_buttons import Desk, write_site

pytestmark = pytest.mark.system


async def press_each(hub: HubProcess, folder: Path, buttons: int) -> None:
    desk = Desk(hub, folder)
    try:
        for number in range(1, buttons + 1):
            board = desk.board(f"b-{number}")
            await board.online()
            await board.press()
            await board.stop()
    finally:
        await desk.clear()


def test_what_the_platform_would_not_have_is_mended_and_the_day_reconciled(tmp_path: Path) -> None:
    platform = PlatformProcess(tmp_path / "platform")
    platform.start()
    hub = HubProcess(
        tmp_path / "hub",
        site=str(write_site(tmp_path, 3)),
        platform=platform.url,
        platform_token_file=platform.token_file,
    )
    try:
        platform.post("/fault", {"kind": "picky", "word": "b-2"})
        hub.start()
        asyncio.run(press_each(hub, tmp_path, 3))
        wait_for("all is sent or set aside", lambda: not told(hub, "platform", "status")["behind"], 20)

        (alarm,) = [aside for aside in told(hub, "platform", "asides") if aside["record"]["type"] == "alarm.raised"]
        assert alarm["reason"] == "facts.device: no such device here"
        code, said = command(hub, "platform", "asides")
        assert (code, "no such device here" in said) == (0, True)

        assert (
            "alarm.raised has no fact 'devise'; it has" in command(hub, "platform", "mend", alarm["id"], "devise=b")[1]
        )
        assert "write FACT=VALUE" in command(hub, "platform", "mend", alarm["id"], "b-1")[1]
        assert "nothing of ticket:x is set aside" in command(hub, "platform", "resend", "ticket:x")[1]
        assert told(hub, "platform", "mend", alarm["id"], "device=b-1")[0]["record"]["facts"]["device"] == "b-1"
        assert told(hub, "platform", "resend", alarm["subject"])["records"] == 1
        wait_for("it went out", lambda: not told(hub, "platform", "asides"), 20)

        receipts = told(hub, "platform", "receipts")
        counts = platform.get("/received/counts")
        assert sum(receipt["records"] for receipt in receipts) == counts["records"] - 1, "the mended one went alone"
        assert all(receipt["receipt"].startswith("R0") for receipt in receipts)
        assert "receipt" in command(hub, "platform", "receipts")[1]

        today = f"{datetime.now(timezone(timedelta(hours=8))):%Y-%m-%d}"
        assert command(hub, "platform", "reconcile", "today")[0] != 0
        compared = told(hub, "platform", "reconcile", today, "--no-repair")
        assert compared["differences"] == [], "what was mended counts as it was mended"
        assert {row["type"]: row["ours"] for row in compared["types"]}["alarm.raised"] == 3
        assert f"{today}: " in command(hub, "platform", "reconcile", today)[1]
        assert told(hub, "platform", "reconciled")[0]["day"] == today
        assert today in command(hub, "platform", "reconciled")[1]
    finally:
        hub.stop()
        platform.stop()


def test_an_appointment_comes_when_the_platform_rings_and_nobody_else_can(tmp_path: Path) -> None:
    platform = PlatformProcess(tmp_path / "platform")
    platform.start()
    secret = secret_file(tmp_path)
    hub = HubProcess(
        tmp_path / "hub",
        site=str(write_site(tmp_path, 1)),
        platform=platform.url,
        platform_token_file=platform.token_file,
        more=("--platform-appointments", "--platform-callback-secret-file", str(secret)),
    )
    try:
        hub.start()
        wait_for("it asked, and there was nothing", lambda: platform.get("/received/counts")["requests"], 20)
        tomorrow = datetime.now(timezone(timedelta(hours=8))) + timedelta(days=1)
        times = {"starts": tomorrow.isoformat(), "ends": (tomorrow + timedelta(hours=1)).isoformat()}
        platform.post("/bookings", {"id": "a-1", "service": "east-tax", **times, "person": {"name": "张三"}})
        assert rung(hub, b"somebody else's secret", "n" * 16) == 401
        assert told(hub, "platform", "status")["appointments"]["fetched"] == 0
        assert rung(hub, secret.read_bytes(), "m" * 16) == 202
        wait_for("it is here", lambda: told(hub, "platform", "status")["appointments"]["fetched"] == 1, 20)
        assert rung(hub, secret.read_bytes(), "m" * 16) == 401
        assert told(hub, "platform", "status")["callbacks_refused"] == {
            "the signature is wrong": 1,
            "this nonce was used before; take a new one for each call": 1,
        }
        page = command(hub, "platform", "status")[1]
        for words in ("1 taken in, 0 set aside", "1: the signature is wrong", "1: this nonce was"):
            assert words in page
        wait_for("the platform knows that we know", lambda: not told(hub, "platform", "status")["behind"], 20)
        assert platform.get("/received/counts")["types"]["appointment.booked"] == 1

        platform.stop()
        assert rung(hub, secret.read_bytes()) == 202
        wait_for("the line is down", lambda: hub.get("/platform")["appointments"]["error"], 20)
        assert "no appointments, for" in command(hub, "platform", "status")[1]
    finally:
        hub.stop()
        platform.stop()


def test_an_appointment_for_a_service_that_the_hall_did_not_know_comes_once_the_site_has_it(tmp_path: Path) -> None:
    """Listed with its reason; looked at again in vain, which is in the audit log; booked once the site is mended."""
    platform = PlatformProcess(tmp_path / "platform")
    site = write_site(tmp_path, 1)
    hub = HubProcess(
        tmp_path / "hub",
        site=str(site),
        platform=platform.url,
        platform_token_file=platform.token_file,
        more=("--platform-appointments",),
    )
    try:
        platform.start()
        start = datetime.now(timezone(timedelta(hours=8))).replace(microsecond=0) + timedelta(days=1)
        times = {"starts": start.isoformat(), "ends": (start + timedelta(hours=1)).isoformat()}
        platform.post("/bookings", {"id": "a-1", "service": "east-land", **times, "person": {"name": "张三"}})
        hub.start()
        wait_for("it is set aside", lambda: hub.get("/platform/asides"), 20)
        (aside,) = told(hub, "platform", "asides")
        assert (aside["subject"], aside["reason"], aside["state"]) == ("appointment:a-1", "service.unknown", "kept")
        code, said = command(hub, "platform", "asides")
        assert (code, "appointment:a-1" in said, "service.unknown" in said, "张三" in said) == (0, True, True, False)

        assert told(hub, "platform", "resend", "appointment:a-1")["records"] == 1
        wait_for("in vain", lambda: hub.get("/platform/asides")[0]["state"] == "kept", 20)
        assert hub.get("/appointments") == []
        assert "0 taken in, 1 set aside" in command(hub, "platform", "status")[1]
        (row,) = told(hub, "audit", "list", "--what", "resend")
        assert json.loads(row["before"]) == {"kept": 1, "due": 0}
        assert sum(json.loads(row["after"]).values()) == 1

        hub.stop()
        text = site.read_text(encoding="utf-8").replace('["east-tax"]', '["east-tax", "east-land"]')
        known, new = '{ id = "east-tax", ', '{ id = "east-land", prefix = "L", name = "不动产" }, '
        site.write_text(text.replace(known, new + known))
        hub.start()
        assert told(hub, "platform", "resend")["records"] == 1
        wait_for("it is booked", lambda: hub.get("/appointments"), 20)
        (one,) = told(hub, "appointments", "list")
        assert (one["id"], one["service"], one["state"]) == ("a-1", "east-land", "booked")
        wait_for("nothing is left", lambda: not hub.get("/platform/asides"), 20)
    finally:
        hub.stop()
        platform.stop()
