"""A key that lies beside what it was used for: made with it, never again while that is there."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from hub.private_file import write_private


class KeyFault(ValueError):
    """The key file is missing or no key; the words say what to do."""


def kept_key(path: Path, length: int, used_for: Iterable[Path] = ()) -> bytes:
    """The ``length`` bytes of the key file, mode 0600; random ones on first use.

    Raises `KeyFault`, also where there is none any more while a file of ``used_for`` has something in it: what was
    enciphered or signed with the lost key would look as if somebody had meddled with it.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        for other in used_for:
            if other.exists() and other.stat().st_size:
                raise KeyFault(f"{path} is missing, without which {other} cannot be read; restore it") from None
        key = secrets.token_bytes(length)
        write_private(path, key)
    except OSError as fault:
        raise KeyFault(f"{path}: {fault.strerror}; the hub's user must be able to read it") from None
    if len(key) != length:
        raise KeyFault(f"{path}: {len(key)} bytes, {length} expected; restore it")
    return key
