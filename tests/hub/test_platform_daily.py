"""Yesterday is reconciled once a night, and again until it is."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine.plan import Plan
from hub.journal import Journal
from hub.platform.daily import Daily
from hub.platform.desk import Desk
from hub.platform.line import Line
from hub.platform.reconcile import day_starts_ms
from simulators.platform import SimulatedPlatform
from tests.hub.platform_stage import DAY, NOON_MS, PLAN, a_day, delivered, quick, with_platform


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db", "doumen")
    journal.open()
    yield journal
    journal.close()


def a_desk(journal: Journal, line: Line, folder: Path, now_ms: int) -> Desk:
    def plan() -> Plan:
        return PLAN

    return Desk(journal, quick(journal, line), line, plan, folder, lambda: now_ms)


def test_yesterday_is_reconciled_after_two_at_night_and_only_once(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 5, NOON_MS)
        await delivered(journal, line)
        platform.received.lose(f"doumen-{journal.epoch}-1-0")
        now_ms = day_starts_ms(PLAN, DAY) + 86_400_000 + 3_600_000  # one o'clock of the next day
        desk = a_desk(journal, line, tmp_path, now_ms)
        daily = Daily(desk, lambda: PLAN, lambda: now_ms)
        await daily.look()
        assert desk.reconciled() == [], "the night is young"

        now_ms += 2 * 3_600_000
        await daily.look()
        (found,) = desk.reconciled()
        assert (found.day, found.repaired, daily.trouble) == (DAY, 1, "")
        before = platform.requests
        await daily.look()
        assert platform.requests == before

    with_platform(story)


def test_a_platform_that_is_away_at_night_is_asked_again(journal: Journal, tmp_path: Path) -> None:
    async def story(platform: SimulatedPlatform, line: Line) -> None:
        a_day(journal, 1, 5, NOON_MS)
        await delivered(journal, line)
        now_ms = day_starts_ms(PLAN, DAY) + 86_400_000 + 3 * 3_600_000
        desk = a_desk(journal, line, tmp_path, now_ms)
        daily = Daily(desk, lambda: PLAN, lambda: now_ms, look_every_s=0.01)
        await platform.stop()
        task = asyncio.create_task(daily.run())
        async with asyncio.timeout(5):
            while not daily.trouble:
                await asyncio.sleep(0.005)
        assert daily.trouble.startswith(DAY)
        await platform.start()
        async with asyncio.timeout(5):
            while not desk.is_reconciled(DAY):
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with_platform(story)
