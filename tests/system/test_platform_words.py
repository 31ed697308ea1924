"""A platform with words, codes and signatures of its own: what it refuses is listed, mended and sent again.

The hub has the sample mapping and a signer; the platform its interface document, and neither knows the other's.
"""

import asyncio
import json
import secrets
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from simulators.server_process import wait_for
from tests.system.bell import rung, secret_file
from tests.system.busy_day import Building
from tests.system.commands import command, told

pytestmark = pytest.mark.system

ZONE = timezone(timedelta(hours=8))
SITE = """\
[site]
id = "small"
name = "小厅"

[[halls]]
id = "east"
name = "东厅"
floor = 1
services = [
  { id = "east-tax", prefix = "A", name = "办税" },
  { id = "east-permit", prefix = "B", name = "办证" },
]
windows = [
  { id = "east-w01", number = 1, services = ["east-tax", "east-permit"], call_terminal = "east-call-01", \
evaluation_terminal = "east-eval-01" },
]
devices = [{ id = "east-kiosk-1", kind = "ticket_kiosk" }, { id = "east-amp-1", kind = "amplifier" }]

[[broadcast.channels]]
id = "east"
amplifier = "east-amp-1"
halls = ["east"]
"""
KNOWN_THERE = ("--interface", "sample", "--registered", "businessCode=east-tax")
PERMIT = "businessCode 'east-permit' is not in the code table businessCode"


def secrets_of(signer: str) -> str:
    """What both sides know, as the lines of a secrets file."""
    if signer == "hmac-sha256":
        return 'client_id = "hall"\nservice_id = "queue"\nsecret = "known to both"\n'
    gmssl_pyx = pytest.importorskip("gmssl_pyx", reason="SM2 needs: pip install 'hallhub[sm2]'")
    public, private = gmssl_pyx.sm2_key_generate()
    keys = f'private_key = "{private.hex()}"\npublic_key = "{public.hex()}"\n'
    return f'app_id = "hall"\nsm4_key = "{secrets.token_hex(16)}"\n{keys}'


@pytest.mark.parametrize("signer", ["hmac-sha256", "sm2-sm4"])
def test_what_a_strict_platform_refuses_is_mended_in_our_words_and_arrives_in_its_own(
    tmp_path: Path, signer: str
) -> None:
    known = tmp_path / "known.toml"
    known.touch(mode=0o600)
    known.write_text(secrets_of(signer), encoding="utf-8")
    (tmp_path / "site.toml").write_text(SITE, encoding="utf-8")
    signing = ("signer", signer), ("secrets-file", str(known))
    platform = PlatformProcess(
        tmp_path / "platform", (*KNOWN_THERE, *(word for name, value in signing for word in (f"--{name}", value)))
    )
    hub = HubProcess(
        tmp_path / "hub",
        site=str(tmp_path / "site.toml"),
        platform=platform.url,
        platform_token_file=platform.token_file,
        more=(
            *(word for name, value in signing for word in (f"--platform-{name}", value)),
            *("--platform-mapping", "sample", "--platform-appointments"),
            *("--platform-callback-secret-file", str(secret_file(tmp_path))),
        ),
    )
    try:
        platform.start()
        hub.start()
        tickets = asyncio.run(visits(hub, 4))
        all_is_sent(hub)
        refused_ones_are_listed(hub, tickets)
        an_appointment_comes(hub, platform, tmp_path)
        what_it_knows_is_listed(hub, platform)
        mended_one_by_one(hub, tickets)
        both_sides_agree(hub, platform, tickets)
        nobody_else_gets_in(platform)
    finally:
        hub.stop()
        platform.stop()


async def visits(hub: HubProcess, count: int) -> list[str]:
    """Taken, called, finished, and three in four rated; taxes and permits by turns."""
    async with Building(hub, halls=1) as building:
        await building.visitors(count, within_s=20)
        return building.tickets()


def all_is_sent(hub: HubProcess) -> None:
    wait_for("all is sent or set aside", lambda: not hub.get("/platform")["behind"], 20)


