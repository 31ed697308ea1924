"""Words: what people wrote in their own words, enciphered; the journal has only where to find them.

A remark of a visitor or a note of staff may name anybody, so it is kept like personal data: let go of after a while,
and forgotten with the person whom it is about. So beside it stand the ticket and the random visitor id, nothing else.
"""

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag

from hub.audit import Deed, of_caller
from hub.engine.events import Origin
from hub.key_file import KeyFault, kept_key
from hub.vault.identity import Reader
from hub.vault.sealing import KEY, seal, unseal
from hub.vault.vault import VaultFault

DATABASE, KEY_FILE = "words.db", "words.key"

_TABLE = """CREATE TABLE IF NOT EXISTS words (
    ref TEXT PRIMARY KEY, sealed BLOB NOT NULL, kept_ms INTEGER NOT NULL,
    ticket TEXT NOT NULL DEFAULT '', visitor TEXT NOT NULL DEFAULT ''
)"""
_OWNED = ("ticket", "visitor")


class About(msgspec.Struct, frozen=True):
    """Whom words are about, as far as the hall knows: the ticket, and the visitor's random id."""

    ticket: str = ""
    visitor: str = ""


NOBODY = About()


class Words:
    """``folder`` is the hub's; made on first use. For any thread; each call is one transaction.

    ``note`` is told before something is erased or purged; when it raises, nothing is. Each call raises
    `VaultFault` when the file cannot be written or read.
    """

    def __init__(
        self,
        folder: Path,
        now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
        note: Callable[[Deed], object] = lambda deed: None,
    ) -> None:
        self._path = folder / DATABASE
        self._now_ms = now_ms
        self._note = note
        self._lock = threading.Lock()
        try:
            self._key = kept_key(folder / KEY_FILE, KEY, [self._path])
        except KeyFault as fault:
            raise VaultFault(str(fault)) from None
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;")
            self._db.execute(_TABLE)
            there = {row[1] for row in self._db.execute("PRAGMA table_info(words)")}
            for column in (name for name in _OWNED if name not in there):  # of an earlier program
                self._db.execute(f"ALTER TABLE words ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
        except (OSError, sqlite3.Error) as fault:
            raise VaultFault(f"{self._path}: {fault}; restore the last backup of it, or move it away") from fault

    def keep(self, text: str, of: str = "", about: About = NOBODY) -> str:
        """Where they are from now on. What is kept again of the same origin ``of`` stays where it is."""
        ref = "w" + (hashlib.sha256(of.encode()).hexdigest()[:16] if of else secrets.token_hex(8))
        sealed = seal(self._key, ref.encode(), text.encode())
        row = (ref, sealed, self._now_ms(), about.ticket, about.visitor)
        with self._working():
            self._db.execute(
                "INSERT OR REPLACE INTO words (ref, sealed, kept_ms, ticket, visitor) VALUES (?, ?, ?, ?, ?)", row
            )
        return ref

    def keep_of(self, origin: Origin, text: str, about: About = NOBODY) -> str:
        """The same, of a device's request: it may come again."""
        return self.keep(text, f"{origin.device}/{origin.boot}/{origin.seq}", about)

    def read(self, ref: str) -> str:
        """Empty when they are no longer there."""
        with self._working():
            row = self._db.execute("SELECT sealed FROM words WHERE ref = ?", (ref,)).fetchone()
        try:
            return unseal(self._key, ref.encode(), row[0]).decode() if row else ""
        except InvalidTag:
            raise VaultFault(f"{self._path}: {ref} was not written with this {KEY_FILE}; restore both") from None

    def visitors_of(self, ticket: str) -> list[str]:
        """The ids of those whom words of that ticket are about."""
        with self._working():
            rows = self._db.execute("SELECT DISTINCT visitor FROM words WHERE ticket = ? AND visitor != ''", (ticket,))
            return sorted(visitor for (visitor,) in rows)

    def forget(self, ref: str) -> None:
        """Of a request that a rule refused: nothing leads to them."""
        self._delete([ref])

    def erase(self, visitors: Collection[str], ticket: str, reader: Reader) -> int:
        """All that is about one of ``visitors``, or of ``ticket``; how many there were."""
        with self._working():
            rows = self._db.execute("SELECT ref, ticket, visitor FROM words").fetchall()
        refs = [ref for ref, of, whose in rows if whose in visitors or (ticket and of == ticket)]
        if refs:
            asked = {"why": reader.why, "visitors": sorted(visitors), "ticket": ticket}
            self._noted(reader.who, "words/erase", asked, refs)
        self._delete(refs)
        return len(refs)

    def purge(self, before_ms: int, needed: Collection[str]) -> int:
        """Lets go of what was written earlier and is not ``needed`` (places); how many."""
        with self._working():
            rows = self._db.execute("SELECT ref FROM words WHERE kept_ms < ?", (before_ms,)).fetchall()
        refs = [ref for (ref,) in rows if ref not in needed]
        if refs:
            self._noted("hub", "words/purge", {"why": "kept long enough"}, refs)
        self._delete(refs)
        return len(refs)

    def count(self) -> int:
        """How many there are."""
        with self._working():
            return int(self._db.execute("SELECT count(*) FROM words").fetchone()[0])

    def _noted(self, who: str, what: str, asked: Mapping[str, object], refs: list[str]) -> None:
        after = msgspec.json.encode({"words": len(refs)}).decode()
        self._note(of_caller(who, what, asked=msgspec.json.encode(asked).decode(), after=after))

    def _delete(self, refs: list[str]) -> None:
        """Their bytes are overwritten (secure_delete), in the write-ahead log too."""
        if not refs:
            return
        with self._working():
            self._db.executemany("DELETE FROM words WHERE ref = ?", [(ref,) for ref in refs])
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as fault:
                raise VaultFault(f"{self._path}: {fault}") from fault

    def close(self) -> None:
        with self._lock:
            self._db.close()
