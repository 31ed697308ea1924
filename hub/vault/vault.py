"""Vault: identities under random visitor ids, SM4-GCM at rest, found by HMAC-SM3; a SQLite file and a key file.

The database without the key file tells nothing but how many there are. Algorithms: SM4 is GB/T 32907-2016, SM3
GB/T 32905-2016; that identity numbers and phone numbers are enciphered in storage is asked by GB/T 39786-2021, 8.4.
"""

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac

from hub.audit import Deed, of_caller
from hub.key_file import KeyFault, kept_key
from hub.private_file import private_folder
from hub.vault import sealing
from hub.vault.identity import TAIL, Identity, Reader, masked, normal

DATABASE, KEY_FILE = "vault.db", "vault.key"
MAC_KEY = 32  # bytes
VERSION = 1
KINDS = ("card", "phone", "tail", "code")
NAMED = 50  # visitors that one row of the audit log names; of more it says how many

_TABLES = """
CREATE TABLE person (visitor TEXT PRIMARY KEY, sealed BLOB NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lookup (kind TEXT, mac BLOB, visitor TEXT, PRIMARY KEY (kind, mac, visitor)) WITHOUT ROWID;
CREATE INDEX lookup_visitor ON lookup (visitor);
"""


class VaultFault(Exception):
    """The vault cannot be opened or read; says which file, and what to do."""


