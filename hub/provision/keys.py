"""The keys by which the hub and its devices know each other: random, 192 bits, made on first use, never printed."""

import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec

from hub.private_file import private_folder, write_private

KEY_BYTES = 24


class ProvisionFault(Exception):
    """Keys or certificates cannot be read or made; says which file and what to do."""


class Keys:
    """User of the broker → key, in one file of mode 0600. For one process, and one thread of it at a time."""

    def __init__(self, folder: Path) -> None:
        private_folder(folder)
        self._path = folder / "keys.json"
        self._token_path = folder / "admin.token"
        self._keys = self._read()

    def __repr__(self) -> str:
        return f"Keys({len(self._keys)} in {self._path})"

    def ensure(self, users: Iterable[str]) -> None:
        """Makes the keys that are missing, all in one write."""
        missing = [user for user in users if user not in self._keys]
        if missing:
            self._keys.update((user, secrets.token_urlsafe(KEY_BYTES)) for user in missing)
            self._write()

    def key(self, user: str) -> str:
        """The key of ``user``; durable before it is given out."""
        self.ensure((user,))
        return self._keys[user]

    def forget(self, user: str) -> None:
        """The key stops being one; who asks again gets a new one. The broker must be told the accounts again."""
        if self._keys.pop(user, None) is not None:
            self._write()

    def admin_token(self) -> str:
        """What the CLI shows the API. Its file is its only copy: delete it, start the hub again, and it is another."""
        if not self._token_path.exists():
            write_private(self._token_path, secrets.token_urlsafe(KEY_BYTES).encode() + b"\n")
        return self._token_path.read_text(encoding="utf-8").strip()

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except msgspec.DecodeError as fault:
            raise ProvisionFault(
                f"{self._path}: {fault}; put a backup in its place, or delete it and provision every device again"
            ) from None

    def _write(self) -> None:
        write_private(self._path, msgspec.json.format(msgspec.json.encode(self._keys), indent=1))
