"""Backups: a copy of all that a hub cannot make again, taken while it works; and a hub's folder made from one."""

from hub.backup.backup import BackupFault, backup
from hub.backup.restore import Restored, restore

__all__ = ["BackupFault", "Restored", "backup", "restore"]
