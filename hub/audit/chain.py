"""The chain: what is hashed over what, and the proof that only who has the key file wrote it. Pure.

A row's hash is SM3 (GB/T 32905-2016) over the previous hash and the row's canonical JSON; its mac is HMAC-SM3 of that
hash. So a row that was changed, taken out or put in fits no more, and nobody without the key can write a new chain.
"""

import hmac as constant_time

import msgspec
from cryptography.hazmat.primitives import hashes, hmac

from hub.audit.deed import Deed, Row

BEGIN = "0" * 64  # the hash before the first row


def hash_of(previous: str, number: int, at_ms: int, deed: Deed) -> str:
    """Hex. The row's fields in this order, as a JSON array without spaces, UTF-8."""
    fields = [number, at_ms, deed.who, deed.told, deed.address, deed.what, deed.asked, deed.outcome]
    digest = hashes.Hash(hashes.SM3())
    digest.update(previous.encode())
    digest.update(msgspec.json.encode([*fields, deed.before, deed.after]))
    return digest.finalize().hex()


def mac_of(key: bytes, purpose: str, number: int, hash_: str) -> str:
    """Hex. ``purpose`` keeps a row's mac from standing for the head's."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(f"{purpose}\0{number}\0{hash_}".encode())
    return mac.finalize().hex()


def is_same(one: str, other: str) -> bool:
    return constant_time.compare_digest(one.encode(), other.encode())


def misfit(row: Row, mac: str, previous: str, number: int, key: bytes) -> str:
    """Why ``row`` is not the one after ``number`` and ``previous``; empty when it is."""
    if row.number != number + 1:
        return f"rows {number + 1} to {row.number - 1} are missing"
    if row.previous != previous:
        return f"row {row.number} does not follow on row {number}: one of them was put in the place of another"
    if not is_same(row.hash, hash_of(previous, row.number, row.at_ms, row)):
        return f"row {row.number} was changed after it was written"
    if not is_same(mac, mac_of(key, "row", row.number, row.hash)):
        return f"row {row.number} was written by somebody without the key"
    return ""
