"""What becomes of the delivery when the line was bad: pauses cut short, backlogs in batches, days that were missed."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from hub.journal import Aside, Deliveries, Journal, Receipt
from hub.platform.backoff import Backoff
from hub.platform.daily import Daily
from hub.platform.delivery import Delivery
from hub.platform.desk import RECEIPTS_DAYS, Desk
from hub.platform.line import Line
from hub.platform.pace import Breaker, Rate
from hub.platform.reconcile import DAY_MS, day_starts_ms, reconcile
from hub.platform.signers.bearer import Bearer
from simulators.platform import Fault, SimulatedPlatform
from tests.hub.platform_stage import DAY, NEXT, NOON_MS, PLAN, TOKEN, a_day, delivered, quick, with_platform

MORNING_AFTER_MS = day_starts_ms(PLAN, NEXT) + 10 * 3_600_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db", "doumen")
    journal.open()
    yield journal
    journal.close()


async def until(is_true: object, within_s: float = 8.0) -> None:
    async with asyncio.timeout(within_s):
        while not is_true():  # type: ignore[operator]
            await asyncio.sleep(0.002)


class Running:
    """A delivery at work while the block lasts."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery

    async def __aenter__(self) -> Delivery:
        self._task = asyncio.create_task(self.delivery.run())
        return self.delivery

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def a_desk(journal: Journal, line: Line, folder: Path, now_ms: int, delivery: Delivery | None = None) -> Desk:
    return Desk(journal, delivery or quick(journal, line), line, lambda: PLAN, folder, lambda: now_ms)


def test_who_knows_that_the_platform_is_back_need_not_wait_for_the_next_try(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 5, NOON_MS)
        platform.fault = Fault("down")
        patient = Breaker(Backoff(first_s=3600, longest_s=3600))
        async with Running(Delivery(journal, PLAN, line, linger_s=0, breaker=patient)) as delivery:
            await until(lambda: delivery.status()["attempts"] == 1)
            platform.fault = Fault()
            assert a_desk(journal, line, tmp_path, NOON_MS, delivery).send_again() == 0
            await until(lambda: delivery.status()["behind"] == 0)
        assert platform.received.count == 10

    with_platform(story)


def test_a_platform_that_asks_for_a_pause_gets_it(journal: Journal) -> None:
    def busy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"retry-after": "120"})

    async def story() -> None:
        a_day(journal, 1, 1, NOON_MS)
        async with httpx.AsyncClient(transport=httpx.MockTransport(busy)) as client:
            line = Line("http://platform.example", client=client)
            async with Running(Delivery(journal, PLAN, line, linger_s=0, now_s=lambda: 1_000.0)) as delivery:
                await until(lambda: delivery.status()["attempts"])
                assert delivery.status()["next_try_ms"] == 1_120_000

    asyncio.run(story())


@pytest.mark.parametrize("header", ["-1", "soon", "1e3", "٣", "9" * 11, ""])
def test_a_pause_that_is_none_is_passed_over(header: str) -> None:
    async def story() -> None:
        answer = httpx.Response(503, headers={"retry-after": header.encode()})
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as client:
            assert (await Line("http://platform.example", client=client).get("/x", {})).pause_s == 0

    asyncio.run(story())


def test_an_answer_that_dribbles_is_given_up() -> None:
    """Each byte comes in time, and the end never does."""

    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.005)

    async def story() -> None:
        answer = httpx.MockTransport(lambda _: httpx.Response(200, content=drip()))
        async with httpx.AsyncClient(transport=answer) as client:
            heard = await Line("http://platform.example", client=client, timeout_s=0.05).get("/x", {})
        assert (heard.status, b"no answer in time" in heard.body) == (0, True)

    asyncio.run(story())


def test_an_answer_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.platform.line.MAX_ANSWER", 1_000)

    async def story() -> None:
        answer = httpx.MockTransport(lambda _: httpx.Response(200, content=b"x" * 1_001))
        async with httpx.AsyncClient(transport=answer) as client:
            heard = await Line("http://platform.example", client=client).get("/x", {})
        assert (heard.status, b"more than 1000 bytes" in heard.body) == (0, True)

    asyncio.run(story())


