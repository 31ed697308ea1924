"""The line to the platform is down at full load: the hall goes on, and afterwards all arrives, in order and once.

`make bench BENCH=outage` does the same with a whole day of the whole building, and measures it.
"""

import asyncio
import statistics
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from tests.system.bell import rung, secret_file
from tests.system.busy_day import Building, journalled, stored_ids, until
from tests.system.commands import told

pytestmark = pytest.mark.system

ZONE = timezone(timedelta(hours=8))
PATIENCE_S = 0.5  # of the hub with its platform
VISITORS = 80  # in each kind of trouble
SERVICE = "sifa-advice"


def test_a_line_that_is_down_costs_the_hall_nothing_and_the_platform_nothing(tmp_path: Path) -> None:
    platform = PlatformProcess(tmp_path / "platform")
    hub = a_hub(tmp_path, platform)
    try:
        platform.start()
        hub.start()
        asyncio.run(a_day_without_a_line(hub, platform))
        everything = platform.get("/received")
        assert everything["tickets"] == journalled(hub.folder / "journal.db"), "each once, in its order, none missing"
        assert (everything["out_of_order"], everything["rejected"]) == (0, 0)
        ids = stored_ids(platform.store)
        assert len(set(ids)) == len(ids) >= everything["records"]
        assert everything["duplicates"] >= VISITORS, "what the platform took in while nobody listened came again"
        changed_there_and_here(hub, everything["subjects"])
        today = f"{datetime.now(ZONE):%Y-%m-%d}"
        compared = told(hub, "platform", "reconcile", today)
        assert (compared["differences"], compared["set_aside"]) == ([], 0)
        assert sum(row["theirs"] for row in compared["types"]) >= len(ids), "the devices that left came on top"
        assert told(hub, "platform", "status")["breaker"] == "closed"
    finally:
        hub.stop()
        platform.stop()


def a_hub(folder: Path, platform: PlatformProcess) -> HubProcess:
    """Less patient than others, which have ten seconds."""
    hub = HubProcess(
        folder / "hub",
        platform=platform.url,
        platform_token_file=platform.token_file,
        more=("--platform-appointments", "--platform-callback-secret-file", str(secret_file(folder))),
    )
    hub.folder.mkdir(mode=0o700)
    settings = hub.folder / "hub.toml"
    settings.touch(mode=0o600)
    settings.write_text(f"[platform]\ntimeout_s = {PATIENCE_S}\n", encoding="utf-8")
    return hub


async def a_day_without_a_line(hub: HubProcess, platform: PlatformProcess) -> None:
    async with Building(hub, halls=4) as building:
        await building.visitors(20)
        await all_told(hub)

        await asyncio.to_thread(platform.stop)
        await building.visitors(VISITORS)
        await fails_with(hub, "no connection")
        await until("the breaker opens", lambda: tried_again(hub) or hub.get("/platform")["breaker"] == "open", 20)

        await asyncio.to_thread(platform.start)
        platform.freeze()
        tried_again(hub)
        takes, calls = await building.visitors(VISITORS)
        assert max(statistics.median(takes), statistics.median(calls)) < PATIENCE_S, "nobody waits for the platform"
        await fails_with(hub, "no answer in time")

        await asyncio.to_thread(hub.kill)  # and the hub dies in the middle of it
        await asyncio.to_thread(hub.start)
        platform.thaw()
        tried_again(hub)
        await asyncio.to_thread(citizens, platform, "first")
        await all_heard(hub, 3)
        await all_told(hub)
        await asyncio.to_thread(platform.post, "/fault", {"kind": "lost_reply"})
        await building.visitors(VISITORS)
        await fails_with(hub, "no connection")
        await asyncio.to_thread(platform.post, "/fault", {"kind": "500"})
        await asyncio.to_thread(citizens, platform, "then")
        await asyncio.to_thread(hub.post, "/appointments/a-3/cancel")
        tried_again(hub)
        await building.visitors(VISITORS)
        await fails_with(hub, "500")

        assert (await status(hub))["behind"] >= 6 * VISITORS
        assert (await status(hub))["set_aside"] == 0
        await asyncio.to_thread(platform.post, "/fault", {"kind": "none"})
        await building.visitors(20)
        await all_heard(hub, 4)
        await all_told(hub)
        assert len(set(building.tickets())) == len(building.tickets()) == 4 * VISITORS + 40


def citizens(platform: PlatformProcess, when: str) -> None:
    """They book, and later, while the hub cannot hear of it, change their minds."""
    start = datetime.now(ZONE).replace(microsecond=0) + timedelta(days=1)

    def book(id_: str, in_h: int, **more: Any) -> None:
        starts, ends = ((start + timedelta(hours=hours)).isoformat() for hours in (in_h, in_h + 1))
        booking = {"id": id_, "service": SERVICE, "starts": starts, "ends": ends, "person": {"code": id_}}
        platform.post("/bookings", booking | more)

    if when == "first":
        for id_ in ("a-1", "a-2", "a-3"):
            book(id_, 0)
    else:
        book("a-1", 2)
        book("a-2", 0, state="cancelled")
        book("a-3", 2)  # which the hall has cancelled meanwhile
        book("a-4", 1)


def changed_there_and_here(hub: HubProcess, subjects: dict[str, list[str]]) -> None:
    """Both sides know the same of each appointment."""
    states = {one["id"]: one["state"] for one in hub.get("/appointments")}
    assert states == {"a-1": "booked", "a-2": "cancelled", "a-3": "cancelled", "a-4": "booked"}
    assert {name: types for name, types in subjects.items() if name.startswith("appointment:")} == {
        "appointment:a-1": ["appointment.booked", "appointment.changed"],
        "appointment:a-2": ["appointment.booked", "appointment.cancelled"],
        "appointment:a-3": ["appointment.booked", "appointment.cancelled"],
        "appointment:a-4": ["appointment.booked"],
    }


def tried_again(hub: HubProcess) -> None:
    """The platform rings: at once, not after the pause."""
    assert rung(hub, (hub.folder.parent / "callback.secret").read_bytes()) == 202


async def status(hub: HubProcess) -> dict[str, Any]:
    found: dict[str, Any] = await asyncio.to_thread(hub.get, "/platform")
    return found


async def fails_with(hub: HubProcess, words: str) -> None:
    await until(words, lambda: words in hub.get("/platform")["last_error"], 20)


async def all_told(hub: HubProcess) -> None:
    """Asks again whenever the hub rests: a test has no minute to wait."""

    def is_told() -> bool:
        view = hub.get("/platform")
        if view["attempts"]:
            tried_again(hub)
        return not view["behind"]

    await until("all is told", is_told, 30)


async def all_heard(hub: HubProcess, appointments: int) -> None:
    """The hub has fetched so many of them."""

    def is_heard() -> bool:
        tried_again(hub)
        return len(hub.get("/appointments")) == appointments

    await until(f"{appointments} appointments", is_heard, 30)
