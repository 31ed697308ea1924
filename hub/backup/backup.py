"""Backup: the databases by SQLite's own online copy, files as they are, and a manifest of what each must hash to.

The order makes the parts fit: what the audit log speaks of is in the journal, whom the journal speaks of in the vault.
The keys of vault and audit log stay out unless asked for: who finds the backup then cannot read it, nor forge the log.
"""

import hashlib
import shutil
import sqlite3
import time
from contextlib import closing
from importlib import metadata
from pathlib import Path

import msgspec

from hub.audit import Audit, of_shell
from hub.private_file import private_folder, write_private

MANIFEST = "manifest.json"
AUDIT_DB, AUDIT_HEAD = "audit.db", "audit.head"
DATABASES = ("journal.db", "vault.db", "words.db")  # in this order
KEYS = ("vault.key", "words.key", "audit.key")
FILES = ("hub.toml", "devices.toml", "policy.toml", "attendance.json", "keys.json", "admin.token", "evaluation.key")
FOLDERS = ("tls", "updates", "reconciliation", "media")
LEFT = ("shelf",)  # of updates: built anew from the installation
SITE = "site.toml"
NOT_TWICE = " already holds files; name a folder that is new or empty"


class BackupFault(Exception):
    """It cannot be made or used; says what is wrong, and what to do."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``files``: path within the backup → SHA-256 in hex. ``site_file``: whether the site's own file is in it."""

    version: str
    made_at_ms: int
    position: int
    has_keys: bool
    site_file: bool
    files: dict[str, str]


def backup(folder: Path, target: Path, with_keys: bool, site_file: Path | None) -> Manifest:
    """Of the hub in ``folder``, running or not, into ``target``; ``site_file``: the site's, if it is not a bundled one.

    Raises `BackupFault`, `AuditFault`, OSError.
    """
    if not (folder / "journal.db").exists():
        raise BackupFault(f"{folder} is no hub's folder: there is no journal.db; name it with --folder")
    if target.exists() and any(target.iterdir()):
        raise BackupFault(f"{target}{NOT_TWICE}")
    private_folder(target)
    _copy_audit(folder, target, with_keys)
    for name in DATABASES:
        if (folder / name).exists():
            _copy_database(folder / name, target / name)
    for path in _plain_files(folder, with_keys):
        copy(path, target / path.relative_to(folder))
    if site_file is not None:
        copy(site_file, target / SITE)
    manifest = Manifest(
        version=metadata.version("hallhub"),
        made_at_ms=int(time.time() * 1000),
        position=_position(target / "journal.db"),
        has_keys=with_keys,
        site_file=site_file is not None,
        files={str(path.relative_to(target)): digest(path) for path in sorted(target.rglob("*")) if path.is_file()},
    )
    write_private(target / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    return manifest


def digest(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_audit(folder: Path, target: Path, with_keys: bool) -> None:
    """With the row that says so; rows and head of one moment."""
    asked = msgspec.json.encode({"to": target.name, "keys": with_keys}).decode()
    with closing(Audit(folder)) as audit:
        audit.append(of_shell("backup/make", asked=asked))
        with audit.writing():
            _copy_database(folder / AUDIT_DB, target / AUDIT_DB)
            copy(folder / AUDIT_HEAD, target / AUDIT_HEAD)


def _copy_database(source: Path, target: Path) -> None:
    """Whoever writes meanwhile goes on; the copy is of one moment, in one file."""
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.Error as fault:
        raise BackupFault(f"{source}: {fault}; the backup is not whole, delete {target.parent}") from None


def _plain_files(folder: Path, with_keys: bool) -> list[Path]:
    found = [folder / name for name in (*FILES, *(KEYS if with_keys else ())) if (folder / name).exists()]
    for name in FOLDERS:
        below = (path for path in (folder / name).rglob("*") if path.is_file())
        found += [path for path in below if not set(path.relative_to(folder).parts) & set(LEFT)]
    return found


def copy(source: Path, target: Path) -> None:
    private_folder(target.parent)
    target.touch(mode=0o600)
    shutil.copyfile(source, target)


def _position(journal: Path) -> int:
    with closing(sqlite3.connect(journal)) as db:
        return int(db.execute("SELECT coalesce(max(position), 0) FROM journal").fetchone()[0])
