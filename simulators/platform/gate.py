"""The platform's gate: whether a request is really from the hub, in the platform's own reading of each scheme.

Time may differ by five minutes; a nonce counts once within that time.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, Protocol

SKEW_S = 300

Headers = dict[str, str]  # names in lower case


class Forged(Exception):
    """The request is turned away; the words say why."""


class Gate(Protocol):
    """``seals``: all is in the body, so that questions are POSTed too, their words in it."""

    seals: bool

    def open(self, headers: Headers, body: bytes) -> bytes:
        """The body as it was before it was enciphered. Raises `Forged`."""


class Freshness:
    """Neither too old nor from the future, and not seen before. ``now_s``: unix time."""

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._seen: dict[str, float] = {}

    def check(self, at_s: str, nonce: str) -> None:
        """``at_s`` as text, in seconds. Raises `Forged`."""
        now = self._now_s()
        try:
            skew = abs(float(at_s) - now)
        except ValueError:
            raise Forged(f"timestamp {at_s!r} is no number") from None
        if not skew <= SKEW_S:
            raise Forged(f"the clocks differ by {skew:.0f} s, {SKEW_S} are allowed")
        if nonce in self._seen:
            raise Forged("this nonce was used before")
        self._seen = {old: at for old, at in self._seen.items() if at > now - 2 * SKEW_S}
        self._seen[nonce] = now


class BearerGate:
    """The token in the header Authorization."""

    seals = False

    def __init__(self, token: str) -> None:
        self._wanted = f"Bearer {token}".encode()

    def open(self, headers: Headers, body: bytes) -> bytes:
        if not hmac.compare_digest(headers.get("authorization", "").encode(), self._wanted):
            raise Forged("wrong or no token")
        return body


class TifGate:
    """Guangdong's gateway: SHA-256 over time, token, nonce, time."""

    seals = False

    def __init__(self, paas_id: str, paas_token: str, freshness: Freshness) -> None:
        self._id, self._token, self._freshness = paas_id, paas_token, freshness

    def open(self, headers: Headers, body: bytes) -> bytes:
        at, nonce = headers.get("x-tif-timestamp", ""), headers.get("x-tif-nonce", "")
        if headers.get("x-tif-paasid") != self._id:
            raise Forged("unknown x-tif-paasid")
        wanted = hashlib.sha256((at + self._token + nonce + at).encode()).hexdigest()
        _same(headers.get("x-tif-signature", "").lower(), wanted)
        self._freshness.check(at, nonce)
        return body


class HmacGate:
    """The national exchange platform: HMAC-SHA-256 over service, requester and time."""

    seals = False

    def __init__(self, requester: str, service: str, secret: str, freshness: Freshness) -> None:
        self._requester, self._service, self._secret, self._freshness = requester, service, secret, freshness

    def open(self, headers: Headers, body: bytes) -> bytes:
        at = headers.get("gjgxjhpt_rtime", "")
        if (headers.get("gjgxjhpt_rid"), headers.get("gjgxjhpt_sid")) != (self._requester, self._service):
            raise Forged("unknown gjgxjhpt_rid or gjgxjhpt_sid")
        if not at.isdecimal():
            raise Forged("gjgxjhpt_rtime (milliseconds) is needed")
        _same(headers.get("gjgxjhpt_sign", ""), _hmac_sha256(self._secret, self._service + self._requester + at))
        self._freshness.check(str(int(at) / 1000), f"{at} {hashlib.sha256(body).hexdigest()}")
        return body


class ClientIdGate:
    """Shandong's gateway: HMAC-SHA-256 over client, time in milliseconds and nonce."""

    seals = False

    def __init__(self, client: str, secret: str, freshness: Freshness) -> None:
        self._client, self._secret, self._freshness = client, secret, freshness

    def open(self, headers: Headers, body: bytes) -> bytes:
        at, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        if headers.get("x-client-id") != self._client:
            raise Forged("unknown X-Client-Id")
        if not at.isdecimal() or not nonce:
            raise Forged("X-Timestamp (milliseconds) and X-Nonce are needed")
        _same(headers.get("x-signature", ""), _hmac_sha256(self._secret, self._client + at + nonce))
        self._freshness.check(str(int(at) / 1000), nonce)
        return body


class SmGate:
    """The national algorithms: an envelope signed with SM2 around a body enciphered with SM4-CBC."""

    seals = True

    def __init__(self, app_id: str, sm4_key: bytes, public_key: bytes, freshness: Freshness) -> None:
        self._app_id, self._sm4_key, self._public, self._freshness = app_id, sm4_key, public_key, freshness

    def open(self, headers: Headers, body: bytes) -> bytes:
        try:
            envelope: dict[str, Any] = json.loads(body)
            signature = envelope.pop("signData")
            text = "&".join(f"{name}={envelope[name]}" for name in sorted(envelope))
            sealed = base64.b64decode(envelope["encData"], validate=True)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Forged("the body is no signed envelope") from None
        if envelope.get("appId") != self._app_id:
            raise Forged("unknown appId")
        if not self._is_signed(str(signature), text.encode()):
            raise Forged("the signature is wrong")
        self._freshness.check(str(envelope.get("timestamp")), str(envelope.get("nonce")))
        return self._opened(sealed)

    def _is_signed(self, signature: str, text: bytes) -> bool:
        from gmssl import sm2  # type: ignore[import-untyped]

        try:
            return bool(sm2.CryptSM2("", self._public.hex()).verify_with_sm3(signature, text))
        except (ValueError, IndexError):
            return False

    def _opened(self, sealed: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7

        try:
            decryptor = Cipher(algorithms.SM4(self._sm4_key), modes.CBC(sealed[:16])).decryptor()
            unpadder = PKCS7(128).unpadder()
            return unpadder.update(decryptor.update(sealed[16:]) + decryptor.finalize()) + unpadder.finalize()
        except ValueError:
            raise Forged("the body cannot be deciphered") from None


def _hmac_sha256(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def gate_of(signer: str, secrets: dict[str, str]) -> Gate:
    """The far side of a way of signing, with what both sides know. Raises KeyError, ValueError for what is missing."""
    if signer == "tif-sha256":
        return TifGate(secrets["paas_id"], secrets["paas_token"], Freshness())
    if signer == "hmac-sha256" and secrets.get("flavour") == "client-id":
        return ClientIdGate(secrets["client_id"], secrets["secret"], Freshness())
    if signer == "hmac-sha256":
        return HmacGate(secrets["client_id"], secrets["service_id"], secrets["secret"], Freshness())
    if signer == "sm2-sm4":
        public = bytes.fromhex(secrets["public_key"])[-64:]
        return SmGate(secrets["app_id"], bytes.fromhex(secrets["sm4_key"]), public, Freshness())
    raise ValueError(f"no way of signing is called {signer!r}")


def _same(given: str, wanted: str) -> None:
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Forged("the signature is wrong")
