"""All that the hub has to do with its platform, put together: tell it, reconcile with it, fetch appointments."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from hub.config import PlatformSettings
from hub.engine.events import Entry
from hub.engine.plan import Plan
from hub.engine.requests import Request
from hub.journal import Journal
from hub.platform import mapping, signers
from hub.platform.appointments import Appointments
from hub.platform.daily import Daily
from hub.platform.delivery import Delivery
from hub.platform.desk import Desk
from hub.platform.doorbell import Doorbell
from hub.platform.line import Line
from hub.platform.pace import Rate
from hub.private_file import is_private
from hub.service import Service
from hub.vault import Vault

BURST = 5  # requests that may go at once


class PlatformFault(Exception):
    """The settings cannot be used; the words say which, and what would be right."""


class PlatformService(Service):
    """``folder`` is the hub's. ``ask`` puts a request through the pipeline. Raises `PlatformFault`."""

    def __init__(
        self,
        settings: PlatformSettings,
        folder: Path,
        journal: Journal,
        vault: Vault,
        plan: Callable[[], Plan],
        ask: Callable[[Request], Awaitable[Entry]],
        now_ms: Callable[[], int],
    ) -> None:
        try:
            words = mapping.load(settings.mapping)
            # Lines of their own, so that a slow answer here need not be waited for there; they share what is allowed.
            rate = Rate(settings.requests_per_s, burst=BURST)
            signer = signers.make(settings.signer, settings.token_file, settings.secrets_file)
            line, other_line = (
                Line(settings.url, signer, words, timeout_s=settings.timeout_s, rate=rate) for _ in range(2)
            )
            secret = _secret(settings.callback_secret_file)
        except (ValueError, OSError, signers.SignerError, mapping.MappingError) as fault:
            raise PlatformFault(str(fault)) from None
        self.delivery = Delivery(journal, plan(), line)
        self.desk = Desk(
            journal, self.delivery, other_line, plan, folder / "reconciliation", now_ms, self._fetch_appointments
        )
        self._daily = Daily(self.desk, plan, now_ms)
        self._other_line = other_line
        self._appointments = (
            Appointments(journal, other_line, vault, plan, ask, now_ms) if settings.appointments else None
        )
        self.doorbell: Doorbell | None = None
        if secret and self._appointments is not None:
            self.doorbell = Doorbell(secret, self._rung, now_ms)

    def take_plan(self, plan: Plan) -> None:
        self.delivery.take_plan(plan)

    def status(self) -> dict[str, object]:
        """How far it has been told, and what stands in the way."""
        return {
            **self.delivery.status(),
            "reconciliation_error": self._daily.trouble,
            "appointments": self._appointments.status() if self._appointments is not None else {},
            "callbacks_refused": dict(self.doorbell.refused) if self.doorbell is not None else {},
        }

    def _rung(self) -> None:
        """Whoever rings is there again, too."""
        self.delivery.hurry()
        self._fetch_appointments()

    def _fetch_appointments(self) -> None:
        """From any thread."""
        if self._appointments is not None:
            self._appointments.ring()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.delivery.run())
                tasks.create_task(self._daily.run())
                if self._appointments is not None:
                    tasks.create_task(self._appointments.run())
        finally:
            await self._other_line.close()


def _secret(path: str) -> bytes:
    """Of the callbacks. Raises ValueError, OSError."""
    if not path:
        return b""
    if not is_private(Path(path)):
        raise ValueError(f"{path}: others may read it; do: chmod 600 {path}")
    secret = Path(path).read_bytes().strip()
    if len(secret) < 16:
        raise ValueError(f"{path}: a secret of at least 16 bytes is needed")
    return secret
