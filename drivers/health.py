"""Health: what is wrong with a part, as one word that the hub has words for.

A driver of a part that can fail has ``health``. It sets the fault where it notices it, sets "" when the part is well
again, and tries by itself until it is, with a pause between two tries; it never ends its role:

    self.health = Health()
    ...
    self.health.set("unplugged")  # OSError from the port: noticed within 2 s, also when nobody uses the part
    self.health.set("")  # the port could be opened again

Codes are declared in firmware/wire/messages/part.py and have words ``fault.{code}`` in firmware/words; the agent
reports another one as ``broken``. What the part can do while ``fault`` stands is the driver's to say (paper_low
prints, unplugged does not). A small board's driver may be its own health, and have ``fault`` only. Whoever cares waits:

    while True:
        fault = await part.health.changed(fault)
"""

import asyncio

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class Health:
    """``fault`` is a code, or empty as long as nothing is known to be wrong."""

    def __init__(self) -> None:
        self.fault = ""
        self._news: "Any" = None  # an event while somebody waits: a small board looks now and then, and never loads it

    def set(self, fault: str) -> None:
        """Say how the part is now; what is said already may be said again."""
        if fault != self.fault:
            self.fault = fault
            if self._news:
                self._news.set()
                self._news = None

    async def changed(self, known: "str | None" = None) -> str:
        """The fault, as soon as it is another than ``known`` (than that of this moment when left out).

        Any number may wait, and nobody misses a change that lasts.
        """
        if known is None:
            known = self.fault
        while self.fault == known:
            if not self._news:
                self._news = asyncio.Event()
            await self._news.wait()
        return self.fault
