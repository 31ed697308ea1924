"""The pipeline: nothing is told before it is durable, nothing is decided twice, many commit together."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import msgspec
import pytest

from hub.engine.effects import Effect
from hub.engine.events import Entry, Origin, RequestRefused, TicketTaken
from hub.engine.requests import CallNext, NoteDevice, Request, TakeTicket
from hub.engine.state import Site
from hub.journal import Journal, JournalError
from hub.pipeline import Performer, Pipeline
from hub.replay import Misfit, check_clock, replay
from tests.engine.small_site import MORNING_MS, small_plan

PLAN = small_plan()


class Witness(Performer):
    """Notes, for each thing told, what the journal on disk held at that moment."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.prepared: list[Effect] = []
        self.durable_when_told: list[int] = []

    def prepare(self, effects: list[Effect]) -> None:
        self.prepared += effects

    def tell(self) -> None:
        self.durable_when_told.append(len(self.journal.entries(0, 1000)))


@pytest.fixture
def journal(tmp_path: Path):
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}", PLAN.id)
    journal.open()
    yield journal
    journal.close()


def take(service: str = "invoices") -> TakeTicket:
    return TakeTicket(at_ms=MORNING_MS, by="kiosk-entrance", service=service)


def origin(seq: int, boot: str = "b1") -> Origin:
    return Origin(device="kiosk-entrance", boot=boot, seq=seq)


def in_a_pipeline(journal: Journal, work: Callable[[Pipeline, Witness], Coroutine[None, None, None]]) -> Pipeline:
    """Runs ``work`` beside a running pipeline on this journal."""

    async def main() -> Pipeline:
        witness = Witness(journal)
        pipeline = Pipeline(PLAN, replay(PLAN, journal), journal, [witness])
        running = asyncio.create_task(pipeline.run())
        try:
            await asyncio.wait_for(work(pipeline, witness), 10)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            pipeline.close()
        return pipeline

    return asyncio.run(main())


async def outcome(pipeline: Pipeline, request: Request, origin: Origin | None) -> Entry:
    done: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
    pipeline.offer(request, origin, done.set_result)
    return await done


def test_what_is_told_is_durable(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        for seq in range(1, 4):
            entry = await outcome(pipeline, take(), origin(seq))
            assert journal.find(origin(seq)) == entry
            assert witness.durable_when_told[-1] >= seq - 1

    in_a_pipeline(journal, work)


def test_requests_that_wait_together_commit_together_and_get_different_numbers(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        entries = await asyncio.gather(*(outcome(pipeline, take(), origin(seq)) for seq in range(1, 51)))
        numbers = {event.number for entry in entries for event in entry.events if isinstance(event, TicketTaken)}
        assert len(numbers) == 50
        assert len(witness.durable_when_told) < 50

    in_a_pipeline(journal, work)


def test_a_request_that_arrives_again_gets_the_first_outcome(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        first = await outcome(pipeline, take(), origin(1))
        again = await outcome(pipeline, take(), origin(1))
        assert again == first
        both = await asyncio.gather(*(outcome(pipeline, take(), origin(2)) for _ in range(2)))
        assert both[0] == both[1]
        assert len(journal.entries(0, 100)) == 2

    in_a_pipeline(journal, work)


def test_a_refused_request_is_refused_again_and_not_reconsidered(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        call = CallNext(at_ms=MORNING_MS, by="call-tax-1", window="tax-1")
        caller = Origin(device="call-tax-1", boot="c", seq=1)
        refused = await outcome(pipeline, call, caller)
        assert isinstance(refused.events[-1], RequestRefused)
        await outcome(pipeline, take(), origin(1))
        assert await outcome(pipeline, call, caller) == refused

    in_a_pipeline(journal, work)


def test_a_request_that_was_overtaken_is_still_done_once(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        await outcome(pipeline, take(), origin(2))
        late = await outcome(pipeline, take(), origin(1))
        assert await outcome(pipeline, take(), origin(1)) == late
        assert len(journal.entries(0, 100)) == 2

    in_a_pipeline(journal, work)


def test_an_overtaken_request_that_waits_twice_in_one_round_is_done_once(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        await outcome(pipeline, take(), origin(2))
        both = await asyncio.gather(*(outcome(pipeline, take(), origin(1)) for _ in range(2)))
        assert both[0] == both[1]
        assert len(journal.entries(0, 100)) == 2

    in_a_pipeline(journal, work)


def test_a_start_from_the_journal_and_from_a_snapshot_gives_the_same_site(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        for seq in range(1, 20):
            await outcome(pipeline, take("invoices" if seq % 2 else "notary"), origin(seq))
            if seq == 10:
                await pipeline.save_snapshot()

    pipeline = in_a_pipeline(journal, work)
    from_snapshot = replay(PLAN, journal)
    assert from_snapshot == pipeline.site
    journal.save_snapshot(0, b'{"position":0}')
    assert replay(PLAN, journal) == from_snapshot != Site()


def test_nothing_happening_writes_nothing(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        note = NoteDevice(at_ms=MORNING_MS, by="hub", device="help-tax", is_online=False)
        await pipeline.ask(note)
        await pipeline.ask(note)

    in_a_pipeline(journal, work)
    assert sum(bool(entry.events) for entry in journal.entries(0, 100)) <= 1


def test_a_journal_that_cannot_commit_ends_the_pipeline(journal: Journal) -> None:
    async def main() -> None:
        pipeline = Pipeline(PLAN, Site(), journal, [])
        told: list[Entry] = []
        pipeline.offer(take(), origin(1), told.append)
        journal.close()
        with pytest.raises(JournalError):
            await pipeline.run()
        assert told == []
        pipeline.close()

    asyncio.run(main())


def test_a_site_file_that_lost_what_the_day_still_needs_is_named(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        await outcome(pipeline, take("notary"), origin(1))

    in_a_pipeline(journal, work)
    smaller = msgspec.structs.replace(PLAN, services=tuple(s for s in PLAN.services if s.id != "notary"))
    with pytest.raises(Misfit, match="service notary"):
        replay(smaller, journal)


def test_a_clock_that_went_back_is_named_before_anything_is_numbered(journal: Journal) -> None:
    async def work(pipeline: Pipeline, witness: Witness) -> None:
        await outcome(pipeline, take(), origin(1))

    check_clock(journal, 0)  # an empty journal fits any clock
    in_a_pipeline(journal, work)
    check_clock(journal, MORNING_MS - 60_000)
    with pytest.raises(Misfit, match="set the clock"):
        check_clock(journal, MORNING_MS - 3_600_000)
