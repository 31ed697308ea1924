"""TLS as a device uses it: the broker's certificate must be of our CA and for the host that we asked for."""

import ssl
from binascii import a2b_base64

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def context(ca_path: str, certificate_path: str = "", key_path: str = "") -> "Any":
    """A client context that trusts the CA in ``ca_path`` (DER or PEM) and nothing else, and shows our certificate.

    Certificate and key are DER files; CPython, which reads only PEM, takes those beside them. Raises OSError,
    ValueError.
    """
    if not ca_path:
        raise ValueError("board.json: broker.ca is empty; TLS needs the file of the CA's certificate")
    with open(ca_path, "rb") as file:
        certificate = file.read()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata=_der(certificate))
    if certificate_path and hasattr(ssl, "OPENSSL_VERSION"):
        made.load_cert_chain(_pem_path(certificate_path), _pem_path(key_path))
    elif certificate_path:
        with open(certificate_path, "rb") as file:
            certificate = file.read()
        with open(key_path, "rb") as file:
            made.load_cert_chain(certificate, file.read())
    return made


def _pem_path(path: str) -> str:
    return path[:-4] + ".pem" if path.endswith(".der") else path


def _der(certificate: bytes) -> bytes:
    """MicroPython takes DER only."""
    if not certificate.startswith(b"-----BEGIN"):
        return certificate
    lines = certificate.split(b"-----END")[0].split(b"\n")[1:]
    return a2b_base64(b"".join(lines))
