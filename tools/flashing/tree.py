"""The tree of files that a board runs: compiled for its MicroPython, with its manifest."""

import hashlib
from typing import NamedTuple


class Tree(NamedTuple):
    """``files``: path below the slot → bytes; ``manifest``: the bytes of manifest.json."""

    version: str
    manifest: bytes
    files: dict[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest."""
        return hashlib.sha256(self.manifest).hexdigest()

    def sha256(self, path: str) -> str:
        """Of one of its files."""
        return hashlib.sha256(self.files[path]).hexdigest()
