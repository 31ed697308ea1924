"""Answers: what a device is told about its request, read off the journal entry that the request made.

A pure function of entry, plan and state, so the same request asked again is answered the same again, but for the wait
as it is estimated then.
"""

from firmware.wire.messages.base import Answer
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.queue import TicketIssued
from hub.engine.estimate import wait_min
from hub.engine.events import (
    AnyEvent,
    Entry,
    OfflineTicketRefused,
    Origin,
    RequestRefused,
    TicketBooked,
    TicketReprinted,
    TicketTaken,
)
from hub.engine.places import ahead_of
from hub.engine.plan import Plan
from hub.engine.state import Site


def answer(plan: Plan, site: Site, entry: Entry, origin: Origin) -> Answer:
    """The one answer to the request that made ``entry``."""
    for event in entry.events:
        made = _about(plan, site, event, origin)
        if made is not None:
            return made
    return Ack(boot=origin.boot, seq=origin.seq)


def _about(plan: Plan, site: Site, event: AnyEvent, origin: Origin) -> Answer | None:
    if isinstance(event, RequestRefused):
        return Refused(boot=origin.boot, seq=origin.seq, code=event.code)
    if isinstance(event, OfflineTicketRefused):
        return Refused(boot=origin.boot, seq=origin.seq, code=event.code)
    if isinstance(event, TicketTaken) and event.was_offline:
        return Ack(boot=origin.boot, seq=origin.seq)  # the paper is out
    if isinstance(event, TicketTaken):
        return TicketIssued(
            boot=origin.boot,
            seq=origin.seq,
            ticket=event.ticket,
            number=event.number,
            service=event.service,
            ahead=event.ahead,
            issued_at_ms=event.at_ms,
            priority=event.priority,
            booked=event.booked,
            persons=event.persons,
            wait_min=wait_min(plan, site, event.service, event.ahead, event.at_ms),
        )
    if isinstance(event, TicketReprinted | TicketBooked):
        ticket = site.tickets.get(event.ticket)
        if ticket is None:  # asked again after its day
            return Refused(boot=origin.boot, seq=origin.seq, code="ticket.over")
        ahead = ahead_of(site, ticket)
        return TicketIssued(
            boot=origin.boot,
            seq=origin.seq,
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            ahead=ahead,
            issued_at_ms=ticket.taken_at_ms,
            priority=ticket.priority,
            reprint=True,
            booked=ticket.booked,
            persons=ticket.persons,
            wait_min=wait_min(plan, site, ticket.service, ahead, event.at_ms) if ticket.state == "waiting" else -1,
        )
    return None
