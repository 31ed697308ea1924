"""A day at full load without the line to the platform: does the hall notice, and how soon does all arrive afterwards?

Two hubs of the whole building have the same visitors by turns, one with its platform and one whose platform is first
gone, then hangs, then says 500. A day is 16,000 tickets: what 111 windows can do in eight hours when nobody is idle
and a visitor takes 3 minutes and 20 seconds. They come as fast as the hub answers, so a day takes minutes.
"""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import chain
from pathlib import Path

from hub.broker.process import end_orphan
from simulators.hub_process import HubProcess
from simulators.platform_process import PlatformProcess
from tests.system.busy_day import Building, journalled, stored_ids, until

TICKETS = 16_000  # a day
SLICES = 16
HALLS = 8  # in which they are taken and called; how many matters to nobody but the agents
Took = tuple[list[float], list[float]]  # takes, calls


def outage_figures(broker: str, tickets: int = TICKETS) -> dict[str, float]:
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    try:
        with _running(folder / "with", broker) as told, _running(folder / "without", broker) as alone:
            return asyncio.run(_day(told, alone, tickets))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Pair:
    """A hub and its platform."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.platform = PlatformProcess(folder / "platform")
        self.hub = HubProcess(
            folder / "hub", broker=broker, platform=self.platform.url, platform_token_file=self.platform.token_file
        )

    def memory_mb(self) -> float:
        """Resident, of the hub's process."""
        text = Path(f"/proc/{self.hub.pid}/status").read_text(encoding="utf-8")
        return int(text.partition("VmRSS:")[2].split()[0]) / 1024

    def files_mb(self) -> float:
        """The journal, with what of it is not in its file yet."""
        return sum(path.stat().st_size for path in self.hub.folder.glob("journal.db*")) / 1e6

    def behind(self) -> int:
        return int(self.hub.get("/platform")["behind"])

    def try_now(self) -> None:
        self.hub.post("/platform/resend")


async def _day(told: _Pair, alone: _Pair, tickets: int) -> dict[str, float]:
    async with Building(told.hub, HALLS) as with_line, Building(alone.hub, HALLS) as without:
        await with_line.visitors(tickets // SLICES)  # both are warm
        await without.visitors(tickets // SLICES)
        await until("all is told", lambda: not alone.behind(), 60)
        before = [one() for pair in (told, alone) for one in (pair.memory_mb, pair.files_mb)]
        steady, down = await _slices(told, alone, with_line, without, tickets)
        after = [one() for pair in (told, alone) for one in (pair.memory_mb, pair.files_mb)]
        grown = [new - old for old, new in zip(before, after, strict=True)]
        figures = {
            "outage_take_ratio": _ratio(down, steady, 0),
            "outage_call_ratio": _ratio(down, steady, 1),
            "outage_take_ms_p99": _p99_ms(down, 0),
            "outage_steady_take_ms_p99": _p99_ms(steady, 0),
            "outage_memory_mb": grown[2] - grown[0],
            "outage_journal_mb": grown[3],
            "outage_steady_journal_mb": grown[1],
        }
        caught_up, busy = await _return(alone, without, tickets)
        quiet = await with_line.visitors(tickets // SLICES)  # the other hub, right after it
        figures |= caught_up | {"outage_return_take_ratio": _ratio([busy], [quiet], 0)}
        return figures | _check(alone, without.tickets())


async def _slices(told: _Pair, alone: _Pair, with_line: Building, without: Building, tickets: int) -> list[list[Took]]:
    """The whole day on both, by turns."""
    steady: list[Took] = []
    down: list[Took] = []
    for at in range(SLICES):
        if at in (0, SLICES // 3, 2 * SLICES // 3):
            await asyncio.to_thread(_break, alone, (0, SLICES // 3, 2 * SLICES // 3).index(at))
        turn = [(with_line, steady), (without, down)]
        for building, took in turn if at % 2 else reversed(turn):
            took.append(await building.visitors(tickets // SLICES))
    assert alone.behind() > 3 * tickets, "the line was not down"
    return [steady, down]


def _break(pair: _Pair, how: int) -> None:
    """Gone; hung; there, and out of order. Each is met at once, not after the pause."""
    if how == 0:
        pair.platform.stop()
    elif how == 1:
        pair.platform.start()
        pair.platform.freeze()
    else:
        pair.platform.thaw()
        pair.platform.post("/fault", {"kind": "500"})
    pair.try_now()


async def _return(pair: _Pair, building: Building, tickets: int) -> tuple[dict[str, float], Took]:
    """The line is there again, and the hall is as busy as before."""
    backlog = int(pair.hub.get("/platform")["delivered"])
    pair.platform.post("/fault", {"kind": "none"})
    pair.try_now()
    started = time.perf_counter()
    took = await building.visitors(tickets // SLICES)
    await until("all is told", lambda: not pair.behind(), 600)
    caught_up_s = time.perf_counter() - started
    records = int(pair.hub.get("/platform")["delivered"]) - backlog
    return {
        "outage_records": float(records),
        "outage_catch_up_s": caught_up_s,
        "outage_catch_up_per_s": records / caught_up_s,
    }, took


def _check(pair: _Pair, papers: list[str]) -> dict[str, float]:
    """Paper, journal and platform know the same, each once and in order."""
    everything = pair.platform.get("/received")
    ids = stored_ids(pair.platform.store)
    known = journalled(pair.hub.folder / "journal.db")
    today = f"{datetime.now(timezone(timedelta(hours=8))):%Y-%m-%d}"
    started = time.perf_counter()
    compared = pair.hub.post("/platform/reconcile", {"day": today})
    return {
        "outage_missing": float(
            sum(everything["tickets"].get(ticket) != types for ticket, types in known.items())
            + len(set(papers) ^ set(known))
            + len(compared["differences"])
        ),
        "outage_doubles": float(len(ids) - len(set(ids)) + len(papers) - len(set(papers))),
        "outage_reconcile_s": time.perf_counter() - started,
    }


def _ratio(some: list[Took], others: list[Took], which: int) -> float:
    """Of the medians of each slice's median."""
    first, second = (statistics.median(statistics.median(took[which]) for took in half) for half in (some, others))
    return first / second


def _p99_ms(half: list[Took], which: int) -> float:
    found = sorted(chain(*(took[which] for took in half)))
    return found[len(found) * 99 // 100] * 1000


@contextmanager
def _running(folder: Path, broker: str) -> Iterator[_Pair]:
    pair = _Pair(folder, broker)
    try:
        pair.platform.start()
        pair.hub.start()
        yield pair
    finally:
        pair.hub.stop()
        end_orphan(pair.hub.folder / "broker")
        pair.platform.stop()
