"""Files that only the hub's own user may read: written whole or not at all."""

import os
from pathlib import Path


def private_folder(path: Path) -> Path:
    """``path``, made if need be, with mode 0700."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def is_private(path: Path) -> bool:
    """Whether nobody but its owner may read it. Raises OSError when there is none."""
    return not path.stat().st_mode & 0o077


def write_private(path: Path, body: bytes, is_durable: bool = True) -> None:
    """Replaces ``path`` by ``body`` with mode 0600; a reader sees the old or the new, never half.

    Durable on return unless told otherwise: what can be made again need not wait for the disk.
    """
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)  # so that the mode below is really the one it gets
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
        if is_durable:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)
    if is_durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
