"""What only the clock brings about: devices that fell silent, strips lit and dark, sections and days that end."""

import asyncio
import time
from collections.abc import Callable, Sequence

from hub.engine import clock, lights
from hub.engine.requests import LightStrips, LookAtClock, TurnDay
from hub.pipeline import Pipeline
from hub.presence import Presence
from hub.service import Service

TICK_S = 1.0
CLOCK_SET_MS = 500  # a clock that differs by more from the monotonic one was set by somebody


def monotonic_ms() -> int:
    return int(time.monotonic() * 1000)


async def tick(pipeline: Pipeline, presence: Presence, services: Sequence[Service], now_ms: Callable[[], int]) -> None:
    """For ever."""
    offset_ms = now_ms() - monotonic_ms()
    while True:
        await asyncio.sleep(TICK_S)
        now = now_ms()
        set_by_ms = now - monotonic_ms() - offset_ms
        if abs(set_by_ms) > CLOCK_SET_MS:
            offset_ms += set_by_ms
            presence.clock_was_set(set_by_ms)
        for service in services:
            service.tick()
        for note in presence.overdue(now):
            pipeline.offer(note, None, lambda entry: None)
        plan, site = pipeline.plan, pipeline.site
        if lights.due(plan, site, now):
            pipeline.offer(LightStrips(at_ms=now, by="hub"), None, lambda entry: None)
        if site.day and now >= site.day_ends_at_ms:
            pipeline.offer(TurnDay(at_ms=now, by="hub"), None, lambda entry: None)
        elif clock.is_due(plan, site, now):
            pipeline.offer(LookAtClock(at_ms=now, by="hub"), None, lambda entry: None)
