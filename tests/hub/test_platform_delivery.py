"""Delivery against the simulated platform over real HTTP: each record once, in order, whatever the line does."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.engine.events import (
    AnyEvent,
    DayTurned,
    Entry,
    RequestRefused,
    ServiceRated,
    TicketCalled,
    TicketExpired,
    TicketFinished,
    TicketServed,
    TicketTaken,
    WindowOpened,
)
from hub.engine.plan import Hall, Plan, Service, Window
from hub.journal import Deliveries, Journal
from hub.platform import Delivery
from hub.platform.backoff import Backoff
from hub.platform.line import Line
from hub.platform.mapping import NEUTRAL, Mapping
from hub.platform.pace import Breaker, Rate
from hub.platform.signers.bearer import Bearer
from simulators.platform import Fault, SimulatedPlatform

TOKEN = "a-long-token-for-the-platform"
LIFE = ["ticket.taken", "ticket.called", "ticket.served", "ticket.finished", "service.rated"]
PLAN = Plan(
    id="doumen",
    name="斗门",
    halls=(Hall(id="huji", name="户籍", floor=1),),
    services=(Service(id="residence", hall="huji", name="户口", prefix="H"),),
    windows=(Window(id="w1", hall="huji", number=1, services=("residence",)),),
    devices=(),
    channels=(),
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db", "doumen")
    journal.open()
    yield journal
    journal.close()


def ticket_id(n: int) -> str:
    return f"20261122-H{n:03}"


def taken(n: int, number: str = "") -> TicketTaken:
    number = number or f"H{n:03}"
    return TicketTaken(at_ms=n, ticket=ticket_id(n), number=number, serial=n, service="residence", kiosk="k1")


def life(n: int) -> list[AnyEvent]:
    name, window = ticket_id(n), "w1"
    return [
        taken(n),
        TicketCalled(at_ms=n, ticket=name, window=window),
        TicketServed(at_ms=n, ticket=name, window=window),
        TicketFinished(at_ms=n, ticket=name, window=window),
        ServiceRated(at_ms=n, ticket=name, window=window, terminal="e1", level=5),
    ]


def append(journal: Journal, *groups: list[AnyEvent]) -> None:
    """Each group of events is one entry."""
    start = journal.position + 1
    journal.append(
        [Entry(position=start + n, at_ms=1, origin=None, events=tuple(group)) for n, group in enumerate(groups)]
    )


def append_lives(journal: Journal, first: int, count: int) -> None:
    """``count`` visitors side by side: all take, then all are called, and so on."""
    lives = [life(n) for n in range(first, first + count)]
    append(journal, *([step] for steps in zip(*lives, strict=True) for step in steps))


def deliver(
    journal: Journal,
    url: str,
    *,
    token: str = TOKEN,
    mapping: Mapping = NEUTRAL,
    client: httpx.AsyncClient | None = None,
    timeout_s: float = 5.0,
    waits: Backoff | None = None,
    **settings: Any,
) -> Delivery:
    line = Line(url, Bearer(token), mapping, client, timeout_s=timeout_s)
    breaker = Breaker(waits or Backoff(first_s=0.01, longest_s=0.05))
    return Delivery(journal, PLAN, line, **({"linger_s": 0.01, "breaker": breaker} | settings))


async def until(is_true: Callable[[], object], what: str = "", within_s: float = 8.0) -> None:
    async with asyncio.timeout(within_s):
        while not is_true():
            await asyncio.sleep(0.002)


def settled(delivery: Delivery) -> bool:
    return delivery.status()["behind"] == 0


def with_platform(story: Callable[[SimulatedPlatform], Coroutine[Any, Any, None]], store: Path | None = None) -> None:
    async def play() -> None:
        platform = SimulatedPlatform(TOKEN, store)
        await platform.start()
        try:
            await story(platform)
        finally:
            await platform.stop()
            platform.close()

    asyncio.run(play())


async def running(delivery: Delivery, story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    task = asyncio.create_task(delivery.run())
    telling = asyncio.create_task(story())
    try:
        done, _ = await asyncio.wait({task, telling}, return_when=asyncio.FIRST_COMPLETED)
        for finished in done:
            finished.result()
    finally:
        for one in (task, telling):
            one.cancel()
        await asyncio.gather(task, telling, return_exceptions=True)


def test_what_was_journalled_before_and_while_running_arrives(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append_lives(journal, 0, 30)
        delivery = deliver(journal, platform.url)

        async def busy() -> None:
            await until(lambda: settled(delivery))
            for first in (30, 60):
                append_lives(journal, first, 30)
                delivery.wake()
                await until(lambda: settled(delivery))

        await running(delivery, busy)
        assert platform.received.tickets() == {ticket_id(n): LIFE for n in range(90)}
        assert platform.received.duplicates == 0
        assert delivery.status() == {
            "url": platform.url, "last_position": 450, "behind": 0, "delivered": 450, "set_aside": 0,
            "attempts": 0, "breaker": "closed", "last_error": "", "next_try_ms": 0,
        }  # fmt: skip

    with_platform(story)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("down", share=0.6),
        Fault("500", share=0.6),
        Fault("lost_reply", share=0.6),
        Fault("duplicate_reply"),
        Fault("slow", share=0.3, delay_s=0.2),
        Fault("silent", share=0.3, delay_s=5),
        Fault("busy", share=0.6, delay_s=0),
    ],
    ids=lambda fault: fault.kind,
)
def test_every_fault_ends_with_each_record_once_and_in_order(journal: Journal, fault: Fault) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append_lives(journal, 0, 40)
        platform.fault = fault
        # slow: the platform answers after the hub has lost patience, and takes the records in all the same
        delivery = deliver(journal, platform.url, batch_records=10, timeout_s=0.1)
        await running(delivery, lambda: until(lambda: settled(delivery)))
        assert platform.received.tickets() == {ticket_id(n): LIFE for n in range(40)}
        assert platform.received.out_of_order == 0
        assert platform.received.count == 200
        assert (platform.received.duplicates > 0) == (fault.kind in ("lost_reply", "slow"))
        assert (platform.requests > 20) == (fault.kind != "duplicate_reply")

    with_platform(story)


def test_a_platform_that_is_away_is_waited_for(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append_lives(journal, 0, 10)
        await platform.stop()
        waits: list[float] = []

        def chance() -> float:
            waits.append(1.0)
            return 1.0

        clock_s = 1_000.0
        waits_doubled = Backoff(first_s=0.01, longest_s=0.02, chance=chance)
        delivery = deliver(journal, platform.url, waits=waits_doubled, now_s=lambda: clock_s)

        async def outage() -> None:
            await until(lambda: len(waits) >= 4)
            status = delivery.status()
            assert (status["behind"], status["attempts"], status["next_try_ms"]) == (50, len(waits), 1_000_020)
            assert "no connection" in str(status["last_error"])
            await platform.start()
            await until(lambda: settled(delivery))

        await running(delivery, outage)
        assert platform.received.tickets() == {ticket_id(n): LIFE for n in range(10)}
        assert delivery.status()["last_error"] == ""

    with_platform(story)


def test_a_wrong_token_sets_nothing_aside(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append(journal, [taken(1)])
        delivery = deliver(journal, platform.url, token="old")
        await running(delivery, lambda: until(lambda: "token" in str(delivery.status()["last_error"])))
        assert (delivery.status()["behind"], delivery.status()["set_aside"]) == (1, 0)

    with_platform(story)


def test_a_record_that_the_platform_rejects_holds_back_its_own_subject_only(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        poison = taken(2, number="X" * 300)
        append(journal, [taken(1)], [poison], [taken(3)])
        append(journal, *([event] for n in (1, 2, 3) for event in life(n)[1:3]))
        delivery = deliver(journal, platform.url)

        async def busy() -> None:
            await until(lambda: settled(delivery))
            append(journal, *([event] for n in (1, 2, 3) for event in life(n)[3:]))
            delivery.wake()
            await until(lambda: settled(delivery))

        await running(delivery, busy)
        assert platform.received.tickets() == {ticket_id(1): LIFE, ticket_id(3): LIFE}
        kept = Deliveries(journal, "platform").asides()
        assert [json.loads(aside.record)["type"] for aside in kept] == LIFE
        assert [aside.reason for aside in kept] == ["facts.number is longer than 200", *["behind"] * 4]
        assert {aside.subject for aside in kept} == {f"ticket:{ticket_id(2)}"}
        assert (delivery.status()["set_aside"], delivery.status()["delivered"]) == (5, 10)

        again = deliver(journal, platform.url)  # the next life of the hub still holds it back

        async def later() -> None:
            append(journal, [life(2)[1]], [WindowOpened(at_ms=1, window="w1")])
            again.wake()
            await until(lambda: settled(again))

        await running(again, later)
        assert again.status()["set_aside"] == 6
        assert platform.received.subjects["window:w1"] == ["window.opened"]
        assert ticket_id(2) not in platform.received.tickets()

    with_platform(story)


def test_a_batch_refused_as_a_whole_is_halved_to_the_one_at_fault(journal: Journal) -> None:
    """A platform that only says 400."""
    asked: list[int] = []
    accepted: list[str] = []

    def stern(request: httpx.Request) -> httpx.Response:
        records = json.loads(request.content)["records"]
        asked.append(len(records))
        if any(record["facts"].get("number") == "H005" for record in records):
            return httpx.Response(400, text="validation failed")
        accepted.extend(record["subject"] for record in records)
        return httpx.Response(200, json={"results": [{"id": r["id"], "verdict": "accepted"} for r in records]})

    async def story() -> None:
        append(journal, *([taken(n)] for n in range(8)), *([life(n)[1]] for n in range(8)))
        async with httpx.AsyncClient(transport=httpx.MockTransport(stern)) as client:
            delivery = deliver(journal, "http://platform.example", client=client)
            await running(delivery, lambda: until(lambda: settled(delivery)))

    asyncio.run(story())
    assert accepted == [f"ticket:{ticket_id(n)}" for n in (*range(5), 6, 7, *(n for n in range(8) if n != 5))]
    assert [(aside.subject, aside.reason) for aside in Deliveries(journal, "platform").asides()] == [
        (f"ticket:{ticket_id(5)}", "400 Bad Request validation failed"),
        (f"ticket:{ticket_id(5)}", "behind"),
    ]
    assert asked[0] == 16


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json={"results": []}),
        httpx.Response(200, json={"results": [{"id": "another", "verdict": "accepted"}]}),
        httpx.Response(200, json={"results": [{"id": "doumen-1-1-0", "verdict": "perhaps"}]}),
        httpx.Response(302, headers={"location": "/login"}),
        httpx.Response(429),
        httpx.Response(404),
    ],
    ids=["html", "empty", "another", "perhaps", "redirect", "too many", "not found"],
)
def test_an_answer_that_settles_nothing_moves_nothing(journal: Journal, answer: httpx.Response) -> None:
    async def story() -> None:
        append(journal, [taken(1)])
        keys = set()

        def odd(request: httpx.Request) -> httpx.Response:
            keys.add((request.headers["idempotency-key"], request.content))
            return answer

        async with httpx.AsyncClient(transport=httpx.MockTransport(odd)) as client:
            delivery = deliver(journal, "http://platform.example", client=client)
            await running(delivery, lambda: until(lambda: int(str(delivery.status()["attempts"])) >= 3))
            assert delivery.status()["last_error"]
        assert journal.cursor("platform") == 0
        assert len(keys) == 1, "the same request again, under the same key"

    asyncio.run(story())


def test_a_day_turn_with_thousands_of_tickets_is_sent_in_batches(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append(journal, *([taken(n)] for n in range(1_000)))
        expired = [TicketExpired(at_ms=1, ticket=ticket_id(n)) for n in range(1_000)]
        append(journal, [DayTurned(at_ms=1, day="20261123", ends_at_ms=2), *expired])
        delivery = deliver(journal, platform.url)
        await running(delivery, lambda: until(lambda: settled(delivery)))
        assert platform.received.tickets() == {ticket_id(n): ["ticket.taken", "ticket.expired"] for n in range(1_000)}
        assert platform.requests == 10, "of 200 each"

    with_platform(story)


def test_entries_that_are_not_the_platforms_business_are_passed_over(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append(journal, *([RequestRefused(at_ms=1, code="window.busy", by="k1")] for _ in range(500)))
        delivery = deliver(journal, platform.url)
        await running(delivery, lambda: until(lambda: settled(delivery)))
        assert (platform.requests, journal.cursor("platform")) == (0, 500)

    with_platform(story)


def test_a_hub_that_dies_between_answer_and_cursor_repeats_itself(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append_lives(journal, 0, 10)
        first = deliver(journal, platform.url)
        await running(first, lambda: until(lambda: settled(first)))
        journal.move_cursor("platform", 20)  # as a power cut may leave it
        second = deliver(journal, platform.url)
        await running(second, lambda: until(lambda: settled(second)))
        assert platform.received.tickets() == {ticket_id(n): LIFE for n in range(10)}
        assert platform.received.duplicates == 30

    with_platform(story)


def test_a_platform_that_restarts_knows_what_it_had(journal: Journal, tmp_path: Path) -> None:
    store = tmp_path / "received.jsonl"

    async def before(platform: SimulatedPlatform) -> None:
        append_lives(journal, 0, 10)
        delivery = deliver(journal, platform.url)
        await running(delivery, lambda: until(lambda: settled(delivery)))

    async def after(platform: SimulatedPlatform) -> None:
        assert platform.received.count == 50
        journal.move_cursor("platform", 0)
        delivery = deliver(journal, platform.url)
        await running(delivery, lambda: until(lambda: settled(delivery)))
        assert (platform.received.count, platform.received.duplicates) == (50, 50)

    async def one_more(platform: SimulatedPlatform) -> None:
        delivery = deliver(journal, platform.url)
        await running(delivery, lambda: until(lambda: settled(delivery)))
        assert platform.received.count == 51

    with_platform(before, store)
    with store.open("a") as torn:
        torn.write('{"id": "half a li')
    with_platform(after, store)
    append(journal, [taken(99)])
    with_platform(one_more, store)
    with_platform(one_more, store)


def test_a_journal_in_trouble_is_waited_for(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append(journal, *([taken(n)] for n in range(300)))
        delivery = deliver(journal, platform.url)
        journal.close()

        async def mended() -> None:
            await until(lambda: "not open" in str(delivery.status()["last_error"]))
            journal.open()
            await until(lambda: settled(delivery))

        await running(delivery, mended)
        assert platform.received.count == 300

    with_platform(story)


def test_an_entry_that_cannot_be_read_stops_what_is_behind_it_only(journal: Journal, tmp_path: Path) -> None:
    def alter(change: str) -> None:
        by_hand = sqlite3.connect(tmp_path / "journal.db")
        by_hand.execute("DROP TRIGGER IF EXISTS journal_written")
        by_hand.execute(f"UPDATE journal SET events = {change} WHERE position = 15")
        by_hand.commit()
        by_hand.close()

    async def story(platform: SimulatedPlatform) -> None:
        refused = RequestRefused(at_ms=1, code="window.busy", by="k1")
        append(journal, *([taken(n), refused][n % 2 :][:1] for n in range(20)))
        alter("replace(events, '{', '<')")
        delivery = deliver(journal, platform.url, batch_records=10)

        async def mended() -> None:
            await until(lambda: "position 15 cannot be read" in str(delivery.status()["last_error"]))
            assert (journal.cursor("platform"), platform.received.count) == (10, 5)
            alter("replace(events, '<', '{')")
            await until(lambda: settled(delivery))

        await running(delivery, mended)
        assert sorted(platform.received.tickets()) == [ticket_id(n) for n in range(0, 20, 2)]

    with_platform(story)


def test_two_platforms_have_cursors_of_their_own(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append(journal, [taken(1)])
        city = deliver(journal, platform.url)
        province = deliver(journal, platform.url, name="province")
        await running(city, lambda: until(lambda: settled(city)))
        assert (journal.cursor("platform"), journal.cursor("province")) == (1, 0)
        await running(province, lambda: until(lambda: settled(province)))
        assert platform.received.duplicates == 1

    with_platform(story)


@pytest.mark.parametrize("url", ["", "platform.example", "ftp://platform.example", "http://", "http://[::"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"Write (it as )?https://host"):
        Line(url)


def test_the_wait_doubles_up_to_its_limit_with_jitter() -> None:
    longest = Backoff(first_s=1, longest_s=60, chance=lambda: 1.0)
    assert [longest.wait_s(n) for n in (1, 2, 3, 7, 5_000)] == [1, 2, 4, 60, 60]
    assert Backoff(first_s=1, longest_s=60, chance=lambda: 0.0).wait_s(7) == 30


def test_a_mended_record_goes_out_before_what_waited_behind_it(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append(journal, [taken(1, "x" * 300)], *([event] for event in life(1)[1:]))
        delivery = deliver(journal, platform.url)
        kept = Deliveries(journal, "platform")

        async def a_person() -> None:
            await until(lambda: settled(delivery))
            first, *behind = kept.asides()
            assert len(behind) == 4
            kept.send_again(first.subject)
            delivery.wake()
            await until(lambda: not kept.asides(9, "due"), "sent again as it was")
            assert [aside.reason for aside in kept.asides()] == ["facts.number is longer than 200", *["behind"] * 4]

            record = json.loads(first.record)
            record["facts"]["number"] = "H001"
            kept.mend(first.id, json.dumps(record))
            kept.send_again("")
            delivery.wake()
            await until(lambda: not kept.asides())
            append(journal, [ServiceRated(at_ms=9, ticket=ticket_id(1), window="w1", terminal="e1", level=4)])
            delivery.wake()
            await until(lambda: settled(delivery))

        await running(delivery, a_person)
        assert platform.received.tickets() == {ticket_id(1): [*LIFE, "service.rated"]}
        assert (platform.received.out_of_order, delivery.status()["set_aside"]) == (0, 0)

    with_platform(story)


def test_every_arrival_has_its_receipt(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform) -> None:
        append_lives(journal, 0, 10)
        delivery = deliver(journal, platform.url, batch_records=20)
        await running(delivery, lambda: until(lambda: settled(delivery)))
        receipts = Deliveries(journal, "platform").receipts()
        assert sum(receipt.records for receipt in receipts) == 50
        assert {receipt.receipt for receipt in receipts} == set(platform.receipts)
        assert all(receipt.receipt for receipt in receipts)

    with_platform(story)


def test_a_breaker_that_is_open_tries_one_record_at_a_time(journal: Journal) -> None:
    asked: list[int] = []

    def down_for_six(request: httpx.Request) -> httpx.Response:
        records = json.loads(request.content)["records"]
        asked.append(len(records))
        if len(asked) <= 6:
            return httpx.Response(503)
        return httpx.Response(200, json={"results": [{"id": r["id"], "verdict": "accepted"} for r in records]})

    async def story() -> None:
        append(journal, *([taken(n)] for n in range(8)))
        async with httpx.AsyncClient(transport=httpx.MockTransport(down_for_six)) as client:
            delivery = deliver(journal, "http://platform.example", client=client)
            await running(delivery, lambda: until(lambda: settled(delivery)))

    asyncio.run(story())
    assert asked == [8, 8, 8, 8, 8, 1, 1, 7]


def test_a_platform_is_not_asked_faster_than_it_allows() -> None:
    at_s = 0.0
    rate = Rate(2, burst=2, steady_s=lambda: at_s)
    assert [rate.wait_s() for _ in range(4)] == [0, 0, 0.5, 1.0]
    at_s = 10.0
    assert [rate.wait_s() for _ in range(3)] == [0, 0, 0.5], "no more than a burst is saved up"
    assert Rate(0).wait_s() == 0
