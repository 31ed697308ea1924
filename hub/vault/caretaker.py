"""The caretaker: once a day is over, those who are not needed any more are forgotten; nobody has to ask for it."""

import asyncio
from collections.abc import Callable

from hub.audit import AuditFault
from hub.config import VaultSettings
from hub.engine import cases, visitors
from hub.engine.state import Site
from hub.service import Service
from hub.vault.vault import Vault, VaultFault
from hub.vault.words import Words

DAY_MS = 86_400_000


class Caretaker(Service):
    """``delivered()``: up to which position of the journal the city platform has been told.

    Kept are those whom the hall may still need (`hub.engine.visitors.needed`), and everybody while the platform lacks
    part of a day that is over: what it may still ask for is not gone before it has it. What people wrote goes by
    another rule, for it never goes to the platform, and stays while its case is open.
    """

    def __init__(
        self,
        vault: Vault,
        words: Words,
        settings: VaultSettings,
        site: Callable[[], Site],
        delivered: Callable[[], int],
    ) -> None:
        self._vault = vault
        self._words = words
        self._settings = settings
        self._site = site
        self._delivered = delivered
        self._day = ""  # of which the purge is done, or on its way
        self._noticed = ("", 0)  # the new day, and the journal's position then
        self.work: asyncio.Task[None] | None = None

    def tick(self) -> None:
        """About once a second, in the loop."""
        site = self._site()
        if not site.day or site.day == self._day:
            return
        if self._noticed[0] != site.day:
            self._noticed = site.day, site.position
        if self._delivered() < self._noticed[1]:
            return
        self._day = site.day
        self.work = asyncio.create_task(self._purge(site))

    async def _purge(self, site: Site) -> None:
        begins_ms = site.day_ends_at_ms - DAY_MS
        persons = begins_ms - self._settings.keep_days * DAY_MS, visitors.needed(site)
        words = begins_ms - self._settings.words_days * DAY_MS, cases.words_of_open(site)
        for purge, (before_ms, needed) in ((self._vault.purge, persons), (self._words.purge, words)):
            try:
                await asyncio.to_thread(purge, before_ms, needed)
            except (AuditFault, VaultFault) as fault:
                print(f"vault: {fault}", flush=True)
