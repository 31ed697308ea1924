"""The vault's ciphers against a published vector and a second library: national algorithms, not something like them."""

import sqlite3
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from gmssl import sm3

from hub.vault import Identity, Vault
from hub.vault.sealing import KEY, seal, unseal

# RFC 8998, appendix A.1: SM4-GCM.
SM4_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
NONCE = bytes.fromhex("00001234567800000000ABCD")
ABOUT = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
PLAIN = b"".join(bytes([letter]) * 8 for letter in bytes.fromhex("AABBCCDDEEFFEEAA"))
SEALED = bytes.fromhex(
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
)
TAG = bytes.fromhex("83DE3541E4C2B58177E065A9BF7B62EC")


def test_what_the_standard_sealed_is_read() -> None:
    assert unseal(SM4_KEY, ABOUT, NONCE + TAG + SEALED) == PLAIN


def test_what_is_sealed_is_read_only_as_what_it_is() -> None:
    sealed = seal(SM4_KEY, b"v1", PLAIN)
    assert unseal(SM4_KEY, b"v1", sealed) == PLAIN
    assert seal(SM4_KEY, b"v1", PLAIN) != sealed, "a nonce of its own each time"
    for key, about in ((SM4_KEY, b"v2"), (SM4_KEY[::-1], b"v1")):
        with pytest.raises(InvalidTag):
            unseal(key, about, sealed)


def hmac_sm3(key: bytes, text: bytes) -> str:
    """RFC 2104 over the second library's SM3 (blocks of 64 bytes); ``key`` is shorter than a block."""
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    digest: str = sm3.sm3_hash(list(outer + bytes.fromhex(sm3.sm3_hash(list(inner + text)))))
    return digest


def test_the_second_library_knows_sm3() -> None:
    """GB/T 32905, appendix A.1."""
    assert sm3.sm3_hash(list(b"abc")) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_rows_of_the_vault_are_sm4_and_found_by_hmac_sm3(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    visitor = vault.put(Identity(name="李小龙", phone="13800138000"))
    vault.close()
    key = (tmp_path / "vault.key").read_bytes()
    database = sqlite3.connect(tmp_path / "vault.db")
    (sealed,) = database.execute("SELECT sealed FROM person WHERE visitor = ?", (visitor,)).fetchone()
    assert "李小龙".encode() in unseal(key[:KEY], visitor.encode(), sealed)
    macs = dict(database.execute("SELECT kind, hex(mac) FROM lookup WHERE visitor = ?", (visitor,)))
    database.close()
    assert macs == {
        "phone": hmac_sm3(key[KEY:], b"phone\x0013800138000").upper(),
        "tail": hmac_sm3(key[KEY:], b"tail\x008000").upper(),
    }
