"""The platform rings at the hub, as it does when there are new appointments."""

import base64
import hashlib
import hmac
import secrets
import time
from pathlib import Path

import httpx

from simulators.hub_process import HubProcess


def secret_file(folder: Path) -> Path:
    """What both sides know, where only its owner may read it."""
    secret = folder / "callback.secret"
    secret.touch(mode=0o600)
    secret.write_bytes(b"known to the platform and the hub")
    return secret


def rung(hub: HubProcess, secret: bytes, nonce: str = "") -> int:
    """The status that the hub answers a callback with; a new nonce where none is given."""
    at, nonce = str(time.time_ns() // 1_000_000), nonce or secrets.token_hex(16)
    text = at + nonce + hashlib.sha256(b"{}").hexdigest()
    signature = base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()
    headers = {"X-Timestamp": at, "X-Nonce": nonce, "X-Signature": signature}
    return httpx.post(f"http://127.0.0.1:{hub.port}/callbacks/appointments", content=b"{}", headers=headers).status_code
