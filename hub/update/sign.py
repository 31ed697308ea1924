"""Signs manifests with Ed25519 (RFC 8032). Who has the key decides what runs on every device of the building."""

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.private_file import private_folder, write_private

SIGNED = b"hallhub tree 1\n"  # as in firmware/update/manifest.py; a test holds them together


class KeyFault(Exception):
    """The key cannot be read; says which file and what to do."""


class SigningKey:
    """The private key in ``path`` (PEM, 0600), made on first use. Keep a copy elsewhere: devices trust no other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        private_folder(path.parent)
        if not path.exists():
            write_private(path, _pem(Ed25519PrivateKey.generate()))
        self._key = self._read()

    def __repr__(self) -> str:
        return f"SigningKey({self._path})"

    @classmethod
    def of(cls, folder: Path) -> "SigningKey":
        """The one of a hub's folder."""
        return cls(folder / "updates" / "signing.key")

    @property
    def public(self) -> str:
        """What devices are told (``update_key`` in board.json), hexadecimal."""
        raw = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return raw.hex()

    def sign(self, manifest: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(_message(manifest))

    def _read(self) -> Ed25519PrivateKey:
        if self._path.stat().st_mode & 0o077:
            raise KeyFault(f"{self._path}: others may read it; chmod 600, and if they did, provision every device anew")
        try:
            key = serialization.load_pem_private_key(self._path.read_bytes(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
            raise KeyFault(f"{self._path}: {fault}; put the copy of the key in its place") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFault(f"{self._path}: not an Ed25519 key; put the copy of the key in its place")
        return key


def is_signed(manifest: bytes, signature: bytes, public: str) -> bool:
    """Whether the owner of the public key (hexadecimal) signed the manifest."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, _message(manifest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(manifest: bytes) -> bytes:
    return SIGNED + hashlib.sha256(manifest).digest()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
