"""Leases: numbers that a kiosk may give out while the hub is away, and the tickets that it gave out with them.

A block is lent for a day, today or the next one that is open, to one holder: the random name that one kiosk's disk
gave itself. So neither a second board with the same id, nor one whose disk was replaced, can give out a number that was
given out before.

What was taken meanwhile joins its line as if the hub had been there: behind all who have waited as long or longer, by
the time on the paper, before all who came later. Who has been called already is not affected. The time is the kiosk's
word, so it counts from the lending of the block at the earliest, and never from the future.
"""

from collections.abc import Callable
from typing import Any

from hub.engine import hours, moves, numbers, places, refused, sections
from hub.engine.events import (
    AnyEvent,
    LeaseGranted,
    OfflineTicketRefused,
    TicketExpired,
    TicketTaken,
)
from hub.engine.plan import Device, Plan, Service
from hub.engine.refused import Refused
from hub.engine.requests import AdmitTicket, AskLease, Request, WithdrawTicket
from hub.engine.state import Lease, Outage, ServiceState, Site, Ticket

KIOSK = "ticket_kiosk"
MOST_SERVICES = 140  # of one kiosk; what its page holds
OUTAGES_KEPT = 50
NUMBERS_KEPT = 500  # of one outage in its report

Decision = tuple[AnyEvent, ...] | Refused


def ask(plan: Plan, site: Site, request: AskLease) -> Decision:
    """A block for each service that the kiosk offers, but where it has one of which half is left; and one for the next
    day that is open, in the morning of which the hub may be away."""
    kiosk = plan.device.get(request.by)
    if kiosk is None or kiosk.kind != KIOSK:
        return refused.DEVICE_UNKNOWN
    count = plan.settings.offline_numbers
    if not count:
        return refused.LEASE_NONE
    granted = []
    for day in (site.day, hours.next_open_day(plan, site.day)[0]):
        blocks = tuple(
            (service.id, _next_block(site, service.id, day), count)
            for service in _offered(plan, kiosk)
            if not _has_enough(site, request, service.id, day)
        )
        if blocks:
            granted.append(
                LeaseGranted(at_ms=request.at_ms, kiosk=kiosk.id, holder=request.holder, day=day, blocks=blocks)
            )
    return tuple(granted)


def _next_block(site: Site, service: str, day: str) -> int:
    """The first serial; of a day to come nothing is known but what was lent for it."""
    if day == site.day:
        return numbers.next_block(places.look_at_service(site, service))
    return max(numbers.FIRST_LENT, site.lent_ahead.get(day, {}).get(service, 0) + 1)


def _offered(plan: Plan, kiosk: Device) -> tuple[Service, ...]:
    """As its page has them: of its hall, or of all."""
    if kiosk.hall:
        return plan.services_of_hall[kiosk.hall][:MOST_SERVICES]
    return tuple(service for hall in plan.halls for service in plan.services_of_hall[hall.id])[:MOST_SERVICES]


def _has_enough(site: Site, request: AskLease, service: str, day: str) -> bool:
    held = [
        lease for lease in _of_day(site, request.by, day) if lease.holder == request.holder and lease.service == service
    ]
    return bool(held) and held[-1].used * 2 < held[-1].count


def _of_day(site: Site, kiosk: str, day: str) -> list[Lease]:
    return [lease for lease in site.leases.get(kiosk, ()) if (lease.day or site.day) == day]


def holder_of(site: Site, kiosk: str) -> str:
    """Whoever asked last."""
    leases = site.leases.get(kiosk)
    return leases[-1].holder if leases else ""


def newest(site: Site, kiosk: str, day: str) -> list[Lease]:
    """The newest of each service, of whoever asked last; for the kiosk's page."""
    holder = holder_of(site, kiosk)
    return list({lease.service: lease for lease in _of_day(site, kiosk, day) if lease.holder == holder}.values())


def outlast(site: Site, day: str) -> dict[str, list[Lease]]:
    """The leases that still hold when ``day`` begins."""
    found = {kiosk: [lease for lease in own if lease.day >= day] for kiosk, own in site.leases.items()}
    return {kiosk: own for kiosk, own in found.items() if own}


def lent_before(site: Site, day: str) -> dict[str, ServiceState]:
    """What there is of the services when ``day`` begins: numbers that are given out already."""
    return {service: ServiceState(lent=serial) for service, serial in site.lent_ahead.get(day, {}).items()}


