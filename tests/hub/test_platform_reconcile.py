"""Days reconciled with the simulated platform, and each way of signing let in or turned away by it."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.journal import Aside, Deliveries, Journal
from hub.platform import signers
from hub.platform.line import Line
from hub.platform.reconcile import Unanswered, reconcile
from simulators.platform import Fault, SimulatedPlatform
from simulators.platform.gate import ClientIdGate, Forged, Freshness, Gate, HmacGate, SmGate, TifGate
from tests.hub.platform_stage import DAY, NOON_MS, PLAN, a_day, delivered, with_platform


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db", "doumen")
    journal.open()
    yield journal
    journal.close()


def test_two_sides_that_agree_say_so_in_one_request(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 50, NOON_MS)
        a_day(journal, 51, 50, NOON_MS + 86_400_000)
        await delivered(journal, line)
        before = platform.requests
        found = await reconcile(journal, PLAN, line, DAY, NOON_MS)
        assert [(one.type, one.ours, one.theirs, one.is_equal) for one in found.types] == [
            ("ticket.called", 50, 50, True),
            ("ticket.taken", 50, 50, True),
        ]
        assert (found.is_equal, found.repaired, platform.requests - before) == (True, 0, 1)

    with_platform(story)


def test_what_the_platform_lost_or_spoilt_is_listed_and_repaired(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 300, NOON_MS)
        await delivered(journal, line)
        ids = [f"doumen-{journal.epoch}-{position}-0" for position in range(1, 251)]
        for id_ in ids[:249]:
            platform.received.lose(id_)
        platform.received.spoil(ids[249])

        looked = await reconcile(journal, PLAN, line, DAY, NOON_MS, is_repairing=False)
        assert not looked.is_equal
        assert [(one.type, one.ours, one.theirs) for one in looked.types if not one.is_equal][-1] == (
            "ticket.taken", 300, 51
        )  # fmt: skip
        assert Counter((one.type, one.what) for one in looked.differences) == {
            ("ticket.taken", "missing"): 249, ("ticket.taken", "different"): 1
        }  # fmt: skip

        repaired = await reconcile(journal, PLAN, line, DAY, NOON_MS)
        assert repaired.repaired == 250
        again = await reconcile(journal, PLAN, line, DAY, NOON_MS)
        assert (again.is_equal, again.repaired) == (True, 0)
        assert platform.received.subjects["ticket:20261122-H001"] == ["ticket.taken", "ticket.called"]

    with_platform(story)


def test_what_only_the_platform_has_is_listed_and_left_alone(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 2, NOON_MS)
        await delivered(journal, line)
        stray = {
            "id": "doumen-0-1-0", "type": "ticket.expired", "at": f"{DAY}T12:00:00.000+08:00", "site": "doumen",
            "epoch": 0, "sequence": 9, "hall": "huji", "subject": "ticket:20261122-H009", "facts": {},
        }  # fmt: skip
        assert platform.received.repair([stray]) == [{"id": "doumen-0-1-0", "verdict": "accepted"}]
        found = await reconcile(journal, PLAN, line, DAY, NOON_MS)
        assert [(one.id, one.what) for one in found.differences] == [("doumen-0-1-0", "unknown")]
        assert (found.repaired, platform.received.count) == (0, 5)

    with_platform(story)


def test_what_was_not_sent_yet_or_is_set_aside_is_no_difference(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 3, NOON_MS)
        aside = Aside(
            id=f"doumen-{journal.epoch}-1-0", position=1, subject="ticket:x", record="{}", reason="no", at_ms=1
        )
        Deliveries(journal, "platform").settle(1, [aside])
        found = await reconcile(journal, PLAN, line, DAY, NOON_MS, is_repairing=False)
        assert [(one.type, one.what) for one in found.differences] == [("ticket.called", "missing")]
        assert found.set_aside == 1

    with_platform(story)


@pytest.mark.parametrize("fault", ["down", "500"])
def test_a_platform_that_is_away_changes_nothing(journal: Journal, fault: str) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 3, NOON_MS)
        platform.fault = Fault(fault)
        with pytest.raises(Unanswered, match=r"500|no connection"):
            await reconcile(journal, PLAN, line, DAY, NOON_MS)

    with_platform(story)


def test_a_day_that_is_none_is_refused(journal: Journal) -> None:
    with pytest.raises(ValueError, match="does not match format"):
        asyncio.run(reconcile(journal, PLAN, Line("http://platform.example"), "22.11.2026", NOON_MS))


def private(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return str(path)


def schemes(folder: Path, *, is_wrong: bool = False) -> dict[str, tuple[str, Gate]]:
    """Scheme → the hub's secrets file and the platform's gate; when it is wrong the hub has other secrets."""
    gmssl_pyx = pytest.importorskip("gmssl_pyx", reason="SM2 needs: pip install 'hallhub[sm2]'")
    public, secret = gmssl_pyx.sm2_key_generate()
    other_public, other_secret = gmssl_pyx.sm2_key_generate()
    if is_wrong:
        secret, sent_public = other_secret, other_public
    else:
        sent_public = public
    key, word = secrets.token_bytes(16), "wrong" if is_wrong else "right"
    return {
        "tif-sha256": (
            private(folder / "tif.toml", f'paas_id = "hall"\npaas_token = "{word}"\n'),
            TifGate("hall", "right", Freshness()),
        ),
        "hmac-sha256": (
            private(folder / "hmac.toml", f'client_id = "hall"\nservice_id = "queue"\nsecret = "{word}"\n'),
            HmacGate("hall", "queue", "right", Freshness()),
        ),
        "hmac-sha256 client-id": (
            private(folder / "client.toml", f'client_id = "hall"\nflavour = "client-id"\nsecret = "{word}"\n'),
            ClientIdGate("hall", "right", Freshness()),
        ),
        "sm2-sm4": (
            private(
                folder / "sm.toml",
                f'app_id = "hall"\nsm4_key = "{key.hex()}"\nprivate_key = "{secret.hex()}"\n'
                f'public_key = "{sent_public.hex()}"\n',
            ),
            SmGate("hall", key, public, Freshness()),
        ),
    }


@pytest.mark.parametrize("scheme", ["tif-sha256", "hmac-sha256", "hmac-sha256 client-id", "sm2-sm4"])
def test_signed_records_arrive_and_are_reconciled(journal: Journal, tmp_path: Path, scheme: str) -> None:
    path, gate = schemes(tmp_path)[scheme]

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 20, NOON_MS)
        await delivered(journal, line)
        assert platform.received.count == 40
        assert (await reconcile(journal, PLAN, line, DAY, NOON_MS)).is_equal
        platform.received.lose(f"doumen-{journal.epoch}-3-0")
        assert (await reconcile(journal, PLAN, line, DAY, NOON_MS)).repaired == 1
        assert (await line.get("/appointments", {"after": 0})).status == 200
        assert platform.forged == 0

    with_platform(story, signers.make(scheme.partition(" ")[0], secrets_file=path), gate)


@pytest.mark.parametrize("scheme", ["tif-sha256", "hmac-sha256", "hmac-sha256 client-id", "sm2-sm4"])
def test_a_wrong_signature_takes_nothing_in(journal: Journal, tmp_path: Path, scheme: str) -> None:
    path, gate = schemes(tmp_path, is_wrong=True)[scheme]

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        heard = await line.post("/events", {"records": []}, "k")
        assert (heard.status, json.loads(heard.body)) == (401, {"error": "the signature is wrong"})
        assert (platform.forged, platform.received.count) == (1, 0)

    with_platform(story, signers.make(scheme.partition(" ")[0], secrets_file=path), gate)


def test_old_and_repeated_requests_are_turned_away() -> None:
    freshness = Freshness(now_s=lambda: 1_000_000.0)
    freshness.check("1000100", "n1")
    for at_s, nonce, says in (
        ("1000100", "n1", "used before"),
        ("1000301", "n2", "differ by 301 s"),
        ("x", "n3", "no"),
    ):
        with pytest.raises(Forged, match=says):
            freshness.check(at_s, nonce)


def test_a_line_whose_clock_is_wrong_is_told_so(journal: Journal, tmp_path: Path) -> None:
    path, gate = schemes(tmp_path)["tif-sha256"]

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        heard = await line.post("/events", {"records": []}, "k")
        assert heard.status == 401
        assert b"the clocks differ by 36" in heard.body

    with_platform(story, signers.make("tif-sha256", secrets_file=path), gate, late_s=3600)
