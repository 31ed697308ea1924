"""No platform is asked faster than its settings allow: counted where the requests arrive."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.config import PlatformSettings
from hub.engine.events import Entry
from hub.engine.requests import Request
from hub.journal import Journal
from hub.platform.delivery import Delivery
from hub.platform.line import Line
from hub.platform.pace import Rate
from hub.platform.service import BURST, PlatformService
from hub.vault import Vault
from simulators.platform import SimulatedPlatform
from tests.hub.platform_stage import NOON_MS, PLAN, TOKEN, a_day

EARLY_S = 0.01  # so much earlier than wanted a loop may wake; later is no harm


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db", "doumen")
    journal.open()
    yield journal
    journal.close()


def test_a_backlog_goes_out_no_faster_than_the_rate(journal: Journal) -> None:
    """In whatever stretch of time: a burst, and as many as its seconds allow."""
    per_s, burst, came_s = 50, 2, []

    def counted(request: httpx.Request) -> httpx.Response:
        came_s.append(time.monotonic())
        records = json.loads(request.content)["records"]
        return httpx.Response(200, json={"results": [{"id": r["id"], "verdict": "accepted"} for r in records]})

    async def story() -> None:
        a_day(journal, 1, 100, NOON_MS)
        async with httpx.AsyncClient(transport=httpx.MockTransport(counted)) as client:
            line = Line("http://platform.example", client=client, rate=Rate(per_s, burst))
            task = asyncio.create_task(Delivery(journal, PLAN, line, linger_s=0, batch_records=10).run())
            async with asyncio.timeout(20):
                while len(came_s) < 20:
                    await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    for first, since_s in enumerate(came_s):
        for last in range(first + burst, len(came_s)):
            assert came_s[last] - since_s >= (last - first + 1 - burst) / per_s - EARLY_S


def test_what_the_settings_allow_holds_for_all_that_the_hub_asks_together(journal: Journal, tmp_path: Path) -> None:
    """Two lines, one allowance: with one each they would be through sooner."""
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN, encoding="utf-8")

    async def nobody(request: Request) -> Entry:
        raise AssertionError(f"{request} is not asked for here")

    async def story() -> float:
        platform = SimulatedPlatform(TOKEN)
        await platform.start()
        settings = PlatformSettings(url=platform.url, token_file=str(token), requests_per_s=40)
        vault = Vault(tmp_path / "vault", lambda: NOON_MS)
        service = PlatformService(settings, tmp_path, journal, vault, lambda: PLAN, nobody, lambda: NOON_MS)
        line, began_s = service.delivery.line, time.monotonic()
        await asyncio.gather(*(line.get("/appointments", {"after": 0}) for _ in range(15)))
        for _ in range(15):
            await service.desk.services()
        took_s = time.monotonic() - began_s
        assert platform.requests == 30
        for other in (line, service._other_line):
            await other.close()
        await platform.stop()
        vault.close()
        return took_s

    assert asyncio.run(story()) >= (30 - BURST) / 40 - EARLY_S
