"""Signers: how a request proves to a platform who sends it. Plug-ins by name; their secrets come from a file."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hub.platform.signers import hmac_sha256, sm2_sm4, tif_sha256
from hub.platform.signers.bearer import Bearer
from hub.platform.signers.signed import Signed, Signer
from hub.private_file import is_private

__all__ = ["NAMES", "Signed", "Signer", "SignerError", "make"]

NONE = "none"
_MAKE: dict[str, tuple[type[msgspec.Struct], Callable[[Any], Signer]]] = {
    "tif-sha256": (tif_sha256.Secrets, tif_sha256.TifSha256),
    "hmac-sha256": (hmac_sha256.Secrets, hmac_sha256.HmacSha256),
    "sm2-sm4": (sm2_sm4.Secrets, sm2_sm4.Sm2Sm4),
}
NAMES = (NONE, *_MAKE)


class SignerError(Exception):
    """One line: which file or key is wrong, and what would be right."""


def make(name: str, token_file: str = "", secrets_file: str = "") -> Signer:
    """The signer of that name. ``none`` takes a token, the others the secrets of a TOML file. Raises `SignerError`."""
    if name == NONE:
        return Bearer(_private_text(Path(token_file)).strip() if token_file else "")
    if name not in _MAKE:
        raise SignerError(f"no signer is called {name!r}; there are {', '.join(NAMES)}")
    if not secrets_file:
        raise SignerError(f"the signer {name} needs its secrets; name their file with --platform-secrets-file")
    secrets, signer = _MAKE[name]
    try:
        return signer(msgspec.convert(tomllib.loads(_private_text(Path(secrets_file))), secrets))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as fault:
        raise SignerError(f"{secrets_file}: not the secrets of {name}: {fault}") from None


def _private_text(path: Path) -> str:
    try:
        if not is_private(path):
            raise SignerError(f"{path}: others may read it; do: chmod 600 {path}")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else "not UTF-8"
        raise SignerError(
            f"{path}: {said}; name the platform's token with --platform-token-file, or its secrets with "
            "--platform-secrets-file"
        ) from None
