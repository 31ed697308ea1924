"""The platform's callback: whether it is really the platform that rings. It carries nothing; the hub fetches by itself.

``X-Timestamp`` (unix ms), ``X-Nonce`` and ``X-Signature``, Base64 of HMAC-SHA-256 over timestamp, nonce and the body's
SHA-256 in hexadecimal, under a secret that both sides keep. Five minutes of skew; a nonce counts once.
"""

import base64
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

SKEW_MS = 300_000
MAX_NONCES = 10_000  # kept; when as many came within the skew, it is a flood


class Header(NamedTuple):
    """A header of each call."""

    pattern: str
    about: str

    @property
    def schema(self) -> dict[str, str]:
        """As JSON Schema says it."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}


HEADERS = {
    "X-Timestamp": Header("[0-9]{1,15}", "Unix time in ms, within five minutes of the hub's."),
    "X-Nonce": Header("[!-~]{16,64}", "16 to 64 letters, digits or signs that no call had before."),
    "X-Signature": Header(
        "[A-Za-z0-9+/]{43}=", "Base64 of HMAC-SHA-256 over timestamp, nonce and the body's SHA-256 in hexadecimal."
    ),
}


class Refused(Exception):
    """Nothing was done; the words say why."""


class Doorbell:
    """``ring`` is called for each true callback. ``refused`` counts the others by reason."""

    def __init__(self, secret: bytes, ring: Callable[[], None], now_ms: Callable[[], int]) -> None:
        self._secret = secret
        self._ring = ring
        self._now_ms = now_ms
        self._nonces: dict[str, int] = {}  # → when it came; in order
        self.refused: Counter[str] = Counter()

    def press(self, headers: Mapping[str, str], body: bytes) -> None:
        """``headers`` by their names in small letters. Raises `Refused`."""
        try:
            self._check(headers, body)
        except Refused as refused:
            self.refused[str(refused)] += 1
            raise
        self._ring()

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        at, nonce, given = (_header(headers, name) for name in HEADERS)
        if not hmac.compare_digest(given, signature(self._secret, at, nonce, body)):
            raise Refused("the signature is wrong")
        now = self._now_ms()
        if abs(int(at) - now) > SKEW_MS:
            raise Refused("the timestamp is more than five minutes off; set the clock")
        if nonce in self._nonces:
            raise Refused("this nonce was used before; take a new one for each call")
        if len(self._nonces) >= MAX_NONCES:
            self._nonces = {old: when for old, when in self._nonces.items() if when >= now - 2 * SKEW_MS}
        if len(self._nonces) >= MAX_NONCES:
            raise Refused(f"more than {MAX_NONCES} calls within ten minutes; wait")
        self._nonces[nonce] = now


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower(), "")
    if not re.fullmatch(HEADERS[name].pattern, value):
        raise Refused(f"{name} is missing, told twice or malformed: {HEADERS[name].about}")
    return value


def signature(secret: bytes, at: str, nonce: str, body: bytes) -> str:
    """As both sides make it."""
    text = (at + nonce + hashlib.sha256(body).hexdigest()).encode()
    return base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()
