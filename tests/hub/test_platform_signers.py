"""Signers against published vectors, and against a second library."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from hub.platform import signers
from hub.platform.signers import SignerError
from hub.platform.signers.hmac_sha256 import HmacSha256
from hub.platform.signers.hmac_sha256 import Secrets as HmacSecrets
from hub.platform.signers.tif_sha256 import Secrets as TifSecrets
from hub.platform.signers.tif_sha256 import TifSha256

AT_MS = 1_700_000_000_000
BODY = b'{"records":[]}'


def private(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_gateway_of_guangdong_gets_its_published_signature() -> None:
    signed = TifSha256(TifSecrets("hall", "token")).sign(BODY, AT_MS, "123456789abcdefg")
    assert signed.body == BODY
    assert signed.headers == {
        "x-tif-paasid": "hall",
        "x-tif-timestamp": "1700000000",
        "x-tif-nonce": "123456789abcdefg",
        "x-tif-signature": "1ccd4cba6d7e967f941117a5dfe59a021f6c219ce37e43b5f01790cf0ab21058",
    }
    shouted = TifSha256(TifSecrets("hall", "token", "queue", True)).sign(BODY, AT_MS, "123456789abcdefg")
    assert shouted.headers["x-tif-signature"] == signed.headers["x-tif-signature"].upper()
    assert shouted.headers["x-tif-serviceId"] == "queue"


def test_the_national_exchange_platform_gets_its_published_signature() -> None:
    signed = HmacSha256(HmacSecrets("rid", "secret", service_id="sid")).sign(BODY, AT_MS, "unused")
    assert signed.headers == {
        "gjgxjhpt_rid": "rid",
        "gjgxjhpt_sid": "sid",
        "gjgxjhpt_rtime": "1700000000000",
        "gjgxjhpt_sign": "2/e8nyOQto/LdaZOMqek0PU6fZpjBXR8i3cj3oZ3a1Q=",
    }


def test_a_client_id_gateway_gets_a_signature_over_the_nonce() -> None:
    signer = HmacSha256(HmacSecrets("c", "secret", "client-id"))
    one, other = (signer.sign(BODY, AT_MS, nonce).headers for nonce in ("n1", "n2"))
    assert (one["X-Client-Id"], one["X-Timestamp"], one["X-Nonce"]) == ("c", "1700000000000", "n1")
    # printf 'c1700000000000n1' | openssl dgst -sha256 -hmac secret -binary | base64
    assert one["X-Signature"] == "9n60WvUdFVi5sGh0tN2tEm/ok1gxuQ6vKGONZZ/0xSs="
    assert one["X-Signature"] != other["X-Signature"]


@pytest.fixture(scope="module")
def sm2_keys() -> tuple[bytes, bytes]:
    gmssl_pyx = pytest.importorskip("gmssl_pyx", reason="SM2 needs: pip install 'hallhub[sm2]'")
    keys: tuple[bytes, bytes] = gmssl_pyx.sm2_key_generate()
    return keys


@pytest.mark.parametrize("form", ["raw", "der"])
def test_a_second_library_accepts_the_sm2_signature_and_reads_the_sm4_body(
    form: str, sm2_keys: tuple[bytes, bytes], tmp_path: Path
) -> None:
    from gmssl import sm2

    public, secret = sm2_keys
    key = bytes(range(16))
    path = private(
        tmp_path / "secrets.toml",
        f'app_id = "hall"\nsm4_key = "{key.hex()}"\nprivate_key = "{secret.hex()}"\npublic_key = "04{public.hex()}"\n'
        f'signature = "{form}"\n',
    )
    signed = signers.make("sm2-sm4", secrets_file=path).sign(BODY, AT_MS, "n" * 16)
    envelope = json.loads(signed.body)
    signature = envelope.pop("signData")
    text = "&".join(f"{name}={envelope[name]}" for name in sorted(envelope)).encode()
    verifier = sm2.CryptSM2(private_key="", public_key=public.hex(), asn1=form == "der")
    assert verifier.verify_with_sm3(signature, text)
    assert not verifier.verify_with_sm3(signature, text + b" ")

    sealed = base64.b64decode(envelope["encData"])
    decryptor = Cipher(algorithms.SM4(key), modes.CBC(sealed[:16])).decryptor()
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(sealed[16:]) + decryptor.finalize()
    assert unpadder.update(padded) + unpadder.finalize() == BODY
    assert (envelope["appId"], envelope["timestamp"]) == ("hall", "1700000000")


def test_a_token_goes_along_as_it_is(tmp_path: Path) -> None:
    signer = signers.make("none", token_file=private(tmp_path / "token", " t-1\n"))
    assert signer.sign(BODY, AT_MS, "n").headers == {"Authorization": "Bearer t-1"}
    assert signers.make("none").sign(BODY, AT_MS, "n").headers == {}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("sha1", "", "no signer is called 'sha1'; there are none, tif-sha256"),
        ("tif-sha256", "paas_id = 1", "not the secrets of tif-sha256: Expected `str`, got `int`"),
        ("tif-sha256", "x = [", "not the secrets of tif-sha256"),
        ("hmac-sha256", 'client_id = "c"', "missing required field `secret`"),
        ("sm2-sm4", 'app_id="a"\nsm4_key="00"\nprivate_key=""\npublic_key=""', "sm4_key must be 32 hexadecimal digits"),
    ],
)
def test_wrong_secrets_are_named(name: str, text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SignerError, match=r"^[^\n]*" + says.replace("`", ".")):
        signers.make(name, secrets_file=private(tmp_path / "s.toml", text))


def test_secrets_that_others_may_read_are_not_used(tmp_path: Path) -> None:
    path = Path(private(tmp_path / "token", "t"))
    path.chmod(0o644)
    with pytest.raises(SignerError, match="others may read it; do: chmod 600"):
        signers.make("none", token_file=str(path))
    with pytest.raises(SignerError, match="needs its secrets; name their file"):
        signers.make("tif-sha256")
    with pytest.raises(SignerError, match="No such file"):
        signers.make("tif-sha256", secrets_file=str(tmp_path / "gone"))
