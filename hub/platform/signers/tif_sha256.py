"""Guangdong's government gateway (TIF): a SHA-256 over time, token and nonce, in headers.

``x-tif-signature = hex(SHA-256(timestamp + token + nonce + timestamp))``, the timestamp in unix seconds. Some gateways
want capital hexadecimal digits. As seen in public code that talks to it; the gateway's own text is not public.
"""

import hashlib

import msgspec

from hub.platform.signers.signed import Signed


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the gateway's administration gave: ``paas_id`` names us, ``paas_token`` proves it."""

    paas_id: str
    paas_token: str
    service_id: str = ""
    is_upper_case: bool = False


class TifSha256:
    seals = False

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def sign(self, body: bytes, at_ms: int, nonce: str) -> Signed:
        timestamp = str(at_ms // 1000)
        text = timestamp + self._secrets.paas_token + nonce + timestamp
        signature = hashlib.sha256(text.encode()).hexdigest()
        headers = {
            "x-tif-paasid": self._secrets.paas_id,
            "x-tif-timestamp": timestamp,
            "x-tif-nonce": nonce,
            "x-tif-signature": signature.upper() if self._secrets.is_upper_case else signature,
        }
        if self._secrets.service_id:
            headers["x-tif-serviceId"] = self._secrets.service_id
        return Signed(headers, body)
