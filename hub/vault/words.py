"""Words: what people wrote in their own words, enciphered; the journal has only where to find them.

A remark of a visitor or a note of staff may name anybody, so it is kept like personal data, and let go of after a year.
"""

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag

from hub.engine.events import Origin
from hub.key_file import KeyFault, kept_key
from hub.vault.sealing import KEY, seal, unseal
from hub.vault.vault import VaultFault

DATABASE, KEY_FILE = "words.db", "words.key"
KEPT_DAYS = 366
DAY_MS = 86_400_000

_TABLE = "CREATE TABLE IF NOT EXISTS words (ref TEXT PRIMARY KEY, sealed BLOB NOT NULL, kept_ms INTEGER NOT NULL)"


class Words:
    """``folder`` is the hub's; made on first use. For any thread; each call is one transaction.

    Each raises `VaultFault` when the file cannot be written or read.
    """

    def __init__(self, folder: Path, now_ms: Callable[[], int] = lambda: int(time.time() * 1000)) -> None:
        self._path = folder / DATABASE
        self._now_ms = now_ms
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
        except (OSError, sqlite3.Error) as fault:
            raise VaultFault(f"{self._path}: {fault}; restore the last backup of it, or move it away") from fault

    def keep(self, text: str, of: str = "") -> str:
        """Where they are from now on. What is kept again of the same origin ``of`` stays where it is.

        Lets go of what is older than `KEPT_DAYS`.
        """
        ref = "w" + (hashlib.sha256(of.encode()).hexdigest()[:16] if of else secrets.token_hex(8))
        now_ms = self._now_ms()
        with self._lock:
            try:
                self._db.execute(
                    "INSERT OR REPLACE INTO words VALUES (?, ?, ?)",
                    (ref, seal(self._key, ref.encode(), text.encode()), now_ms),
                )
                self._db.execute("DELETE FROM words WHERE kept_ms < ?", (now_ms - KEPT_DAYS * DAY_MS,))
            except sqlite3.Error as fault:
                raise VaultFault(f"{self._path}: {fault}") from fault
        return ref

    def keep_of(self, origin: Origin, text: str) -> str:
        """The same, of a device's request: it may come again."""
        return self.keep(text, f"{origin.device}/{origin.boot}/{origin.seq}")

    def read(self, ref: str) -> str:
        """Empty when they are no longer there."""
        with self._lock:
            try:
                row = self._db.execute("SELECT sealed FROM words WHERE ref = ?", (ref,)).fetchone()
            except sqlite3.Error as fault:
                raise VaultFault(f"{self._path}: {fault}") from fault
        try:
            return unseal(self._key, ref.encode(), row[0]).decode() if row else ""
        except InvalidTag:
            raise VaultFault(f"{self._path}: {ref} was not written with this {KEY_FILE}; restore both") from None

    def forget(self, ref: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM words WHERE ref = ?", (ref,))

    def close(self) -> None:
        with self._lock:
            self._db.close()
