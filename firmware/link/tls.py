"""TLS as a device uses it: the broker's certificate must be of our CA and for the host that we asked for."""

import ssl
from binascii import a2b_base64

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def context(ca_path: str) -> "Any":
    """A client context that trusts the CA in ``ca_path`` (DER or PEM) and nothing else. Raises OSError, ValueError."""
    if not ca_path:
        raise ValueError("board.json: broker.ca is empty; TLS needs the file of the CA's certificate")
    with open(ca_path, "rb") as file:
        certificate = file.read()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata=_der(certificate))
    return made


def _der(certificate: bytes) -> bytes:
    """MicroPython takes DER only."""
    if not certificate.startswith(b"-----BEGIN"):
        return certificate
    lines = certificate.split(b"-----END")[0].split(b"\n")[1:]
    return a2b_base64(b"".join(lines))