def test_all_that_is_asked_keeps_to_the_rate(journal: Journal) -> None:
    """Repairs and questions, too: the platform does not care why it is asked."""

    class Counted(Rate):
        turns = 0

        def wait_s(self) -> float:
            self.turns += 1
            return super().wait_s()

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 300, NOON_MS)
        rate = Counted(0)
        line = Line(platform.url, Bearer(TOKEN), rate=rate)
        await delivered(journal, line)
        for position in range(1, 301):
            platform.received.lose(f"doumen-{journal.epoch}-{position}-0")
        assert (await reconcile(journal, PLAN, line, DAY, NOON_MS)).repaired == 300
        assert rate.turns == platform.requests == 3 + 1 + 1 + 2, "three batches, two questions, two of repairs"
        await line.close()

    with_platform(story)


def test_a_day_that_was_not_sent_is_not_called_reconciled(journal: Journal, tmp_path: Path) -> None:
    """The line came back in the morning; what arrived so far agrees, and the rest is still on its way."""

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 50, NOON_MS)
        desk = a_desk(journal, line, tmp_path, MORNING_AFTER_MS)
        daily = Daily(desk, lambda: PLAN, lambda: MORNING_AFTER_MS)
        await daily.look()
        assert (desk.reconciled(), platform.requests) == ([], 0)
        assert daily.trouble == f"{DAY}: not all of it has been sent yet; it is compared once it has"
        await delivered(journal, line)
        await daily.look()
        (found,) = desk.reconciled()
        assert (found.day, sum(one.ours for one in found.types), daily.trouble) == (DAY, 100, "")

    with_platform(story)


