"""Routes by which a person has something announced, takes it back, and sees what became of all that was announced."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import FastAPI, HTTPException, Query
from pydantic import Field

from firmware.wire.messages.speech import EMERGENCY, NOTICE, PAGE, SHOUT
from hub.api.document import tells
from hub.api.shapes.base import Done
from hub.api.strictness import DIGITS, Body
from hub.clips import ClipService
from hub.engine import refused
from hub.engine.events import Entry, RequestRefused
from hub.engine.plan import Plan
from hub.engine.requests import Announce, Request, WithdrawAnnouncement
from hub.journal import Journal
from hub.speech.library import LibraryFault
from hub.speech.outcomes import Outcome, outcomes

EVERYWHERE = "all"  # for a channel: every one of the site
BY = "admin"
PAGE_ENTRIES = 2000  # of the journal, read at once
MOST_MIN = 24 * 60
PRIORITIES = {"emergency": EMERGENCY, "shout": SHOUT, "page": PAGE, "notice": NOTICE}


class Announcement(Body):
    """What to play where (``all``: on every channel): a ``phrase``, or ``text``.

    A text must hold nothing personal: it is heard by everybody and kept.
    """

    channel: Annotated[str, Field(max_length=48)]
    phrase: Annotated[str, Field(max_length=48)] = ""
    text: Annotated[str, Field(max_length=120)] = ""
    language: Literal["cmn", "yue", "en"] = "cmn"
    priority: Literal["emergency", "shout", "page", "notice"] = "notice"
    expires_s: Annotated[int, Field(ge=0, le=3600)] = 0


class Running(Protocol):
    """The running hub, as far as this needs it."""

    plan: Plan
    clips: ClipService
    journal: Journal

    def now_ms(self) -> int: ...

    async def ask(self, request: Request) -> Entry: ...


def add_routes(app: FastAPI, hub: Running) -> None:
    @app.get("/announcements")
    @tells(list[Outcome])
    async def announcements(minutes: Annotated[int, Query(ge=1, le=MOST_MIN), DIGITS] = 30) -> list[dict[str, Any]]:
        """Of the last so many minutes, the newest first."""
        return await asyncio.to_thread(_outcomes, hub, hub.now_ms() - minutes * 60_000)

    @app.post("/announcements/{act}/withdraw")
    @tells(Done, 409)
    async def withdraw(act: str) -> dict[str, Any]:
        entry = await hub.ask(WithdrawAnnouncement(at_ms=hub.now_ms(), by=BY, act=act))
        for event in entry.events:
            if isinstance(event, RequestRefused):
                raise HTTPException(409, event.code)
        return {"position": entry.position}


def _outcomes(hub: Running, from_ms: int) -> list[dict[str, Any]]:
    found = outcomes(hub.plan, _entries(hub.journal, from_ms), hub.now_ms())
    return [msgspec.to_builtins(one) for one in reversed(found)]


def _entries(journal: Journal, from_ms: int) -> Iterator[Entry]:
    after = journal.position_before(from_ms)
    while entries := journal.entries(after, PAGE_ENTRIES):
        yield from entries
        after = entries[-1].position


async def announce(hub: Running, said: Announcement, at_ms: int, by: str) -> list[Announce]:
    """The requests to the engine; the text has become a clip by then. HTTPException when it cannot."""
    clips: tuple[str, ...] = ()
    channels = [channel.id for channel in hub.plan.channels] if said.channel == EVERYWHERE else [said.channel]
    if said.text.strip():
        if not hub.plan.channel.keys() >= set(channels):
            raise HTTPException(409, refused.CHANNEL_UNKNOWN.code)
        try:
            clips = (await hub.clips.say(said.text.strip(), said.language),)
        except LibraryFault as fault:
            raise HTTPException(409, str(fault)) from None
    return [
        Announce(
            at_ms=at_ms,
            by=by,
            channel=channel,
            phrase=said.phrase,
            priority=PRIORITIES[said.priority],
            text=said.text.strip(),
            clips=clips,
            expires_s=said.expires_s,
        )
        for channel in channels
    ]
