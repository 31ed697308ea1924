"""What the platform tests share: a journal with days in it, a delivery in a hurry, a platform, and the line to it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from hub.engine.events import AnyEvent, Entry, TicketCalled, TicketTaken
from hub.engine.plan import Hall, Plan, Service, Window
from hub.journal import Journal
from hub.platform.backoff import Backoff
from hub.platform.delivery import Delivery
from hub.platform.line import Line
from hub.platform.pace import Breaker
from hub.platform.reconcile import day_starts_ms
from hub.platform.signers import Signer
from hub.platform.signers.bearer import Bearer
from simulators.platform import SimulatedPlatform
from simulators.platform.gate import Gate

TOKEN = "a-long-token-for-the-platform"
DAY, NEXT = "2026-11-22", "2026-11-23"
PLAN = Plan(
    id="doumen",
    name="斗门",
    halls=(Hall(id="huji", name="户籍", floor=1),),
    services=(Service(id="residence", hall="huji", name="户口", prefix="H"),),
    windows=(Window(id="w1", hall="huji", number=1, services=("residence",)),),
    devices=(),
    channels=(),
)
NOON_MS = day_starts_ms(PLAN, DAY) + 12 * 3_600_000


def a_visit(n: int, at_ms: int) -> list[AnyEvent]:
    ticket = f"20261122-H{n:03}"
    taken = TicketTaken(at_ms=at_ms, ticket=ticket, number=f"H{n:03}", serial=n, service="residence", kiosk="k1")
    return [taken, TicketCalled(at_ms=at_ms, ticket=ticket, window="w1")]


def a_day(journal: Journal, first: int, count: int, at_ms: int) -> None:
    start = journal.position + 1
    events = [a_visit(n, at_ms + n) for n in range(first, first + count)]
    journal.append(
        [Entry(position=start + i, at_ms=e[0].at_ms, origin=None, events=tuple(e)) for i, e in enumerate(events)]
    )


def quick(journal: Journal, line: Line) -> Delivery:
    return Delivery(journal, PLAN, line, linger_s=0.01, breaker=Breaker(Backoff(first_s=0.01, longest_s=0.05)))


async def delivered(journal: Journal, line: Line) -> None:
    delivery = quick(journal, line)
    task = asyncio.create_task(delivery.run())
    async with asyncio.timeout(10):
        while delivery.status()["behind"] or not delivery.status()["last_position"]:
            await asyncio.sleep(0.002)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


Story = Callable[[SimulatedPlatform, Line], Coroutine[Any, Any, None]]


def with_platform(story: Story, signer: Signer | None = None, gate: Gate | None = None, late_s: float = 0.0) -> None:
    """The line's clock is ``late_s`` behind."""

    async def play() -> None:
        platform = SimulatedPlatform(TOKEN, gate=gate)
        await platform.start()
        line = Line(platform.url, signer or Bearer(TOKEN), now_s=lambda: time.time() - late_s)
        try:
            await story(platform, line)
        finally:
            await line.close()
            await platform.stop()
            platform.close()

    asyncio.run(play())
