"""What the lab's stories share: they end in time, and what runs beside them ends with them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from drivers.health import Health

Found = TypeVar("Found")
LIMIT_S = 12.0
TOLD_S = 2.0  # within which a plug that is pulled must be known
MENDED_S = 3.0  # within which a part that is plugged in again must be well


def play(story: Awaitable[Found]) -> Found:
    """Run it."""

    async def bounded() -> Found:
        return await asyncio.wait_for(story, LIMIT_S)

    return asyncio.run(bounded())


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, Any]) -> AsyncIterator[None]:
    """These run while the block does."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pulled_and_plugged_in_again(health: Health, pull: Callable[[], Any], plug_in: Callable[[], Any]) -> None:
    """A part that is well is told as unplugged in time, and is well again by itself."""
    assert health.fault == ""
    pull()
    assert await asyncio.wait_for(health.changed(""), TOLD_S) == "unplugged"
    plug_in()
    async with asyncio.timeout(MENDED_S):
        while health.fault:
            await health.changed(health.fault)
