"""Restore: a hub's folder made from a backup, checked before anything relies on it; the old folder is not touched."""

import time
from contextlib import closing
from pathlib import Path, PurePosixPath

import msgspec

from hub import config
from hub.audit import Audit, AuditFault, of_shell
from hub.audit.verify import complaints
from hub.backup.backup import KEYS, MANIFEST, NOT_TWICE, SITE, BackupFault, Manifest, copy, digest
from hub.broker.folder_lock import FolderLock
from hub.broker.programs import BrokerFault
from hub.engine.events import TicketTaken
from hub.engine.numbers import FIRST_LENT
from hub.journal import Journal, JournalError
from hub.journal.lives import begin_new_life
from hub.private_file import private_folder, write_private
from hub.vault import Vault, VaultFault

LEAST_SKIPPED = 200  # numbers of each service
LOOKED_BACK_MS = 7 * 86_400_000
PAGE = 10_000
SKIP_FILE = "restored.json"
"""How many numbers the hub leaves out at its first start; it takes the file away when that is in its journal."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """``skipped``: numbers of each service left out; ``warnings``: what does not fit in the audit log, which keeps no
    hall closed.
    """

    position: int
    made_at_ms: int
    skipped: int
    warnings: list[str]


def restore(source: Path, target: Path, keys: Path | None, skip_numbers: int | None) -> Restored:
    """``keys``: where vault.key, words.key and audit.key are, when the backup was made without them;
    ``skip_numbers``: of each service; None leaves out as many as the busiest took on any day of the week before.

    Raises `BackupFault`; then ``target`` holds nothing that a hub should be started on, and the words say why.
    """
    _may_take(target)
    manifest = _checked(source)
    private_folder(target)
    for name in manifest.files:
        copy(source / name, target / name)
    _take_keys(target, keys)
    try:
        position, busiest = _begin(target, manifest)
        with closing(Vault(target)) as vault:
            vault.check()
        warnings = _note(source, target, manifest)
    except (JournalError, VaultFault, AuditFault, config.ConfigError) as fault:
        raise BackupFault(f"{fault}; {target} is of no use, delete it") from None
    skipped = max(LEAST_SKIPPED, busiest) if skip_numbers is None else skip_numbers
    write_private(target / SKIP_FILE, msgspec.json.encode({"skip": skipped}))
    return Restored(position=position, made_at_ms=manifest.made_at_ms, skipped=skipped, warnings=warnings)


def _may_take(target: Path) -> None:
    if (target / "lock").exists():
        lock = FolderLock(target)
        try:
            lock.take()
        except BrokerFault:
            raise BackupFault(f"a hub runs in {target}; restore into a new folder") from None
        lock.release()
    if target.exists() and any(target.iterdir()):
        raise BackupFault(f"{target}{NOT_TWICE}")


def _checked(source: Path) -> Manifest:
    """All files of the manifest are there and as they were."""
    try:
        manifest = msgspec.json.decode((source / MANIFEST).read_bytes(), type=Manifest)
        for name, expected in manifest.files.items():
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise BackupFault(f"{source / MANIFEST} names {name}, which is no file of a backup")
            if digest(source / name) != expected:
                raise BackupFault(f"{source / name} is not as it was when the backup was made; take another backup")
    except (OSError, msgspec.MsgspecError) as fault:
        raise BackupFault(f"{source}: no whole backup: {fault}") from None
    return manifest


def _take_keys(target: Path, keys: Path | None) -> None:
    for name in KEYS:
        if (target / name).exists() or not (target / name).with_suffix(".db").exists():
            continue
        if keys is None or not (keys / name).exists():
            raise BackupFault(f"{name} is not in the backup; say with --keys in which folder it is, delete {target}")
        copy(keys / name, target / name)


def _begin(target: Path, manifest: Manifest) -> tuple[int, int]:
    """The journal is read whole, and goes on under a new epoch. Gives its last position, and `most_in_a_day`."""
    begin_new_life(target / "journal.db", int(time.time()))
    journal = Journal(f"sqlite:///{(target / 'journal.db').resolve()}")
    journal.open()
    try:
        found = journal.verify()
        if found:
            raise BackupFault(f"{found[0]}; take another backup")
        if journal.position != manifest.position:
            raise BackupFault(
                f"the journal ends at {journal.position}, not at {manifest.position}; take another backup"
            )
        return journal.position, most_in_a_day(journal, manifest.made_at_ms - LOOKED_BACK_MS)
    finally:
        journal.close()


def most_in_a_day(journal: Journal, from_ms: int) -> int:
    """The most tickets that the hub issued of one service on one day since then."""
    most, after = 0, journal.position_before(from_ms)
    while page := journal.entries(after, PAGE):
        after = page[-1].position
        serials = (
            event.serial
            for entry in page
            for event in entry.events
            if isinstance(event, TicketTaken) and event.serial < FIRST_LENT
        )
        most = max(most, *serials, 0)
    return most


def _note(source: Path, target: Path, manifest: Manifest) -> list[str]:
    if manifest.site_file:
        settings = msgspec.structs.replace(config.load(target), site=str((target / SITE).resolve()))
        config.save(target, settings)
    with closing(Audit(target)) as audit:
        found = complaints(audit)
        asked = msgspec.json.encode({"from": source.name, "position": manifest.position}).decode()
        audit.append(of_shell("backup/restore", asked=asked))
    return found
