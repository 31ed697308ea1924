"""Reconciles each day once it is over and told, and goes on trying until it has; also after days without a line."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

from hub.engine.plan import Plan
from hub.journal import JournalError
from hub.platform.desk import Desk, DeskRefused
from hub.platform.reconcile import Unanswered

LOOK_EVERY_S = 600.0
AFTER_HOUR = 2  # local: the night's last records have arrived by then
LOOK_BACK_DAYS = 31  # older ones are a person's business: hallhub platform reconcile DAY


class Daily:
    """`run` never ends by itself; ``trouble`` says why a day is still open."""

    def __init__(
        self, desk: Desk, plan: Callable[[], Plan], now_ms: Callable[[], int], look_every_s: float = LOOK_EVERY_S
    ) -> None:
        self._desk = desk
        self._plan = plan
        self._now_ms = now_ms
        self._look_every_s = look_every_s
        self.trouble = ""

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self._look_every_s)

    async def look(self) -> None:
        """Reconciles the days that are over and were not yet, the oldest first; the first trouble ends it."""
        day = ""
        try:
            for day in self._over():
                if not await asyncio.to_thread(self._is_due, day):
                    continue
                if not await asyncio.to_thread(self._desk.is_told, day):
                    self.trouble = f"{day}: not all of it has been sent yet; it is compared once it has"
                    return
                await self._desk.reconcile(day, is_repairing=True)
                await asyncio.to_thread(self._desk.forget_receipts)
            self.trouble = ""
        except (Unanswered, DeskRefused, JournalError, OSError) as fault:
            self.trouble = f"{day}: {fault}"

    def _is_due(self, day: str) -> bool:
        return not self._desk.is_reconciled(day) and not self._desk.is_empty(day)

    def _over(self) -> Iterator[str]:
        """Yesterday is the last; not while the night is too young."""
        zone = timezone(timedelta(minutes=self._plan().settings.utc_offset_min))
        now = datetime.fromtimestamp(self._now_ms() / 1000, zone)
        newest = 1 if now.hour >= AFTER_HOUR else 2
        return (f"{now - timedelta(days=back):%Y-%m-%d}" for back in range(LOOK_BACK_DAYS, newest - 1, -1))