class Vault:
    """``folder`` is the hub's; made on first use. For any thread; each call is one transaction.

    ``note`` is told of each reading before anything is read; when it raises, nothing is.
    """

    def __init__(
        self,
        folder: Path,
        now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
        note: Callable[[Deed], object] = lambda deed: None,
    ) -> None:
        private_folder(folder)
        self._path = folder / DATABASE
        self._now_ms = now_ms
        self._note = note
        self._lock = threading.Lock()
        try:
            key = kept_key(folder / KEY_FILE, sealing.KEY + MAC_KEY, [self._path])
        except KeyFault as fault:
            raise VaultFault(str(fault)) from None
        self._sm4, self._mac_key = key[: sealing.KEY], key[sealing.KEY :]
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;")
            self._make_tables()
        except (OSError, sqlite3.Error) as fault:
            raise VaultFault(f"{self._path}: {fault}; restore the last backup of vault.db, or move it away") from fault

    def put(self, identity: Identity) -> str:
        """Keeps what is known of a person; the visitor id, the one of before if the person is known.

        Known by the card; else by phone and name; else by the code. What is new is added to what was known.
        """
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            visitor = self._known(identity)
            if visitor:
                identity = _merged(self._open(visitor), identity)
            else:
                visitor = "v" + secrets.token_hex(8)
            self._db.execute(
                "INSERT OR REPLACE INTO person VALUES (?, ?, ?)",
                (visitor, self._seal(visitor, identity), self._now_ms()),
            )
            for kind, value in _lookups(identity):
                self._db.execute(
                    "INSERT OR IGNORE INTO lookup VALUES (?, ?, ?)", (kind, self._mac(kind, value), visitor)
                )
            return visitor

    def find(self, kind: str, value: str) -> list[str]:
        """Visitor ids by ``card``, ``code``, ``phone`` (whole) or ``tail`` (its last 4 digits); often more than one."""
        if kind not in KINDS:
            raise ValueError(f"no lookup by {kind}")
        with self._lock:
            return self._find(kind, value)

    def shown(self, visitors: Sequence[str], reader: Reader) -> list[str]:
        """The names as screens and clerks may see them, ``张*``; empty where the vault knows none."""
        if visitors:
            self._noted("vault/shown", reader, visitors)
        with self._lock:
            return [masked(self._open(visitor).name) for visitor in visitors]

    def whole(self, visitor: str, reader: Reader) -> Identity:
        """All that is known of one, in clear; an empty identity when nothing is."""
        self._noted("vault/whole", reader, [visitor])
        with self._lock:
            return self._open(visitor)

    def erase(self, visitors: Sequence[str], reader: Reader) -> int:
        """Nothing is known of them any more; of how many there was. Their tickets keep an id that leads nowhere."""
        self._noted("vault/erase", reader, visitors)
        return self._forget(visitors)

    def purge(self, before_ms: int, needed: Collection[str]) -> int:
        """Lets go of all who were last seen earlier and are not ``needed``; how many."""
        with self._lock:
            rows = self._db.execute("SELECT visitor FROM person WHERE seen_ms < ?", (before_ms,)).fetchall()
        old = [visitor for (visitor,) in rows if visitor not in needed]
        if old:
            self._noted("vault/purge", Reader("hub", "kept long enough"), old)
        return self._forget(old)

    def check(self) -> None:
        """Raises `VaultFault` when the key is not the one with which it was written."""
        with self._lock:
            for (visitor,) in self._db.execute("SELECT visitor FROM person LIMIT 1").fetchall():
                self._open(visitor)

    def count(self) -> int:
        """How many people are known."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM person").fetchone()[0])

    def seal(self, what: str, body: bytes) -> bytes:
        """nonce, tag, cipher text; bound to ``what`` it is of, so that rows cannot be exchanged."""
        return sealing.seal(self._sm4, what.encode(), body)

    def unseal(self, what: str, sealed: bytes) -> bytes:
        """Raises `VaultFault` when it was not sealed so with this key."""
        try:
            return sealing.unseal(self._sm4, what.encode(), sealed)
        except InvalidTag:
            raise VaultFault(f"{self._path}: {what} was not written with this {KEY_FILE}; restore both") from None

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _noted(self, what: str, reader: Reader, visitors: Sequence[str]) -> None:
        whose = visitors if len(visitors) <= NAMED else len(visitors)
        asked = msgspec.json.encode({"why": reader.why, "visitors": whose}).decode()
        self._note(of_caller(reader.who, what, asked=asked))

    def _forget(self, visitors: Sequence[str]) -> int:
        """Their bytes are overwritten (secure_delete), in the write-ahead log too."""
        with self._lock:
            gone = 0
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                for visitor in visitors:
                    gone += self._db.execute("DELETE FROM person WHERE visitor = ?", (visitor,)).rowcount
                    self._db.execute("DELETE FROM lookup WHERE visitor = ?", (visitor,))
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return gone

    def _make_tables(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._db.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={VERSION};COMMIT;")
        elif version > VERSION:
            raise VaultFault(f"{self._path} was written by a newer program; run that one, or restore an older backup")

    def _find(self, kind: str, value: str) -> list[str]:
        value = normal(kind, value)
        if not value:
            return []
        rows = self._db.execute(
            "SELECT visitor FROM lookup WHERE kind = ? AND mac = ? ORDER BY visitor", (kind, self._mac(kind, value))
        )
        return [visitor for (visitor,) in rows]

    def _known(self, identity: Identity) -> str:
        if identity.card and (found := self._find("card", identity.card)):
            return found[0]
        for visitor in self._find("phone", identity.phone) if identity.name else ():
            known = self._open(visitor)
            if known.name == identity.name and not (known.card and identity.card):
                return visitor
        if identity.code and (found := self._find("code", identity.code)):
            return found[0]
        return ""

    def _open(self, visitor: str) -> Identity:
        """What is known of a visitor, an empty identity when nothing is. Raises `VaultFault`."""
        row = self._db.execute("SELECT sealed FROM person WHERE visitor = ?", (visitor,)).fetchone()
        if row is None:
            return Identity()
        return msgspec.json.decode(self.unseal(visitor, row[0]), type=Identity)

    def _seal(self, visitor: str, identity: Identity) -> bytes:
        return self.seal(visitor, msgspec.json.encode(identity))

    def _mac(self, kind: str, value: str) -> bytes:
        mac = hmac.HMAC(self._mac_key, hashes.SM3())
        mac.update(f"{kind}\0{value}".encode())
        return mac.finalize()


def _lookups(identity: Identity) -> list[tuple[str, str]]:
    phone = normal("phone", identity.phone)
    found = [
        ("card", normal("card", identity.card)),
        ("phone", phone),
        ("tail", phone[-TAIL:] if len(phone) >= TAIL else ""),
        ("code", normal("code", identity.code)),
    ]
    return [(kind, value) for kind, value in found if value]


def _merged(known: Identity, new: Identity) -> Identity:
    """What is known, with what is told anew in place of what was told before."""
    told = {field: value for field, value in msgspec.structs.asdict(new).items() if value}
    return msgspec.structs.replace(known, **told)