def test_days_without_a_line_are_made_up_for_one_by_one(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        for back in (5, 4, 1):  # nobody came on the two days between
            a_day(journal, 100 * back, 3, NOON_MS - back * DAY_MS)
        await delivered(journal, line)
        desk = a_desk(journal, line, tmp_path, NOON_MS)
        daily = Daily(desk, lambda: PLAN, lambda: NOON_MS)
        platform.fault = Fault("500")
        await daily.look()
        assert daily.trouble.startswith("2026-11-17: 500")
        platform.fault = Fault()
        await daily.look()
        assert [found.day for found in desk.reconciled()] == ["2026-11-21", "2026-11-18", "2026-11-17"]

    with_platform(story)


def test_a_platform_that_was_away_for_three_nights_is_compared_for_three_days(journal: Journal, tmp_path: Path) -> None:
    """The hub looks each night in vain, and none of the days counts as done before it was sent."""
    days = [f"2026-11-{day}" for day in (19, 20, 21)]

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        await platform.stop()
        for night, day in enumerate(days):
            a_day(journal, 100 * night, 3, day_starts_ms(PLAN, day) + DAY_MS // 2)
            at_ms = day_starts_ms(PLAN, day) + DAY_MS + 3 * 3_600_000
            desk = a_desk(journal, line, tmp_path, at_ms)
            daily = Daily(desk, lambda: PLAN, lambda at_ms=at_ms: at_ms)  # type: ignore[misc]
            await daily.look()
            assert (desk.reconciled(), daily.trouble[:10]) == ([], days[0])
        await platform.start()
        await delivered(journal, line)
        platform.received.lose(f"doumen-{journal.epoch}-4-1")  # of the second day
        await daily.look()
        found = {one.day: (sum(type_.ours for type_ in one.types), one.repaired) for one in desk.reconciled()}
        assert found == {days[0]: (6, 0), days[1]: (6, 1), days[2]: (6, 0)}
        assert [desk.is_reconciled(day) for day in days] == [True] * 3

    with_platform(story)


def test_a_line_that_was_down_for_a_month_leaves_no_day_out(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        for back in range(31, 0, -1):
            a_day(journal, 10 * back, 1, NOON_MS - back * DAY_MS)
        await delivered(journal, line)
        desk = a_desk(journal, line, tmp_path, NOON_MS)
        await Daily(desk, lambda: PLAN, lambda: NOON_MS).look()
        assert len(desk.reconciled()) == 31

    with_platform(story)


def test_half_a_day_that_a_person_compared_is_compared_again_when_it_is_over(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 5, NOON_MS)
        await delivered(journal, line)
        assert (await a_desk(journal, line, tmp_path, NOON_MS).reconcile(DAY, True)).is_equal
        a_day(journal, 6, 5, NOON_MS + 1_000_000)
        await delivered(journal, line)
        desk = a_desk(journal, line, tmp_path, MORNING_AFTER_MS)
        assert not desk.is_reconciled(DAY)
        await Daily(desk, lambda: PLAN, lambda: MORNING_AFTER_MS).look()
        assert desk.is_reconciled(DAY)
        assert sum(one.ours for one in desk.reconciled()[0].types) == 20

    with_platform(story)


def test_what_arrives_while_a_day_is_compared_is_no_difference(journal: Journal) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 20, NOON_MS)
        await delivered(journal, line)
        journal.move_cursor("platform", 12)  # as it was a moment ago
        platform.received.lose(f"doumen-{journal.epoch}-3-0")
        found = await reconcile(journal, PLAN, line, DAY, NOON_MS, is_repairing=False)
        assert [one.id for one in found.differences] == [f"doumen-{journal.epoch}-3-0"]
        assert [(one.type, one.ours, one.theirs, one.is_equal) for one in found.types] == [
            ("ticket.called", 12, 12, True),
            ("ticket.taken", 12, 11, False),
        ]

    with_platform(story)


def set_aside(journal: Journal, tickets: int) -> list[Aside]:
    """Every visit of these was refused, as by a platform that did not know a code."""
    a_day(journal, 1, tickets, NOON_MS)

    async def refused(platform: SimulatedPlatform, line: Line) -> None:
        platform.fault = Fault("picky", word="residence")
        await delivered(journal, line)

    with_platform(refused)
    return Deliveries(journal, "platform").asides(10_000)


def test_thousands_that_were_set_aside_go_out_in_batches_and_in_order(journal: Journal) -> None:
    assert len(set_aside(journal, 500)) == 1_000

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        Deliveries(journal, "platform").send_again("")
        async with Running(quick(journal, line)) as delivery:
            await until(lambda: platform.received.count == 1_000)
            await until(lambda: delivery.status()["set_aside"] == 0)
        assert (platform.requests, platform.received.out_of_order) == (5, 0)
        assert set(map(tuple, platform.received.tickets().values())) == {("ticket.taken", "ticket.called")}

    with_platform(story)


def test_behind_one_that_still_may_not_nothing_of_its_subject_goes_in_a_later_batch(journal: Journal) -> None:
    set_aside(journal, 5)

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        kept = Deliveries(journal, "platform")
        platform.fault = Fault("picky", word="H002")
        kept.send_again("")
        delivery = Delivery(journal, PLAN, line, linger_s=0, batch_records=3)
        async with Running(delivery):
            await until(lambda: platform.received.count == 8 and not kept.asides(9, "due"))
        assert (sorted(platform.received.tickets()), platform.received.out_of_order) == (
            [f"20261122-H{n:03}" for n in (1, 3, 4, 5)],
            0,
        )
        assert [json.loads(one.record)["type"] for one in kept.asides()] == ["ticket.taken", "ticket.called"]
        assert [one.reason for one in kept.asides()] == ["facts.number: no such number here", "behind"]

    with_platform(story)


def test_old_receipts_go_once_a_day_was_reconciled(journal: Journal, tmp_path: Path) -> None:
    old = Receipt(first_id="a", last_id="b", records=2, at_ms=MORNING_AFTER_MS - (RECEIPTS_DAYS + 1) * DAY_MS)
    Deliveries(journal, "platform").settle(0, (), [old])

    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 5, NOON_MS)
        await delivered(journal, line)
        desk = a_desk(journal, line, tmp_path, MORNING_AFTER_MS)
        assert len(desk.receipts()) == 2
        await Daily(desk, lambda: PLAN, lambda: MORNING_AFTER_MS).look()
        assert [receipt.records for receipt in desk.receipts()] == [10]

    with_platform(story)