def admit(plan: Plan, site: Site, request: AdmitTicket) -> tuple[TicketTaken] | tuple[OfflineTicketRefused]:
    """A refusal is an event of its own, since the report of the outage tells it."""
    if request.day != site.day:
        return _refuse(plan, request, refused.LEASE_OVER)
    lease = _lease_of(site, request)
    service = plan.service.get(request.service)
    if lease is None or service is None:
        return _refuse(plan, request, refused.LEASE_UNKNOWN)
    number = numbers.number_of(service.prefix, request.serial)
    ticket = f"{site.day}-{number}"
    if ticket in site.tickets:
        return _refuse(plan, request, refused.LEASE_USED)
    taken_at_ms = max(lease.granted_at_ms, min(request.taken_at_ms, request.at_ms))
    return (
        TicketTaken(
            at_ms=request.at_ms,
            ticket=ticket,
            number=number,
            serial=request.serial,
            service=service.id,
            kiosk=request.by,
            language=request.language,
            priority=request.priority,
            ahead=_ahead(site, service.id, request.priority, taken_at_ms),
            reason=request.reason,
            persons=request.persons,
            section_ms=sections.now(plan, service.id, taken_at_ms) or 0,
            was_offline=True,
            taken_at_ms=taken_at_ms,
            away_since_ms=min(request.away_since_ms, taken_at_ms),
        ),
    )


def _lease_of(site: Site, request: AdmitTicket) -> Lease | None:
    for lease in _of_day(site, request.by, site.day):
        is_its = (lease.holder, lease.service) == (request.holder, request.service)
        if is_its and lease.first <= request.serial < lease.first + lease.count:
            return lease
    return None


def _ahead(site: Site, service: str, priority: str, since_ms: int) -> int:
    """How many will be called before one who has waited since then."""
    queue = places.look_at_service(site, service)
    line = queue.waiting if priority == "none" else queue.priority
    ahead = line.place(lambda other: site.tickets[other].since_ms > since_ms)
    return ahead + (len(queue.priority) + len(queue.booked) if priority == "none" else 0)


def _refuse(plan: Plan, request: AdmitTicket, why: Refused) -> tuple[OfflineTicketRefused]:
    service = plan.service.get(request.service)
    return (
        OfflineTicketRefused(
            at_ms=request.at_ms,
            kiosk=request.by,
            number=numbers.number_of(service.prefix if service else "?", request.serial),
            day=request.day,
            code=why.code,
            away_since_ms=min(request.away_since_ms, request.at_ms),
            service=request.service,
            taken_at_ms=min(request.taken_at_ms, request.at_ms),
        ),
    )


def withdraw(plan: Plan, site: Site, request: WithdrawTicket) -> Decision:
    """The kiosk gave up waiting for this ticket before it came, and nobody holds the paper."""
    ticket = site.tickets.get(request.ticket)
    if ticket is None:
        return refused.TICKET_UNKNOWN
    if ticket.kiosk != request.by:
        return refused.TICKET_NOT_HERE
    if (ticket.state, "expire") not in moves.TICKET or ticket.state != "waiting":
        return refused.TICKET_IS[ticket.state]
    return (TicketExpired(at_ms=request.at_ms, ticket=ticket.id),)


def granted(plan: Plan, site: Site, event: LeaseGranted) -> None:
    leases = site.leases.setdefault(event.kiosk, [])
    for service, first, count in event.blocks:
        if event.day == site.day:
            places.of_service(site, service).lent = first + count - 1
        else:
            site.lent_ahead.setdefault(event.day, {})[service] = first + count - 1
        leases.append(
            Lease(
                holder=event.holder,
                service=service,
                first=first,
                count=count,
                granted_at_ms=event.at_ms,
                day=event.day,
            )
        )


def joined(site: Site, ticket: Ticket, event: TicketTaken) -> None:
    """For `issuing`, whose event this is: into the line by the time on the paper, and into the report."""
    ticket.taken_at_ms = ticket.waits_since_ms = event.taken_at_ms
    places.join(site, ticket)
    for lease in _of_day(site, event.kiosk, site.day):  # none in a trial, which lives through what was taken only
        if lease.service == event.service and lease.first <= event.serial < lease.first + lease.count:
            lease.used = max(lease.used, event.serial - lease.first + 1)
    outage = _outage(site, event.kiosk, event.away_since_ms, event.at_ms)
    outage.taken += 1
    outage.late_ms = max(outage.late_ms, event.at_ms - event.taken_at_ms)
    if len(outage.numbers) < NUMBERS_KEPT:
        outage.numbers.append(event.number)


def turned_away(plan: Plan, site: Site, event: OfflineTicketRefused) -> None:
    outage = _outage(site, event.kiosk, event.away_since_ms, event.at_ms)
    outage.turned_away += 1
    if len(outage.refused) < NUMBERS_KEPT:
        outage.refused.append((event.number, event.code))


def _outage(site: Site, kiosk: str, since_ms: int, at_ms: int) -> Outage:
    """The report of one time that one kiosk was alone; begun with the first ticket that tells of it."""
    for outage in reversed(site.outages):
        if (outage.kiosk, outage.since_ms) == (kiosk, since_ms):
            outage.until_ms = at_ms
            return outage
    site.outages.append(Outage(kiosk=kiosk, since_ms=since_ms, until_ms=at_ms))
    del site.outages[:-OUTAGES_KEPT]
    return site.outages[-1]


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], Decision]] = {
    AskLease: ask,
    AdmitTicket: admit,
    WithdrawTicket: withdraw,
}
EVOLVES = {LeaseGranted: granted, OfflineTicketRefused: turned_away}
