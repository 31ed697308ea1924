"""HMAC-SHA-256 over who, when and which request, in headers; what they are called differs between gateways.

Both flavours as seen in public code and texts: the national exchange platform signs ``sid + rid + rtime``, Shandong's
gateway ``client id + timestamp + nonce``; times in milliseconds, the signature in Base64. Neither signs the body: TLS
must keep it whole.
"""

import base64
import hashlib
import hmac
from typing import Literal

import msgspec

from hub.platform.signers.signed import Signed


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``client_id`` is the requester's id (rid, client id); ``service_id`` the service asked (sid), national only."""

    client_id: str
    secret: str
    flavour: Literal["national", "client-id"] = "national"
    service_id: str = ""


class HmacSha256:
    seals = False

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def sign(self, body: bytes, at_ms: int, nonce: str) -> Signed:
        who, time = self._secrets, str(at_ms)
        if who.flavour == "national":
            signature = self._hmac(who.service_id + who.client_id + time)
            named = (who.client_id, who.service_id, time, signature)
            return Signed(
                dict(zip(("gjgxjhpt_rid", "gjgxjhpt_sid", "gjgxjhpt_rtime", "gjgxjhpt_sign"), named, strict=True)), body
            )
        headers = {
            "X-Client-Id": who.client_id,
            "X-Timestamp": time,
            "X-Nonce": nonce,
            "X-Signature": self._hmac(who.client_id + time + nonce),
        }
        return Signed(headers, body)

    def _hmac(self, text: str) -> str:
        digest = hmac.new(self._secrets.secret.encode(), text.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()