def refused_ones_are_listed(hub: HubProcess, tickets: list[str]) -> None:
    """Only what is of the two permits, each with its reason, and the later ones behind it."""
    asides = told(hub, "platform", "asides")
    assert {one["subject"] for one in asides} == {f"ticket:{ticket}" for ticket in tickets[1::2]}
    for one in asides:
        assert one["reason"] == (PERMIT if one["record"]["type"] == "ticket.taken" else "behind")


def an_appointment_comes(hub: HubProcess, platform: PlatformProcess, folder: Path) -> None:
    start = (datetime.now(ZONE) + timedelta(days=1)).replace(microsecond=0)
    times = {"starts": start.isoformat(), "ends": (start + timedelta(hours=1)).isoformat()}
    platform.post("/bookings", {"id": "a-1", "service": "east-tax", **times, "person": {"name": "张三"}})
    assert rung(hub, (folder / "callback.secret").read_bytes()) == 202
    wait_for("the appointment", lambda: hub.get("/appointments"), 20)
    (one,) = hub.get("/appointments")
    assert (one["id"], one["service"], one["starts_at_ms"]) == ("a-1", "east-tax", int(start.timestamp() * 1000))


def what_it_knows_is_listed(hub: HubProcess, platform: PlatformProcess) -> None:
    """An installer sees before the first visitor what will be refused."""
    platform.post("/offers", {"services": {"east-tax": "办税", "east-land": "不动产"}})
    listed = {one["id"]: one["what"] for one in told(hub, "platform", "services")}
    assert listed == {"east-permit": "unknown_there", "east-land": "unknown_here", "east-tax": "same"}
    assert "its tickets will be refused" in command(hub, "platform", "services")[1]


def mended_one_by_one(hub: HubProcess, tickets: list[str]) -> None:
    """A record is mended in the words of the contract; who was not mended stays where it is."""
    asides = hub.get("/platform/asides")
    first, second = ([one for one in asides if ticket in one["subject"]] for ticket in tickets[1::2])
    told(hub, "platform", "mend", first[0]["id"], "service=east-tax")
    assert told(hub, "platform", "resend")["records"] == len(first) + len(second)
    wait_for("one went out", lambda: len(hub.get("/platform/asides")) == len(second), 20)
    left = hub.get("/platform/asides")
    assert [one["reason"] for one in left] == [PERMIT, *["behind"] * (len(second) - 1)]
    told(hub, "platform", "mend", second[0]["id"], "service=east-tax")
    told(hub, "platform", "resend", second[0]["subject"])
    wait_for("the other went out", lambda: not hub.get("/platform/asides"), 20)
    all_is_sent(hub)


def both_sides_agree(hub: HubProcess, platform: PlatformProcess, tickets: list[str]) -> None:
    everything = platform.get("/received")
    assert (everything["forged"], everything["out_of_order"]) == (0, 0)
    rated = {ticket: ["20"] if at != 1 else [] for at, ticket in enumerate(tickets)}  # the second went without
    assert everything["tickets"] == {ticket: ["0", "5", "7", "1", *rated[ticket]] for ticket in tickets}
    assert everything["subjects"]["appointment:a-1"] == ["60"]
    stored = [json.loads(line) for line in platform.store.read_text(encoding="utf-8").splitlines()]
    taken = [one for one in stored if one["eventType"] == "0"]
    assert [one["businessCode"] for one in taken] == ["east-tax"] * 4
    assert all(one["ticketTime"] == one["eventTime"] and one["isOffline"] == "0" for one in taken)
    compared: dict[str, Any] = told(hub, "platform", "reconcile", f"{datetime.now(ZONE):%Y-%m-%d}")
    assert (compared["differences"], compared["set_aside"]) == ([], 0)
    assert {row["type"]: row["theirs"] for row in compared["types"]}["0"] == 4
    page = httpx.get(platform.url + "/", trust_env=False).text
    assert "<td>取号<td>" in page
    assert "isOffline 0" in page


def nobody_else_gets_in(platform: PlatformProcess) -> None:
    before = platform.get("/received/counts")["forged"]
    answer = httpx.post(
        platform.url + "/events", json={"records": []}, headers={"Idempotency-Key": "k"}, trust_env=False
    )
    assert answer.status_code == 401
    assert platform.get("/received/counts")["forged"] == before + 1
