"""Announcements: what amplifiers are to play; queued by a call or a person, ended by the amplifier or by expiry.

A call is true as long as its ticket is called. `untrue` looks at what every decision leads to, whatever the request
was, so that no rule about tickets has to think of what is still to be said about them.
"""

from collections.abc import Callable
from typing import Any

from firmware.wire.messages.speech import CALL
from hub.engine import phrases, refused
from hub.engine.events import (
    ActUndone,
    AnnouncementEnded,
    AnnouncementQueued,
    AnnouncementWithdrawn,
    AnyEvent,
    Event,
    TicketEvent,
    TicketExpired,
    TicketHeld,
    TicketPassed,
    TicketRecalled,
    TicketRequeued,
    TicketServed,
    TicketTransferred,
)
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import Announce, ConfirmAct, Request, WithdrawAnnouncement
from hub.engine.state import Announcement, Site, Ticket

MOST_WAITING = 512  # more than a building's channels can speak before they expire
SWEPT_EVERY = 64  # announcements and alarms, as `Site.serial` counts them


def next_id(site: Site) -> str:
    """The name of the next announcement or alarm: unique for ever, and in order."""
    return f"{site.day}-{site.serial + 1}"


def calling(plan: Plan, site: Site, ticket: Ticket, window: str, at_ms: int) -> tuple[AnnouncementQueued, ...]:
    """Ask the ticket's visitor to the window, on the channel of the window's hall if it has one."""
    counter = plan.window[window]
    channel = plan.hall[counter.hall].channel
    if not channel:
        return ()
    return (
        AnnouncementQueued(
            at_ms=at_ms,
            act=next_id(site),
            channel=channel,
            phrase=phrases.CALL,
            priority=CALL,
            expires_at_ms=at_ms + plan.settings.call_expires_s * 1000,
            number=ticket.number,
            window=counter.number,
            language=ticket.language,
        ),
    )


def announce(plan: Plan, site: Site, request: Announce) -> tuple[AnnouncementQueued, ...] | Refused:
    if request.channel not in plan.channel:
        return refused.CHANNEL_UNKNOWN
    if not request.clips and request.phrase not in phrases.PHRASES:
        return refused.PHRASE_UNKNOWN
    return (
        AnnouncementQueued(
            at_ms=request.at_ms,
            act=next_id(site),
            channel=request.channel,
            phrase=phrases.TEXT if request.clips else request.phrase,
            priority=request.priority,
            expires_at_ms=request.at_ms + (request.expires_s or plan.settings.call_expires_s) * 1000,
            text=request.text if request.clips else "",
            clips=request.clips,
        ),
    )


def untrue(site: Site, events: tuple[AnyEvent, ...]) -> tuple[AnnouncementWithdrawn, ...]:
    """Which calls that are still to be said these events make untrue; of a recall the older: nobody needs both."""
    found: dict[str, AnnouncementWithdrawn] = {}
    for event in events:
        because = UNTRUE_BY.get(type(event))
        if because is None or not isinstance(event, TicketEvent) or event.ticket not in site.tickets:
            continue
        item = site.announcements.get(site.calling.get(site.tickets[event.ticket].number, ""))
        if item is not None and item.id not in found:
            found[item.id] = _withdrawal(item, event.at_ms, because)
    return tuple(found.values())


def withdraw(plan: Plan, site: Site, request: WithdrawAnnouncement) -> tuple[AnnouncementWithdrawn, ...] | Refused:
    """By a person; a second time changes nothing."""
    item = site.announcements.get(request.act)
    if item is None:
        return refused.ACT_OVER
    return () if item.withdrawn else (_withdrawal(item, request.at_ms, "person"),)


def _withdrawal(item: Announcement, at_ms: int, because: str) -> AnnouncementWithdrawn:
    return AnnouncementWithdrawn(at_ms=at_ms, act=item.id, channel=item.channel, because=because)


def confirm(plan: Plan, site: Site, request: ConfirmAct) -> tuple[AnnouncementEnded, ...] | Refused:
    """An act that is no longer known has ended already: saying so again changes nothing."""
    waiting = site.announcements.get(request.act)
    if waiting is None:
        return ()
    if request.by in plan.device and plan.channel[waiting.channel].amplifier != request.by:
        return refused.ACT_ELSEWHERE
    return (AnnouncementEnded(at_ms=request.at_ms, act=request.act, channel=waiting.channel, result=request.result),)


def made(event: AnnouncementQueued) -> Announcement:
    return Announcement(
        id=event.act,
        channel=event.channel,
        phrase=event.phrase,
        priority=event.priority,
        expires_at_ms=event.expires_at_ms,
        number=event.number,
        window=event.window,
        language=event.language,
        text=event.text,
        clips=event.clips,
    )


def queued(plan: Plan, site: Site, event: AnnouncementQueued) -> None:
    site.serial += 1
    site.announcements.pop(event.replaces, None)
    site.announcements[event.act] = made(event)
    if event.phrase == phrases.CALL:
        site.calling[event.number] = event.act
    if site.serial % SWEPT_EVERY == 0 or len(site.announcements) >= MOST_WAITING + SWEPT_EVERY:
        _sweep(site, event.at_ms)


def withdrawn(plan: Plan, site: Site, event: AnnouncementWithdrawn) -> None:
    """Kept until the amplifier answers: it is asked again when it comes back."""
    item = site.announcements.get(event.act)
    if item is not None:  # else there were too many, and it was forgotten just before
        item.withdrawn = event.because
        _forget_call(site, item)


def ended(plan: Plan, site: Site, event: AnnouncementEnded) -> None:
    item = site.announcements.pop(event.act, None)
    if item is not None:
        _forget_call(site, item)


def _forget_call(site: Site, item: Announcement) -> None:
    if site.calling.get(item.number) == item.id:
        del site.calling[item.number]


def _sweep(site: Site, now_ms: int) -> None:
    """Drop what is too late to play; if even then too many wait, the oldest calls and notices."""
    kept = {act: item for act, item in site.announcements.items() if item.expires_at_ms > now_ms}
    spare = len(kept) - MOST_WAITING
    if spare > 0:
        for act in [act for act, item in kept.items() if item.priority >= CALL][:spare]:
            del kept[act]
    site.announcements = kept
    site.calling = {number: act for number, act in site.calling.items() if act in kept}


# After these the visitor is no longer asked to come. Who finishes or is sent back was served before.
UNTRUE_BY: dict[type[Event], str] = {
    TicketRecalled: "recall",
    TicketServed: "serve",
    TicketPassed: "pass",
    TicketRequeued: "requeue",
    TicketHeld: "hold",
    TicketTransferred: "transfer",
    TicketExpired: "expire",
    ActUndone: "undo",
}

DECIDES: dict[type[Request], Callable[[Plan, Site, Any], tuple[AnyEvent, ...] | Refused]] = {
    Announce: announce,
    WithdrawAnnouncement: withdraw,
    ConfirmAct: confirm,
}
EVOLVES = {AnnouncementQueued: queued, AnnouncementWithdrawn: withdrawn, AnnouncementEnded: ended}
