"""Signatures: the vectors of RFC 8032, section 7.1, and what must not pass."""

from binascii import unhexlify

from firmware.update.ed25519 import L, verify
from firmware.update.sha512 import sha512
from tests.portable.bench import Dice, play

# RFC 8032, 7.1: public key, message, signature of TEST 1, 2, 3 and SHA(abc).
ABC = unhexlify(
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        ABC,
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)


def check(key, message, signature):
    found = []

    async def story():
        found.append(await verify(key, message, signature))

    play(story)
    return found[0]


def test_sha512_of_known_messages():
    assert sha512(b"abc") == ABC
    assert sha512(b"") == unhexlify(
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
    )
    assert sha512(b"a" * 111) != sha512(b"a" * 112)


def test_sha512_is_the_one_of_the_library_where_there_is_one():
    import hashlib

    if hasattr(hashlib, "sha512"):
        for size in (1, 110, 111, 112, 127, 128, 129, 239, 240, 241, 1000):
            assert sha512(b"x" * size) == hashlib.sha512(b"x" * size).digest(), size


def test_the_vectors_of_the_rfc_pass():
    for key, message, signature in VECTORS:
        assert check(unhexlify(key), message, unhexlify(signature))


def test_one_bit_of_key_message_or_signature_is_enough_to_fail():
    dice = Dice(11)
    key, message, signature = [unhexlify(VECTORS[2][0]), VECTORS[2][1], unhexlify(VECTORS[2][2])]
    for which in range(3):
        for _ in range(3):
            parts = [bytearray(key), bytearray(message), bytearray(signature)]
            at = dice.below(len(parts[which]))
            parts[which][at] ^= 1 << dice.below(8)
            assert not check(bytes(parts[0]), bytes(parts[1]), bytes(parts[2])), (which, at)


def test_what_is_no_signature_is_refused_and_harms_nothing():
    key, message, signature = unhexlify(VECTORS[2][0]), VECTORS[2][1], unhexlify(VECTORS[2][2])
    assert not check(key, message, b"")
    assert not check(key, message, signature[:63])
    assert not check(key[:31], message, signature)
    assert not check(b"\xff" * 32, message, signature)
    assert not check(key, message, b"\xff" * 64)
    assert not check(key, message, bytes(64))


def test_a_signature_has_one_form_only():
    """RFC 8032, 5.1.7: S must be below the order, or each signature would have twins."""
    key, message, signature = unhexlify(VECTORS[1][0]), VECTORS[1][1], unhexlify(VECTORS[1][2])
    s = int.from_bytes(signature[32:], "little")
    assert not check(key, message, signature[:32] + (s + L).to_bytes(32, "little"))
