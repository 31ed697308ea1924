"""The callback over HTTP: malformed, replayed, late, early, oversize, forged: refused with a reason, and no ring."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest

from hub.platform.doorbell import SKEW_MS
from tests.hub.fuzz_kit import SECRET, Fuzzed, Watch

PATH = "/callbacks/appointments"
Headers = list[tuple[str, str]]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    api = Fuzzed(tmp_path_factory.mktemp("callbacks") / "hub")
    yield api
    api.close()


@pytest.fixture
def rings(api: Fuzzed) -> list[int]:
    """One for each time it rang."""
    assert api.hub.platform is not None
    assert api.hub.platform.doorbell is not None
    heard: list[int] = []
    api.hub.platform.doorbell._ring = lambda: heard.append(1)
    return heard


def signed(api: Fuzzed, nonce: str, body: bytes = b"", *, late_ms: int = 0, secret: bytes = SECRET) -> Headers:
    """As the platform's side does it."""
    at = str(api.hub.now_ms() - late_ms)
    text = at + nonce + hashlib.sha256(body).hexdigest()
    made = base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()
    return [("X-Timestamp", at), ("X-Nonce", nonce), ("X-Signature", made)]


def ring(api: Fuzzed, headers: Headers, body: bytes = b"") -> Any:
    return api.ask_scope("POST", PATH, headers, body)


def test_a_true_call_rings_once_and_its_repetition_does_not(api: Fuzzed, rings: list[int]) -> None:
    headers = signed(api, "once-and-no-more")
    assert (ring(api, headers).status_code, rings) == (202, [1])
    with Watch(api) as watch:
        watch.answer = ring(api, headers)
    assert (watch.answer.status_code, rings) == (401, [1])
    assert "new one for each call" in watch.answer.json()["detail"]


def test_an_older_call_after_a_newer_one_rings_too_for_it_carries_nothing(api: Fuzzed, rings: list[int]) -> None:
    older, newer = signed(api, "the-older-of-both", late_ms=60_000), signed(api, "the-newer-of-both")
    assert [ring(api, newer).status_code, ring(api, older).status_code] == [202, 202]
    assert rings == [1, 1]


ATTACKS: dict[str, tuple[Any, int, str]] = {
    "nothing": (lambda api: ([], b""), 401, "X-Timestamp"),
    "another secret": (lambda api: (signed(api, "a" * 16, secret=b"somebody else's secret"), b""), 401, "signature"),
    "another body": (lambda api: (signed(api, "b" * 16), b"{}"), 401, "signature"),
    "late": (lambda api: (signed(api, "c" * 16, late_ms=SKEW_MS + 60_000), b""), 401, "five minutes off"),
    "early": (lambda api: (signed(api, "d" * 16, late_ms=-SKEW_MS - 60_000), b""), 401, "five minutes off"),
    "short nonce": (lambda api: (signed(api, "short"), b""), 401, "X-Nonce"),
    "long nonce": (lambda api: (signed(api, "n" * 65), b""), 401, "X-Nonce"),
    "other letters": (lambda api: (signed(api, "n" * 16 + "\xe9"), b""), 401, "X-Nonce"),
    "no time": (lambda api: ([("X-Timestamp", "now"), *signed(api, "e" * 16)[1:]], b""), 401, "X-Timestamp"),
    "huge time": (lambda api: ([("X-Timestamp", "9" * 400), *signed(api, "f" * 16)[1:]], b""), 401, "X-Timestamp"),
    "other digits": (lambda api: ([("X-Timestamp", "\xb2" * 13), *signed(api, "g" * 16)[1:]], b""), 401, "X-Timestamp"),
    "no signature": (lambda api: (signed(api, "h" * 16)[:2], b""), 401, "X-Signature"),
    "told twice": (lambda api: (signed(api, "i" * 16) * 2, b""), 401, "told twice"),
    "a token": (lambda api: ([("Authorization", "Bearer a-token-of-the-hub")], b""), 401, "X-Timestamp"),
    "oversize": (lambda api: (signed(api, "j" * 16, b"x" * 20_000), b"x" * 20_000), 413, "at most 16384"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_who_is_not_the_platform_rings_not(api: Fuzzed, rings: list[int], attack: str) -> None:
    made, status, says = ATTACKS[attack]
    assert api.hub.platform is not None
    assert api.hub.platform.doorbell is not None
    refused = api.hub.platform.doorbell.refused
    before = sum(refused.values())
    with Watch(api) as watch:
        watch.answer = ring(api, *made(api))
    assert watch.answer.status_code == status
    assert says in watch.answer.json()["detail"]
    assert (rings, sum(refused.values()) - before) == ([], int(status == 401))
    assert api.hub.refusals.newest[-1].reason == "platform callback refused"
