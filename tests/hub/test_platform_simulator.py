"""The simulated platform is as strict as a real one, and its switch breaks what it says."""

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.platform import KINDS, Fault, Received, SimulatedPlatform
from simulators.platform.check import FACTS, complaint
from simulators.platform.page_words import FAULTS, TYPES

TOKEN = "a-long-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "k"}


def taken(n: int = 1, **changes: Any) -> dict[str, Any]:
    facts = {
        "number": "H1", "service": "s", "kiosk": "k", "language": "zh", "priority": "none", "ahead": 0,
        "was_offline": False, "appointment": "", "booked": False, "persons": 1, "first_ticket": "",
        "taken_at": "2026-11-22T09:00:00.000+08:00",
    }  # fmt: skip
    record = {
        "id": f"doumen-1-{n}-0", "type": "ticket.taken", "at": "2026-11-22T09:00:00.000+08:00", "site": "doumen",
        "epoch": 1, "sequence": n, "hall": "huji", "subject": f"ticket:T{n}", "facts": facts,
    }  # fmt: skip
    return record | changes


def called(n: int, subject: str) -> dict[str, Any]:
    return taken(n, type="ticket.called", subject=subject, facts={"window": "w1"})


def verdicts(received: Received, *records: Any) -> list[str]:
    return [verdict["verdict"] for verdict in received.take(list(records))]


def rated(**facts: Any) -> Any:
    told = {
        "window": "w",
        "terminal": "e",
        "source": "terminal",
        "service": "s",
        "nth": 1,
        "is_default": False,
        **facts,
    }
    return taken(type="service.rated", facts=told)


def test_a_poor_rating_says_why_in_one_way_or_another() -> None:
    for reasons, why in (([214], "reasons"), ([], "words"), ([], "key")):
        assert complaint(rated(level=2, reasons=reasons, why=why)) == ""
    assert complaint(rated(level=3, reasons=[], why="")) == ""


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (["ticket.taken"], "must be an object"),
        ({key: value for key, value in taken().items() if key != "hall"}, "hall is missing"),
        (taken(sequence="1"), "sequence must be int"),
        (taken(epoch=True), "epoch must be int, not bool"),
        (taken(type="ticket.eaten"), "unknown"),
        (taken(name="张三"), "name is not in the contract"),
        (taken(facts={"number": "H1"}), "facts.service is missing"),
        (taken(facts=called(1, "")["facts"]), "facts.number is missing"),
        (taken(subject="window:w1"), "must be ticket:"),
        (taken(subject="ticket:"), "must be ticket:"),
        (taken(at="yesterday"), "no ISO 8601 time"),
        (taken(at="2026-11-22T09:00:00"), "no offset"),
        (taken(sequence=-1), "not be negative"),
        (taken(facts=taken()["facts"] | {"taken_at": "9:00"}), "facts.taken_at '9:00' is no ISO 8601 time"),
        (taken(id=""), "must not be empty"),
        (taken(hall="h" * 201), "longer than 200"),
        (rated(level=2, reasons=[], why=""), "must say why, below 3"),
        (rated(level=2, reasons=[], why="reasons"), "does not fit the reasons"),
        (rated(level=2, reasons=[214], why="key"), "does not fit the reasons"),
        (rated(level=5, reasons=[], why="", source="admin"), "facts.source must be one of"),
    ],
)
def test_a_record_against_the_contract_is_rejected_with_the_reason(record: Any, words: str) -> None:
    assert words in complaint(record)
    received = Received()
    assert verdicts(received, record) == ["rejected"]
    assert (received.count, received.counts()["rejected"]) == (0, 1)


def test_a_repeated_record_is_stored_once() -> None:
    received = Received()
    assert verdicts(received, taken(1), taken(1)) == ["accepted", "duplicate"]
    assert verdicts(received, taken(1)) == ["duplicate"]
    assert (received.count, received.duplicates, received.tickets()) == (1, 2, {"T1": ["ticket.taken"]})


def test_a_record_that_comes_too_late_is_out_of_order() -> None:
    received = Received()
    assert verdicts(received, taken(1), called(9, "ticket:T1"), called(5, "ticket:T1")) == [
        "accepted", "accepted", "rejected",
    ]  # fmt: skip
    assert verdicts(received, called(20, "ticket:T2")) == ["rejected"], "not taken yet"
    assert received.out_of_order == 2


def test_a_new_journal_of_the_site_begins_again() -> None:
    received = Received()
    assert verdicts(received, taken(7), taken(1, epoch=2, id="doumen-2-1-0", subject="ticket:T7")) == ["accepted"] * 2


def test_behind_a_rejected_record_its_subject_waits() -> None:
    received = Received()
    answer = received.take([taken(1, hall=3), called(2, "ticket:T1"), taken(3)])
    assert [one["verdict"] for one in answer] == ["rejected", "rejected", "accepted"]
    assert answer[1]["reason"] == "behind doumen-1-1-0"


