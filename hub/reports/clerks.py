"""Clerks: when a week is over, each clerk's own figures go to the engine, which says how coarsely they are told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from hub.engine.requests import ClerkCounts, CloseFigures, Request
from hub.engine.state import Site
from hub.journal import JournalError
from hub.reports.figures import Day, Figures
from hub.reports.keeper import Keeper
from hub.service import Service

WEEK_DAYS = 7


class ClerkWeeks(Service):
    """``ask`` gives a request to the pipeline. After a journal that could not be read the next day tries again."""

    def __init__(
        self,
        keeper: Keeper,
        site: Callable[[], Site],
        now_ms: Callable[[], int],
        ask: Callable[[Request], Awaitable[Any]],
    ) -> None:
        self._keeper = keeper
        self._site = site
        self._now_ms = now_ms
        self._ask = ask
        self._day = ""  # on which was looked
        self.work: asyncio.Task[None] | None = None

    def tick(self) -> None:
        """Once a day: Monday's first moment, or when the hub is there again."""
        site = self._site()
        if not site.day or site.day == self._day:
            return
        self._day = site.day
        first, last = week_before(site.day)
        if last > site.week.last:
            self.work = asyncio.create_task(self._close(first, last))

    async def close(self) -> None:
        """What is counted just now is counted again after the next start."""
        if self.work is not None:
            self.work.cancel()
            await asyncio.gather(self.work, return_exceptions=True)

    async def _close(self, first: str, last: str) -> None:
        try:
            days = await asyncio.to_thread(self._keeper.days, first, last)
        except JournalError as fault:
            print(f"reports: {fault}", flush=True)
            return
        await self._ask(CloseFigures(at_ms=self._now_ms(), by="hub", first=first, last=last, rows=counted(days)))


def week_before(day: str) -> tuple[str, str]:
    """Monday and Sunday of the last week that was over on ``day``; YYYYMMDD."""
    today = date.fromisoformat(day)
    sunday = today - timedelta(days=today.weekday() + 1)
    return (sunday - timedelta(days=WEEK_DAYS - 1)).strftime("%Y%m%d"), sunday.strftime("%Y%m%d")


def counted(days: list[Day]) -> tuple[ClerkCounts, ...]:
    """Of each clerk who served somebody."""
    clerks: dict[str, Figures] = {}
    for day in days:
        for (_, _, staff), figures in day.cells.items():
            if staff:
                clerks.setdefault(staff, Figures()).merge(figures)
    return tuple(
        ClerkCounts(
            staff=staff,
            served=figures.rendered,
            stay_s=round(figures.stays.mean_s() or 0),
            rated=figures.rated,
            satisfied=figures.satisfied,
        )
        for staff, figures in sorted(clerks.items())
        if figures.rendered
    )
