"""The manifest of a tree: what it is, for whom, and the digest of every file; signed as a whole.

Canonical JSON: keys sorted, no spaces, UTF-8. ``version``; ``kinds`` and ``profile`` that may run it; ``mpy``, the
major version of its bytecode ("" for source); ``files``: path → [size in bytes, SHA-256]; and if need be
``min_version``, the oldest version from which one may come here directly, and ``downgrade_from``, the newest version
that may go back to this older one.

The Ed25519 signature is over `SIGNED` and the SHA-256 of these bytes: so a small board runs its own SHA-512 over one
block and not over all the paths.
"""

import hashlib
import json
import sys
from binascii import hexlify, unhexlify

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

SIGNED = b"hallhub tree 1\n"
MAX_BYTES = 49152  # MAX_FILES with paths of 40 letters; a computer's tree takes half of it, a board's a quarter
MAX_FILES = 400
_PATH_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./"
_HEX = "0123456789abcdef"


class UpdateRefused(Exception):
    """This tree is not for this device, or not to be trusted. ``code`` for the hub, ``detail`` for a person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__("%s: %s" % (code, detail))
        self.code = code
        self.detail = detail


def digest(data: "bytes | bytearray") -> str:
    """SHA-256 in hexadecimal."""
    return str(hexlify(hashlib.sha256(data).digest()), "ascii")


def own_mpy() -> str:
    """The major version of the bytecode that runs here; "" where only source runs."""
    mpy = getattr(sys.implementation, "_mpy", 0) & 0xFF
    return str(mpy) if mpy else ""


def version_key(version: "Any") -> "list[int]":
    """``1.10.2`` → [1, 10, 2], which compare as versions do. Raises ValueError for anything else."""
    parts = version.split(".") if isinstance(version, str) and len(version) <= 32 else []
    if len(parts) != 3 or [part for part in parts if not part.isdigit()]:
        raise ValueError("version %r: three numbers such as 1.10.2 expected" % (version,))
    return [int(part) for part in parts]


def is_path(path: "Any") -> bool:
    """Whether this may be the name of a file of a tree: below the slot, and nowhere else."""
    if not isinstance(path, str) or not 1 <= len(path) <= 96 or path.strip(_PATH_LETTERS):
        return False
    parts = path.split("/")
    return len(parts) <= 8 and not [part for part in parts if part.startswith(".") or not part]


def is_digest(text: "Any") -> bool:
    """Whether this is a SHA-256 in hexadecimal."""
    return isinstance(text, str) and len(text) == 64 and not text.strip(_HEX)


def read(data: "bytes | bytearray") -> "dict[str, Any]":
    """What the manifest in ``data`` says but for its files, which `entries` gives; all of it checked.

    Raises `UpdateRefused`.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("%d bytes, at most %d expected" % (len(data), MAX_BYTES))
        begin, end = _files_at(data)
        manifest: "dict[str, Any]" = json.loads(bytes(data[: begin + 1] + data[end:]))
        if manifest["files"] or not 1 <= len([None for _ in entries(data)]) <= MAX_FILES:
            raise ValueError("files")
        _check_shape(manifest)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UpdateRefused("update.manifest", "not a manifest: %s" % error)
    return manifest


def entries(data: "bytes | bytearray") -> "Any":
    """(path, size in bytes, SHA-256) of each file, one after the other: all at once they take a small board's memory.

    Raises ValueError for what is not canonical.
    """
    at, end = _files_at(data)
    last = ""
    while at < end:
        stop = data.find(b"]", at, end) + 1
        if not stop or stop - at > 256 or (at + 1 < end and stop < end and data[stop : stop + 1] != b","):
            raise ValueError("files: " + last)
        ((path, facts),) = json.loads(b"{" + data[at + 1 : stop] + b"}").items()
        size, sha256 = facts
        if not is_path(path) or not is_digest(sha256) or not isinstance(size, int) or not 0 <= size < 1 << 28:
            raise ValueError("files: %s" % path)
        if path <= last:
            raise ValueError("files: %s is not in its order" % path)
        last = path
        yield path, size, sha256
        at = stop


def _files_at(data: "bytes | bytearray") -> "tuple[int, int]":
    """Where the object of files opens and closes; no path or digest has a brace in it."""
    begin = data.find(b'"files":{') + 8
    end = data.find(b"}", begin)
    if begin < 8 or end < 0:
        raise ValueError("files")
    return begin, end


def _check_shape(manifest: "dict[str, Any]") -> None:
    version_key(manifest["version"])
    for key in ("min_version", "downgrade_from"):
        if key in manifest:
            version_key(manifest[key])
    kinds = manifest["kinds"]
    if not isinstance(kinds, list) or [kind for kind in kinds if not isinstance(kind, str)]:
        raise ValueError("kinds")
    if not isinstance(manifest["profile"], str) or not isinstance(manifest["mpy"], str):
        raise ValueError("profile, mpy")


def check(manifest: "dict[str, Any]", board: "dict[str, Any]", running: str) -> None:
    """Whether the device of ``board`` may go from version ``running`` to this tree; raises `UpdateRefused`."""
    ours = board.get("profile", {}).get("name", "")
    if manifest["profile"] != ours:
        raise UpdateRefused("update.profile", "for board %s, this is %s" % (manifest["profile"], ours or "unknown"))
    if board["kind"] not in manifest["kinds"]:
        raise UpdateRefused("update.kind", "not for a " + board["kind"])
    if manifest["mpy"] not in ("", own_mpy()):
        raise UpdateRefused("update.mpy", "bytecode %s, this board runs %s" % (manifest["mpy"], own_mpy() or "source"))
    _check_step(manifest, running)


def goes_back(version: str, running: str, downgrade_from: str) -> bool:
    """Whether ``version`` is older than the ``running`` one, and nothing allows to go back to it. Raises ValueError."""
    now = version_key(running)
    return version_key(version) < now and now > version_key(downgrade_from or "0.0.0")


def _check_step(manifest: "dict[str, Any]", running: str) -> None:
    version = manifest["version"]
    try:
        is_back = goes_back(version, running, manifest.get("downgrade_from", ""))
    except ValueError:
        return  # a tree that was put here by hand for a test: anything is a step forward
    if is_back:
        raise UpdateRefused("update.downgrade", "%s is older than %s" % (version, running))
    if "min_version" in manifest and version_key(running) < version_key(manifest["min_version"]):
        raise UpdateRefused("update.too-old", "%s first, then %s" % (manifest["min_version"], version))


async def check_signature(data: "bytes | bytearray", signature: bytes, key: str) -> None:
    """Whether the owner of the public key (hexadecimal) signed this manifest; raises `UpdateRefused`."""
    from firmware.update.ed25519 import verify

    if not is_digest(key):
        raise UpdateRefused("update.key", "board.json has no update_key; provision the board again")
    if not await verify(unhexlify(key), SIGNED + hashlib.sha256(data).digest(), signature):
        raise UpdateRefused("update.signature", "the manifest is not signed with the key that this board trusts")
