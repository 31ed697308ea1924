"""Outcomes: what became of each announcement, read off the journal. Pure."""

from collections.abc import Iterable

import msgspec

from hub.engine.announcements import made
from hub.engine.events import AnnouncementEnded, AnnouncementQueued, AnnouncementWithdrawn, Entry
from hub.engine.plan import Plan
from hub.speech.phrase import clips

WAITING = "waiting"
UNANSWERED = "unanswered"


class Outcome(msgspec.Struct, kw_only=True):
    """``became``: `WAITING`; what its amplifier answered (`RESULTS` of act/done); `UNANSWERED` when it was too late
    before any answer came, as of an amplifier that was away. ``because``: why it was withdrawn, if it was.
    """

    act: str
    at_ms: int
    channel: str
    priority: int
    text: str
    expires_at_ms: int
    became: str = WAITING
    because: str = ""
    withdrawn_at_ms: int = 0
    ended_at_ms: int = 0


def outcomes(plan: Plan, entries: Iterable[Entry], now_ms: int) -> list[Outcome]:
    """Of all that were queued in these entries, oldest first."""
    found: dict[str, Outcome] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, AnnouncementQueued):
                found[event.act] = _queued(plan, event)
            elif isinstance(event, AnnouncementWithdrawn) and event.act in found:
                found[event.act].because = event.because
                found[event.act].withdrawn_at_ms = event.at_ms
            elif isinstance(event, AnnouncementEnded) and event.act in found:
                found[event.act].became = event.result
                found[event.act].ended_at_ms = event.at_ms
    for one in found.values():
        if one.became == WAITING and one.expires_at_ms <= now_ms:
            one.became = UNANSWERED
    return list(found.values())


def _queued(plan: Plan, event: AnnouncementQueued) -> Outcome:
    return Outcome(
        act=event.act,
        at_ms=event.at_ms,
        channel=event.channel,
        priority=event.priority,
        text=clips(plan, made(event))[1],
        expires_at_ms=event.expires_at_ms,
    )
