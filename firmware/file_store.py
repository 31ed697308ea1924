"""Files by SHA-256 that a Linux device shows: fetched from the hub over HTTP, kept, and let go when nobody wants them.

A file gets its name only when all of it is here and its digest is right; an interrupted one goes on where it was.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable

from firmware.update.fetch import HttpSource

RETRY_S, RETRY_MAX_S = 2.0, 120.0


class FileStore:
    """``folder`` is made if need be. Run `run`; ``note(error)`` hears what went wrong."""

    def __init__(self, folder: str, note: Callable[[Exception], None] = lambda error: None) -> None:
        self._folder = folder
        self._note = note
        self._url = ""
        self._wanted: tuple[str, ...] = ()
        self._changed: Callable[[], None] = lambda: None
        self._news = asyncio.Event()
        os.makedirs(folder, exist_ok=True)

    def path(self, digest: str) -> str:
        """Where a file is; empty while it is not here."""
        path = os.path.join(self._folder, digest)
        return path if digest and os.path.exists(path) else ""

    def want(self, url: str, digests: list[str], changed: Callable[[], None]) -> None:
        """These and no others, in this order; ``changed()`` is called for each that has come."""
        wanted = tuple(dict.fromkeys(digest for digest in digests if digest))
        self._changed = changed
        if (url, wanted) != (self._url, self._wanted):
            self._url, self._wanted = url, wanted
            self._news.set()

    async def run(self) -> None:
        """For ever: fetch what is missing; when the hub cannot be reached, again and again."""
        wait_s = RETRY_S
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                self._let_go()
                for digest in self._wanted:
                    if self._url and not self.path(digest):
                        await self._fetch(digest)
                        self._changed()
                wait_s = RETRY_S
            except (OSError, ValueError) as error:
                self._note(error)
                try:
                    await asyncio.wait_for(self._news.wait(), wait_s)
                except TimeoutError:
                    self._news.set()
                wait_s = min(wait_s * 2, RETRY_MAX_S)

    def _let_go(self) -> None:
        for name in os.listdir(self._folder):
            if name.removesuffix(".part") not in self._wanted:
                os.remove(os.path.join(self._folder, name))

    async def _fetch(self, digest: str) -> None:
        """Raises OSError when the hub cannot be reached, ValueError when what came is something else."""
        part = os.path.join(self._folder, digest + ".part")
        with open(part, "ab") as file:
            await HttpSource(self._url).fetch(digest, file.tell(), file.write)
            file.flush()
            os.fsync(file.fileno())
        if await asyncio.to_thread(_digest, part) != digest:
            os.remove(part)
            raise ValueError("what the hub sent is not " + digest[:12])
        os.replace(part, os.path.join(self._folder, digest))


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
