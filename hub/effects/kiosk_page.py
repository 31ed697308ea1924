"""What a ticket kiosk offers: the services of its hall, or of the whole site by department, and when."""

from datetime import date

from firmware.wire.messages.lease import LentNumbers, ShowLease
from firmware.wire.messages.queue import OfferGroup, OpenSpan, ServiceOffer, ShowServices
from hub.effects.initials import initials
from hub.effects.shorten import MAX_LABEL, MAX_LABEL_EN, shorten
from hub.engine import hours, leases
from hub.engine.effects import Refresh
from hub.engine.places import look_at_service, waiting_for
from hub.engine.plan import Hall, Plan, Service
from hub.engine.state import Site

MAX_OFFERS, MAX_GROUPS, MAX_SPANS, MAX_INITIALS = 140, 24, 24, 40
DAYS = 8  # of opening hours that a kiosk knows: it can say when to come again after a long weekend


def services(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowServices:
    """The services of the kiosk's hall; a kiosk outside the halls offers those of the site, hall by hall."""
    hall = plan.hall.get(plan.device[refresh.device].hall)
    offered = plan.services_of_hall[hall.id] if hall else _by_hall(plan)
    halls = [] if hall else list(dict.fromkeys(service.hall for service in offered))[:MAX_GROUPS]
    offered = tuple(service for service in offered if hall or service.hall in halls)[:MAX_OFFERS]
    return ShowServices(
        epoch=epoch,
        rev=site.position,
        hall=shorten(hall.name if hall else plan.name, MAX_LABEL),
        offers=[_offer(site, service, halls) for service in offered],
        groups=[_group(plan.hall[id]) for id in halls],
        has_hours=hours.ever_closes(plan) and bool(site.day),
        opens=_opens(plan, site, hall),
        group_max=plan.settings.group_max,
    )


def lease(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowLease:
    """The numbers that the kiosk may give out alone, today and on the next day that is open."""
    next_day, next_ends_at_ms = hours.next_open_day(plan, site.day) if site.day else ("", 0)
    return ShowLease(
        epoch=epoch,
        rev=site.position,
        holder=leases.holder_of(site, refresh.device),
        day=site.day,
        ends_at_ms=site.day_ends_at_ms,
        block=plan.settings.offline_numbers,
        after_s=plan.settings.offline_after_s,
        leases=_lent(plan, site, refresh.device, site.day),
        next_day=next_day,
        next_ends_at_ms=next_ends_at_ms,
        next_leases=_lent(plan, site, refresh.device, next_day),
    )


def _lent(plan: Plan, site: Site, kiosk: str, day: str) -> list[LentNumbers]:
    return [
        LentNumbers(service=lent.service, prefix=plan.service[lent.service].prefix, first=lent.first, count=lent.count)
        for lent in leases.newest(site, kiosk, day)
        if lent.service in plan.service
    ]


def _by_hall(plan: Plan) -> tuple[Service, ...]:
    return tuple(service for hall in plan.halls for service in plan.services_of_hall[hall.id])


def _offer(site: Site, service: Service, halls: list[str]) -> ServiceOffer:
    return ServiceOffer(
        service=service.id,
        label=shorten(service.name, MAX_LABEL),
        label_en=shorten(service.name_en, MAX_LABEL_EN),
        waiting=waiting_for(site, service.id),
        wait_min=look_at_service(site, service.id).wait_min,
        group=halls.index(service.hall) if halls else 0,
        initials=initials(service.name)[:MAX_INITIALS],
    )


def _group(hall: Hall) -> OfferGroup:
    return OfferGroup(label=shorten(hall.name, MAX_LABEL), label_en=shorten(hall.name_en, MAX_LABEL_EN))


def _opens(plan: Plan, site: Site, hall: Hall | None) -> list[OpenSpan]:
    """From the day of the state on, so that the same state gives the same page; a new day tells it anew."""
    if not hours.ever_closes(plan) or not site.day:
        return []
    today = date(int(site.day[:4]), int(site.day[4:6]), int(site.day[6:8])).toordinal() - hours.EPOCH_ORDINAL
    found = [
        OpenSpan(starts_at_ms=start, ends_at_ms=end)
        for day in range(today, today + DAYS)
        for start, end in hours.spans(plan, day, hall.id if hall else "")
    ]
    return sorted(found, key=lambda span: span.starts_at_ms)[:MAX_SPANS]