@pytest.mark.parametrize(
    "setting",
    [
        [],
        {},
        {"kind": "fire"},
        {"kind": "down", "share": 2},
        {"kind": "down", "for_s": -1},
        {"kind": "down", "for_s": True},
        {"kind": "slow", "delay_s": "long"},
        {"kind": "slow", "speed": 1},
    ],
)
def test_a_fault_that_is_none_is_refused(setting: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Fault.from_plain(setting)


def test_a_fault_ends_after_its_time_and_hits_its_share() -> None:
    dice = random.Random(1)
    fault = Fault("down", for_s=10, share=0.25)
    hits = [fault.strikes(100.0, dice) for _ in range(1_000)]
    assert 200 < hits.count("down") < 300
    assert {fault.strikes(109.9, dice) for _ in range(100)} == {"down", "none"}
    assert {fault.strikes(110.0, dice) for _ in range(100)} == {"none"}


def test_the_page_has_words_for_everything() -> None:
    assert set(TYPES) == set(FACTS)
    assert set(FAULTS) == set(KINDS)


def test_over_http() -> None:
    async def story() -> None:
        platform = SimulatedPlatform(TOKEN)
        await platform.start()
        body = {"records": [taken(1), called(2, "ticket:T1"), taken(3, hall=0)]}
        async with httpx.AsyncClient(base_url=platform.url, trust_env=False) as client:
            for headers, status in (({}, 401), ({**HEADERS, "Authorization": "Bearer wrong"}, 401)):
                assert (await client.post("/events", json=body, headers=headers)).status_code == status
            assert (
                await client.post("/events", json=body, headers={"Authorization": f"Bearer {TOKEN}"})
            ).status_code == 400
            for bad in (b"", b"{", b"[]", b'{"records": 1}', b'{"records": []}', b"[" * 100_000):
                assert (await client.post("/events", content=bad, headers=HEADERS)).status_code in (400, 413)
            answer = await client.post("/events", json=body, headers=HEADERS)
            assert [one["verdict"] for one in answer.json()["results"]] == ["accepted", "accepted", "rejected"]
            seen = (await client.get("/received")).json()
            assert seen["tickets"] == {"T1": ["ticket.taken", "ticket.called"]}
            assert (await client.get("/received/counts")).json()["records"] == 2
            page = (await client.get("/")).text
            assert "市统一申办受理平台" in page
            assert "<td>叫号<td>T1" in page
            assert "hall must be str" in page
            assert (await client.get("/elsewhere")).status_code == 404
            assert (await client.post("/fault", json={"kind": "fire"})).status_code == 400
            assert (await client.post("/fault", json={"kind": "500"})).json()["kind"] == "500"
            assert (await client.post("/events", json=body, headers=HEADERS)).status_code == 500
            await client.post("/fault", json={"kind": "lost_reply"})
            with pytest.raises(httpx.RemoteProtocolError):
                await client.post("/events", json={"records": [taken(8)]}, headers=HEADERS)
            assert platform.received.count == 3, "taken in, though not answered for"
            await client.post("/fault", json={"kind": "down"})
            with pytest.raises(httpx.RemoteProtocolError):
                await client.post("/events", json={"records": [taken(9)]}, headers=HEADERS)
            assert platform.received.count == 3
            await client.post("/fault", json={"kind": "duplicate_reply"})
            answer = await client.post("/events", json={"records": [taken(9)]}, headers=HEADERS)
            assert [one["verdict"] for one in answer.json()["results"]] == ["accepted", "duplicate"]
        await platform.stop()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", b" 400 "),
        (b"POST /events HTTP/1.1\r\nContent-Length: many\r\n\r\n", b" 400 "),
        (b"POST /events HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b" 413 "),
        (b"POST /events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b" 411 "),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 200_000, b" 431 "),
    ],
)
def test_bytes_that_are_no_request(raw: bytes, status: bytes) -> None:
    async def story() -> None:
        platform = SimulatedPlatform(TOKEN)
        await platform.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", platform.port)
        writer.write(raw)
        assert status in await reader.readline()
        writer.close()
        await platform.stop()

    asyncio.run(story())


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "token").write_text(TOKEN + "\n")
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], str]:
        arguments = ["--token-file", str(tmp_path / "token"), "--store", str(tmp_path / "received.jsonl")]
        command = [sys.executable, "-m", "simulators.platform", *arguments]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout
        return started[-1], started[-1].stdout.readline().strip()

    yield start
    for one in started:
        one.kill()
        one.wait()
        assert one.stdout
        one.stdout.close()


def test_as_a_process_it_keeps_what_it_answered_for_over_kill_9(process: Any) -> None:
    first, url = process()
    with httpx.Client(trust_env=False) as client:
        sent = client.post(f"{url}/events", json={"records": [taken(1), taken(2)]}, headers=HEADERS)
        assert [one["verdict"] for one in sent.json()["results"]] == ["accepted", "accepted"]
        first.kill()
        first.wait()
        second, url = process()
        sent = client.post(f"{url}/events", json={"records": [taken(2), taken(3)]}, headers=HEADERS)
        assert [one["verdict"] for one in sent.json()["results"]] == ["duplicate", "accepted"]
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=5) == 0


def test_as_a_process_it_says_what_is_missing(tmp_path: Path) -> None:
    for token in (None, "\n"):
        if token is not None:
            (tmp_path / "token").write_text(token)
        command = [sys.executable, "-m", "simulators.platform", "--token-file", str(tmp_path / "token")]
        told = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert told.returncode == 1
        assert told.stderr.startswith("simulated platform: ")
        assert "Traceback" not in told.stderr
