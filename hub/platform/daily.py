"""Reconciles yesterday once a day, and goes on trying until it has."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from hub.engine.plan import Plan
from hub.journal import JournalError
from hub.platform.desk import Desk, DeskRefused
from hub.platform.reconcile import Unanswered

LOOK_EVERY_S = 600.0
AFTER_HOUR = 2  # local: the night's last records have arrived by then


class Daily:
    """`run` never ends by itself; ``trouble`` says why yesterday is still open."""

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
        """Reconciles yesterday when it is time and it was not done."""
        day = self._due()
        if not day or await asyncio.to_thread(self._desk.is_reconciled, day):
            return
        try:
            await self._desk.reconcile(day, is_repairing=True)
            self.trouble = ""
        except (Unanswered, DeskRefused, JournalError, OSError) as fault:
            self.trouble = f"{day}: {fault}"

    def _due(self) -> str:
        """Yesterday; '' while the night is too young."""
        zone = timezone(timedelta(minutes=self._plan().settings.utc_offset_min))
        now = datetime.fromtimestamp(self._now_ms() / 1000, zone)
        return f"{now - timedelta(days=1):%Y-%m-%d}" if now.hour >= AFTER_HOUR else ""
