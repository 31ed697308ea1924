"""Routes by which a person has something announced: a phrase of the clip bank, or words of their own."""

from typing import Annotated, Literal, Protocol

from fastapi import HTTPException
from pydantic import BaseModel, Field

from firmware.wire.messages.speech import EMERGENCY, NOTICE, PAGE, SHOUT
from hub.clips import ClipService
from hub.engine import refused
from hub.engine.plan import Plan
from hub.engine.requests import Announce
from hub.speech.library import LibraryFault

EVERYWHERE = "all"  # for a channel: every one of the site
PRIORITIES = {"emergency": EMERGENCY, "shout": SHOUT, "page": PAGE, "notice": NOTICE}


class Announcement(BaseModel, extra="forbid"):
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
