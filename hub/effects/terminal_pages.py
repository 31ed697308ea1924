"""What the two terminals of a window show: who is there and who comes next; and whom to rate."""

from typing import Any

from firmware.wire.messages.figures import ShowFigures
from firmware.wire.messages.queue import NextTicket, ShowEvaluation, ShowUnit, ShowWindow
from hub.effects.shorten import MAX_LABEL, shorten
from hub.engine.effects import Refresh
from hub.engine.lines import Line
from hub.engine.places import look_at_service, look_at_window, waiting_at
from hub.engine.plan import Plan
from hub.engine.state import ServiceState, Site, Ticket, WindowState

MAX_HELD, MAX_NEXT, MAX_BADGE, MAX_STAFF_NAME = 20, 12, 16, 24


def window(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowWindow:
    """A call terminal's own window: who is there, who is parked, how many it may call and who they are."""
    own = plan.window_of_terminal[refresh.device]
    return ShowWindow(epoch=epoch, rev=site.position, **_clerks(plan, site, own.id), next=_next(plan, site, own.id))


def unit(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowUnit:
    """A window terminal's window at this address: what its clerk must know, and whom to rate."""
    own = plan.window_of_unit[refresh.device, refresh.slot]
    ticket = site.tickets.get(look_at_window(site, own.id).rating)
    rating = ticket.id if ticket else ""
    return ShowUnit(epoch=epoch, rev=site.position, **_clerks(plan, site, own.id), rating=rating)


def _clerks(plan: Plan, site: Site, id: str) -> dict[str, Any]:
    now = look_at_window(site, id)
    ticket = site.tickets.get(now.ticket)
    return dict(
        state=now.state,
        ticket=ticket.id if ticket else "",
        number=ticket.number if ticket else "",
        ticket_state=ticket.state if ticket else "",
        service=shorten(plan.service[ticket.service].name, MAX_LABEL) if ticket else "",
        waiting=waiting_at(plan, site, id),
        held=list(now.held)[:MAX_HELD],
        staff=shorten(_name_of(plan, now.staff), MAX_LABEL),
        persons=ticket.persons if ticket else 1,
        reason=ticket.reason if ticket else "",
        **_undo(plan, now),
    )


def _name_of(plan: Plan, staff: str) -> str:
    member = plan.member.get(staff)
    return member.name or staff if member else staff


def _undo(plan: Plan, now: WindowState) -> dict[str, Any]:
    """The last act here, and until when it can be taken back; whether something else followed, the rule will say."""
    if now.last is None or not plan.settings.undo_s:
        return {}
    return {"undo": now.last.ticket, "undo_until_ms": now.last.at_ms + plan.settings.undo_s * 1000}


def _next(plan: Plan, site: Site, window: str) -> list[NextTicket]:
    """Those who wait here: with a priority first, then by how long. Whom the window calls, the site's policy says.

    Costs the same however many wait: only the heads of the lines are looked at.
    """
    services = [look_at_service(site, service) for service in plan.window[window].services]
    places: list[WindowState | ServiceState] = [look_at_window(site, window), *services]
    first = _heads(site, [place.priority for place in places])
    others = _heads(site, [line for place in places for line in (place.booked, place.waiting)])
    return [
        NextTicket(number=ticket.number, mark=mark)
        for ticket, mark in [
            *((ticket, "priority") for ticket in first),
            *((ticket, "booked" if ticket.booked else "") for ticket in others),
        ][:MAX_NEXT]
    ]


def _heads(site: Site, lines: list[Line]) -> list[Ticket]:
    heads = [site.tickets[line.at(place)] for line in lines for place in range(min(len(line), MAX_NEXT))]
    return sorted(heads, key=lambda ticket: ticket.since_ms)


def figures(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowFigures:
    """The last week that is over, of whoever is signed in; nothing of anybody else."""
    staff = look_at_window(site, plan.window_of_terminal[refresh.device].id).staff
    week, own = site.week, site.week.clerks.get(staff)
    if own is None:
        return ShowFigures(epoch=epoch, rev=site.position)
    return ShowFigures(
        epoch=epoch,
        rev=site.position,
        first=_dashed(week.first),
        last=_dashed(week.last),
        served=own.served,
        stay_s=own.stay_s,
        share=own.share,
        percent=own.percent,
    )


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def evaluation(plan: Plan, site: Site, epoch: int, refresh: Refresh) -> ShowEvaluation:
    """The ticket that was finished last at this window and may be rated, or the resting page; and who works here."""
    own = plan.window_of_terminal[refresh.device]
    now = look_at_window(site, own.id)
    ticket = site.tickets.get(now.rating)
    signed_in = plan.member.get(now.staff)
    return ShowEvaluation(
        epoch=epoch,
        rev=site.position,
        ticket=ticket.id if ticket else "",
        number=ticket.number if ticket else "",
        staff=shorten(now.staff or own.staff, MAX_BADGE),
        staff_name=shorten((signed_in.name if signed_in else "") if now.staff else own.staff_name, MAX_STAFF_NAME),
        rated=now.rated,
    )
