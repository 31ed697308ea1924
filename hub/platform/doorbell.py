"""The platform's callback: whether it is really the platform that rings. It carries nothing; the hub fetches by itself.

``X-Timestamp`` (unix ms), ``X-Nonce`` and ``X-Signature``, Base64 of HMAC-SHA-256 over timestamp, nonce and the body's
SHA-256 in hexadecimal, under a secret that both sides keep. Five minutes of skew; a nonce counts once within them.
"""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping

SKEW_MS = 300_000
MAX_NONCE = 64
MAX_NONCES = 10_000  # kept; beyond it the oldest are forgotten, which the skew makes harmless for all but a flood


class Refused(Exception):
    """Nothing was done; the words say why."""


class Doorbell:
    """``ring`` is called for each true callback. ``refused`` counts the others by reason."""

    def __init__(self, secret: bytes, ring: Callable[[], None], now_ms: Callable[[], int]) -> None:
        self._secret = secret
        self._ring = ring
        self._now_ms = now_ms
        self._nonces: dict[str, int] = {}
        self.refused: Counter[str] = Counter()

    def press(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises `Refused`."""
        try:
            self._check(headers, body)
        except Refused as refused:
            self.refused[str(refused)] += 1
            raise
        self._ring()

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        at, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        if not at.isascii() or not at.isdigit() or len(at) > 15 or not 16 <= len(nonce) <= MAX_NONCE:
            raise Refused("X-Timestamp in ms and X-Nonce of 16 to 64 letters are needed")
        given = headers.get("x-signature", "").encode()
        if not hmac.compare_digest(given, signature(self._secret, at, nonce, body).encode()):
            raise Refused("the signature is wrong")
        now = self._now_ms()
        if abs(int(at) - now) > SKEW_MS:
            raise Refused("the timestamp is more than five minutes off")
        if nonce in self._nonces:
            raise Refused("this nonce was used before")
        self._nonces[nonce] = now
        if len(self._nonces) > MAX_NONCES:
            kept = list(self._nonces.items())[MAX_NONCES // 2 :]  # the newer half; they stand in order
            self._nonces = {old: when for old, when in kept if when > now - 2 * SKEW_MS}


def signature(secret: bytes, at: str, nonce: str, body: bytes) -> str:
    """As both sides make it."""
    text = (at + nonce + hashlib.sha256(body).hexdigest()).encode()
    return base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()
