"""Answers: what a device is told about its request, read off the journal entry that the request made.

A pure function of entry and state, so the same request asked again is answered the same again.
"""

from firmware.wire.messages.base import Answer
from firmware.wire.messages.device import Ack, Refused
from firmware.wire.messages.queue import TicketIssued
from hub.engine.events import AnyEvent, Entry, Origin, RequestRefused, TicketBooked, TicketReprinted, TicketTaken
from hub.engine.places import ahead_of
from hub.engine.state import Site


def answer(site: Site, entry: Entry, origin: Origin) -> Answer:
    """The one answer to the request that made ``entry``."""
    for event in entry.events:
        made = _about(site, event, origin)
        if made is not None:
            return made
    return Ack(boot=origin.boot, seq=origin.seq)


def _about(site: Site, event: AnyEvent, origin: Origin) -> Answer | None:
    if isinstance(event, RequestRefused):
        return Refused(boot=origin.boot, seq=origin.seq, code=event.code)
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
        )
    if isinstance(event, TicketReprinted | TicketBooked):
        ticket = site.tickets.get(event.ticket)
        if ticket is None:  # asked again after its day
            return Refused(boot=origin.boot, seq=origin.seq, code="ticket.over")
        return TicketIssued(
            boot=origin.boot,
            seq=origin.seq,
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            ahead=ahead_of(site, ticket),
            issued_at_ms=ticket.taken_at_ms,
            priority=ticket.priority,
            reprint=True,
            booked=ticket.booked,
            persons=ticket.persons,
        )
    return None
