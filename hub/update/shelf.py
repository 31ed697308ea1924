"""The shelf: every file of every tree, by SHA-256, as devices fetch them; and which trees there are."""

import hashlib
import json
from pathlib import Path

import msgspec

from hub.private_file import private_folder, write_private
from hub.update.build import Tree
from hub.update.sign import SigningKey, is_signed

SIGNATURE = ".sig"


class ShelfFault(Exception):
    """There is no such tree, or it is not whole; says what to do."""


class Release(msgspec.Struct, frozen=True):
    """A tree on the shelf. ``digest`` is its manifest's."""

    digest: str
    version: str
    profile: str
    kinds: tuple[str, ...]
    files: int
    size_bytes: int
    is_signed: bool
    downgrade_from: str = ""  # the newest version that may go back to this one


class Shelf:
    """``folder`` holds one file per content, named by digest; ``{digest}.sig`` beside a manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        private_folder(folder)
        self._list = folder.parent / "trees.json"

    @classmethod
    def of(cls, folder: Path) -> "Shelf":
        """The one of a hub's folder."""
        private_folder(folder / "updates")
        return cls(folder / "updates" / "shelf")

    def put(self, tree: Tree) -> Release:
        """Every file of the tree, then its manifest. Unsigned: no device is told of it."""
        for data in (*tree.files.values(), tree.manifest):
            self._store(data)
        digests = self._digests()
        if tree.digest not in digests:
            write_private(self._list, json.dumps([*digests, tree.digest]).encode())
        return self.release(tree.digest)

    def sign(self, digest: str, key: SigningKey) -> Release:
        """Signs a tree that is whole. Raises `ShelfFault`."""
        manifest = self._content(digest)
        for path, (size, sha256) in json.loads(manifest)["files"].items():
            if len(self._content(sha256)) != size:
                raise ShelfFault(f"{digest[:12]}: {path} is damaged on the shelf; build the tree again")
        write_private(self.folder / (digest + SIGNATURE), key.sign(manifest))
        return self.release(digest)

    def release(self, digest: str, public: str = "") -> Release:
        """What the manifest says. With the ``public`` key the signature must be of it."""
        manifest = self._content(digest)
        facts = json.loads(manifest)
        signature = self.folder / (digest + SIGNATURE)
        has_one = signature.exists()
        return Release(
            digest=digest,
            version=facts["version"],
            profile=facts["profile"],
            kinds=tuple(facts["kinds"]),
            files=len(facts["files"]),
            size_bytes=sum(size for size, _ in facts["files"].values()),
            is_signed=has_one and (not public or is_signed(manifest, signature.read_bytes(), public)),
            downgrade_from=facts.get("downgrade_from", ""),
        )

    def releases(self) -> list[Release]:
        """Oldest first."""
        return [self.release(digest) for digest in self._digests()]

    def find(self, name: str) -> list[Release]:
        """The trees of a version, or the one whose digest begins so. Raises `ShelfFault` when there is none."""
        found = [
            release
            for release in self.releases()
            if release.version == name or (len(name) >= 6 and release.digest.startswith(name))
        ]
        if not found:
            raise ShelfFault(f"{name}: no such tree on the shelf; hallhub update list says which there are")
        return found

    def stamp(self) -> tuple[int, int]:
        """Another one whenever something was put here, signed or taken away: two looks at the disk, no content read."""
        return _changed_ns(self.folder), _changed_ns(self._list)

    def _digests(self) -> list[str]:
        try:
            return msgspec.json.decode(self._list.read_bytes(), type=list[str])
        except FileNotFoundError:
            return []
        except msgspec.DecodeError as fault:
            raise ShelfFault(f"{self._list}: {fault}; delete it and build the trees again") from None

    def _store(self, data: bytes) -> None:
        path = self.folder / hashlib.sha256(data).hexdigest()
        if not path.exists():
            write_private(path, data, is_durable=False)

    def _content(self, digest: str) -> bytes:
        try:
            data = (self.folder / digest).read_bytes()
        except OSError:
            raise ShelfFault(f"{digest[:12]}: not on the shelf; build the tree again") from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise ShelfFault(f"{digest[:12]}: damaged on the shelf; delete {self.folder / digest} and build again")
        return data


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
