"""The national algorithms: the body enciphered with SM4, the envelope signed with SM2.

Envelope ``{"appId", "encType": "SM4", "signType": "SM2", "timestamp", "nonce", "version", "encData", "signData"}``,
shaped as public code of national gateways has it. What is signed is every other field as ``key=value`` in alphabetical
order, joined by ``&``; which text a given platform signs, and in which form it wants the signature, is to be asked:
``signature`` (raw r‖s or DER, hexadecimal) is a setting. SM4-CBC with PKCS#7, a fresh initial vector before the
ciphertext, Base64 (GB/T 32907); SM2 with SM3 and the signer's id (GB/T 32918.2, GB/T 35276).
"""

import base64
import secrets as random
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from hub.platform.signers.signed import Signed

BLOCK = 16  # bytes of SM4


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys in hexadecimal: ``sm4_key`` 32 digits, ``private_key`` 64, ``public_key`` 128 (x, y) or 130 with 04."""

    app_id: str
    sm4_key: str
    private_key: str
    public_key: str
    signer_id: str = "1234567812345678"
    signature: Literal["raw", "der"] = "raw"
    version: str = "1.0.0"


class Sm2Sm4:
    """Raises ValueError for keys that are none, and when the library for SM2 is not installed."""

    seals = True

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._sm4_key = _key("sm4_key", secrets.sm4_key, 16)
        self._private = _key("private_key", secrets.private_key, 32)
        self._public = _key("public_key", secrets.public_key.removeprefix("04").zfill(128), 64)
        try:
            import gmssl_pyx
        except ImportError:
            raise ValueError("SM2 needs the package gmssl-pyx: pip install 'hallhub[sm2]'") from None
        self._sm2 = gmssl_pyx

    def sign(self, body: bytes, at_ms: int, nonce: str) -> Signed:
        envelope = {
            "appId": self._secrets.app_id,
            "encType": "SM4",
            "signType": "SM2",
            "timestamp": str(at_ms // 1000),
            "nonce": nonce,
            "version": self._secrets.version,
            "encData": base64.b64encode(self._encipher(body)).decode(),
        }
        envelope["signData"] = self._signature(signed_text(envelope)).hex()
        return Signed({}, msgspec.json.encode(envelope))

    def _encipher(self, body: bytes) -> bytes:
        vector = random.token_bytes(BLOCK)
        padder = PKCS7(8 * BLOCK).padder()
        encryptor = Cipher(algorithms.SM4(self._sm4_key), modes.CBC(vector)).encryptor()
        return vector + encryptor.update(padder.update(body) + padder.finalize()) + encryptor.finalize()

    def _signature(self, text: bytes) -> bytes:
        der: bytes = self._sm2.sm2_sign(self._private, self._public, text, self._secrets.signer_id.encode())
        if self._secrets.signature == "der":
            return der
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def signed_text(envelope: dict[str, str]) -> bytes:
    """What the signature is over."""
    return "&".join(f"{key}={envelope[key]}" for key in sorted(envelope) if key != "signData").encode()


def _key(name: str, text: str, length: int) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{name} is not hexadecimal") from None
    if len(key) != length:
        raise ValueError(f"{name} must be {2 * length} hexadecimal digits, not {len(text)}")
    return key
