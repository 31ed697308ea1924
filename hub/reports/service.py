"""Service: reports of the running hub; reads the journal on in the background, so that a day is ready when it ends."""

import asyncio
import threading
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from hub.engine.plan import Plan
from hub.journal import Journal, JournalError
from hub.reports.keeper import Keeper
from hub.reports.view import By, report, satisfaction

EVERY_S = 60
MOST_DAYS = 100  # of one question about satisfaction
REST = 3  # times as long as a page took, so that the hall's own work comes first

Span = Literal["day", "month"]


class NoSuchTime(ValueError):
    """Not a day, or not a month; says what one looks like."""


class _Stopped(Exception):
    """The hub ends, or the reading is to."""


class Reports:
    """``plan`` and ``now_ms`` as the hub has them."""

    def __init__(self, journal: Journal, plan: Callable[[], Plan], now_ms: Callable[[], int]) -> None:
        self.keeper = Keeper(journal)
        self._plan = plan
        self._now_ms = now_ms
        self._stop = threading.Event()

    async def run(self) -> None:
        """Until cancelled; then nothing reads any more. A journal that cannot be read is tried again."""
        while True:
            await asyncio.sleep(EVERY_S)
            reading = asyncio.get_running_loop().run_in_executor(None, self._read_on)
            try:
                await asyncio.shield(reading)
            except asyncio.CancelledError:
                self._stop.set()
                await asyncio.gather(reading, return_exceptions=True)
                raise

    def of(self, span: Span, when: str, by: By) -> dict[str, Any]:
        """``when``: 2026-11-22, 2026-11 or '' for the present one. Blocks; raises `NoSuchTime`, `JournalError`s."""
        plan = self._plan()
        first, last = bounds(span, when or self._today(plan))
        days = self.keeper.days(first.strftime("%Y%m%d"), last.strftime("%Y%m%d"))
        head = {"site": plan.name, "site_en": plan.name_en or plan.name, "span": span}
        return {
            **head,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "is_over": last.isoformat() < self._today(plan),
            **report(plan, days, by),
        }

    def satisfaction(
        self, first: date | None, last: date | None, by: Literal["day", "window", "service"]
    ) -> list[dict[str, Any]]:
        """From day to day, the site's today without. Blocks; raises `NoSuchTime`, `JournalError`s."""
        first = first or last or date.fromisoformat(self._today(self._plan()))
        last = last or first
        if not 0 <= (last - first).days < MOST_DAYS:
            raise NoSuchTime(f"last must be first or one of the {MOST_DAYS - 1} days after it")
        return satisfaction(self.keeper.days(first.strftime("%Y%m%d"), last.strftime("%Y%m%d")), by)

    def _today(self, plan: Plan) -> str:
        local = datetime.fromtimestamp(self._now_ms() / 1000, UTC) + timedelta(minutes=plan.settings.utc_offset_min)
        return local.date().isoformat()

    def _read_on(self) -> None:
        try:
            self.keeper.read_on(self._rest)
        except _Stopped:
            return
        except JournalError as fault:
            print(f"reports: {fault}", flush=True)

    def _rest(self, took_s: float) -> None:
        if self._stop.wait(took_s * REST):
            raise _Stopped


def bounds(span: Span, when: str) -> tuple[date, date]:
    """The first and the last day; of a month, any day of it will do. Raises `NoSuchTime`."""
    try:
        if span == "day":
            day = date.fromisoformat(when)
            if day.isoformat() != when:  # there are other ways to write a date; one is enough
                raise ValueError
            return day, day
        first = date.fromisoformat(f"{when[:7]}-01")
        if len(when) > 7:  # any day of it will do
            bounds("day", when)
    except ValueError:
        wanted = "2026-11-22" if span == "day" else "2026-11"
        raise NoSuchTime(f"{when!r} is no {span}; write it as {wanted}") from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])
