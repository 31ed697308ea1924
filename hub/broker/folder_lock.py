"""One hub per folder: a lock that the system takes back when the hub dies."""

import fcntl
import os
from pathlib import Path

from hub.broker.programs import BrokerFault


class FolderLock:
    """Held from `take` to `release`, or until the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = -1

    def take(self) -> None:
        """Raises `BrokerFault` when another hub has it."""
        file = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise BrokerFault(
                f"another hub uses {self._folder}; stop it, or give this one a folder of its own"
            ) from None
        self._file = file

    def release(self) -> None:
        """Harmless when not held."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
