"""A year in the database: does a hub start, hand out tickets and report as if it were new?

Takes some ten minutes and 4 GB in the system's folder for such, so only `make bench BENCH=year` runs it.
"""

import asyncio
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from firmware.wire.messages.queue import TicketIssued
from hub.broker.process import end_orphan
from hub.engine.plan import Plan
from hub.journal import Journal
from hub.replay import check_clock, replay
from hub.reports.service import Reports
from hub.site_file import load
from hub.sites import find
from simulators.hub_process import HubProcess
from tests.bench.hall import press_for
from tests.bench.queue_bench import kiosks
from tests.bench.year import DAYS, TICKETS, write_year

ROUNDS = 10  # of takes, by turns: the machine has others to serve, too
SECONDS = 2.0


def year_figures(broker: str, file: Path | None = None, days: int = DAYS, tickets: int = TICKETS) -> dict[str, float]:
    """``file``: a year that was written before, for another look; it is changed."""
    plan = load(find("doumen"))
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    figures: dict[str, float] = {}
    try:
        year = file or folder / "year.db"
        if file is None:
            started = time.perf_counter()
            write_year(year, plan, _yesterday(plan), days, tickets)
            figures["year_write_s"] = time.perf_counter() - started
        figures["year_gb"] = year.stat().st_size / 1e9
        figures |= _reports(year, plan)
        figures |= _start(year, plan)
        figures |= _takes(folder, year, broker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures


def _yesterday(plan: Plan) -> date:
    return (datetime.now(UTC) + timedelta(minutes=plan.settings.utc_offset_min)).date() - timedelta(days=1)


def _reports(file: Path, plan: Plan) -> dict[str, float]:
    """All days worked out once, as after an update; then a month by service, window and clerk, the slowest of them."""
    with _opened(file, plan) as journal:
        newest_ms = journal.entries(journal.position - 1, 1)[0].at_ms
        started = time.perf_counter()
        Reports(journal, lambda: plan, lambda: newest_ms).keeper.read_on()
        worked_out_s = time.perf_counter() - started
        last = datetime.fromtimestamp(newest_ms / 1000, UTC) + timedelta(minutes=plan.settings.utc_offset_min)
        took = []
        for by in ("service", "window", "staff"):
            started = time.perf_counter()
            view = Reports(journal, lambda: plan, lambda: newest_ms).of("month", last.strftime("%Y-%m"), by)  # type: ignore[arg-type]
            took.append(time.perf_counter() - started)
        assert view["total"]["taken"] >= view["total"]["finished"] > 0
    return {"year_days_s": worked_out_s, "month_report_s": max(took)}


def _start(file: Path, plan: Plan) -> dict[str, float]:
    """From the file to the state: open, look at the clock, snapshot, the 20,000 entries that may be behind it."""
    started = time.perf_counter()
    with _opened(file, plan) as journal:
        check_clock(journal, int(time.time() * 1000))
        site = replay(plan, journal)
        took = time.perf_counter() - started
        assert site.position == journal.position
        return {"year_start_s": took, "year_entries": float(journal.position)}


def _takes(folder: Path, year: Path, broker: str) -> dict[str, float]:
    """Tickets per second with 8 kiosks, by turns in an empty journal and in the year's."""
    rates: dict[str, list[float]] = {"empty": [], "year": []}
    (folder / "year").mkdir()
    (folder / "year" / "journal.db").symlink_to(year)
    with _running(folder / "empty", broker) as empty, _running(folder / "year", broker) as full:
        pair = [("empty", empty), ("year", full)]
        for at in range(ROUNDS):
            for name, hub in pair if at % 2 else reversed(pair):
                rates[name].append(_take_rate(hub))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    return {"year_take_ratio": middle["year"] / middle["empty"], "year_take_per_s_8": middle["year"]}


def _take_rate(hub: HubProcess) -> float:
    site = json.loads((hub.folder / "site.json").read_text(encoding="utf-8"))
    pressers = kiosks(site, 8)
    took = asyncio.run(press_for(hub, pressers, SECONDS))
    return sum(isinstance(answer, TicketIssued) for role in pressers.values() for answer in role.answers) / took


@contextmanager
def _opened(file: Path, plan: Plan) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{file}", plan.id)
    journal.open()
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def _running(folder: Path, broker: str) -> Iterator[HubProcess]:
    hub = HubProcess(folder, broker=broker)
    try:
        hub.start()
        yield hub
    finally:
        hub.stop()
        end_orphan(hub.folder / "broker")
