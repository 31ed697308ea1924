"""Sealing: SM4-GCM with a key of a file, bound to what it is of, so that rows of a database cannot be exchanged."""

import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY, NONCE, TAG = 16, 12, 16  # bytes


def seal(key: bytes, about: bytes, body: bytes) -> bytes:
    """nonce, tag, cipher text; ``about`` is what it is of, and not enciphered."""
    nonce = os.urandom(NONCE)
    sealing = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(about)
    text = sealing.update(body) + sealing.finalize()
    return nonce + sealing.tag + text


def unseal(key: bytes, about: bytes, sealed: bytes) -> bytes:
    """Raises `cryptography.exceptions.InvalidTag` when it was not sealed so with this key."""
    nonce, tag, text = sealed[:NONCE], sealed[NONCE : NONCE + TAG], sealed[NONCE + TAG :]
    opening = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    opening.authenticate_additional_data(about)
    return opening.update(text) + opening.finalize()
