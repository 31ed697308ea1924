"""No signature: a bearer token, or nothing, over TLS."""

from hub.platform.signers.signed import Signed


class Bearer:
    """``token`` may be empty."""

    seals = False

    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def sign(self, body: bytes, at_ms: int, nonce: str) -> Signed:
        return Signed(self._headers, body)
