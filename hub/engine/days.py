"""Days: at local midnight numbers start again, whoever still waits has waited in vain, all windows are closed."""

from datetime import UTC, datetime

from hub.engine import announcements, appointments, evaluations, leases, moves, rendered
from hub.engine.events import AnyEvent, DayTurned, TicketExpired, WindowClosed
from hub.engine.plan import Plan
from hub.engine.requests import TurnDay
from hub.engine.state import Site

DAY_MS = 86_400_000


def day_of(plan: Plan, at_ms: int) -> DayTurned:
    """The local day of a moment: its name and its end. The site's offset is fixed: China has no summer time."""
    offset_ms = plan.settings.utc_offset_min * 60_000
    ordinal = (at_ms + offset_ms) // DAY_MS
    name = datetime.fromtimestamp(ordinal * DAY_MS // 1000, UTC).strftime("%Y%m%d")
    return DayTurned(at_ms=at_ms, day=name, ends_at_ms=(ordinal + 1) * DAY_MS - offset_ms)


def is_over(site: Site, at_ms: int) -> bool:
    """Never true of a clock that went back: a day is not turned back, its numbers are given out."""
    return at_ms >= site.day_ends_at_ms


def turn(plan: Plan, site: Site, at_ms: int) -> tuple[AnyEvent, ...]:
    """What ends with the old day, then the new one. Goes through the day's tickets once."""
    expired = tuple(
        TicketExpired(at_ms=at_ms, ticket=ticket.id)
        for ticket in site.tickets.values()
        if ticket.state not in moves.TICKET_OVER
    )
    new = day_of(plan, at_ms)
    missed = appointments.overdue(plan, site, new.ends_at_ms - DAY_MS, at_ms)
    closed = (
        WindowClosed(at_ms=at_ms, window=window) for window, state in site.windows.items() if state.state != "closed"
    )
    return (
        *expired,
        *announcements.untrue(site, expired),
        *missed,
        *closed,
        *evaluations.defaults(plan, site, at_ms, new.day),
        new,
    )


def eve(plan: Plan, site: Site, at_ms: int) -> Site:
    """The site as it will be once the day is turned, to decide against; shares with ``site`` what outlives a day."""
    new = day_of(plan, at_ms)
    return Site(
        day=new.day,
        day_ends_at_ms=new.ends_at_ms,
        position=site.position,
        serial=site.serial,
        appointments=site.appointments,
        booked=site.booked,
        services=leases.lent_before(site, new.day),
        leases=leases.outlast(site, new.day),
        lent_ahead=site.lent_ahead,
        unrated=rendered.kept(plan, site, new.day),
        cases=site.cases,
        alarms=site.alarms,
        announcements=site.announcements,
        online=site.online,
        parts=site.parts,
        lights=site.lights,
        heard=site.heard,
    )


def nothing_more(plan: Plan, site: Site, request: TurnDay) -> tuple[AnyEvent, ...]:
    """`decide` has put the turn first, if it was time."""
    return ()


def turned(plan: Plan, site: Site, event: DayTurned) -> None:
    """New containers: the old day's hundred thousand tickets go at once."""
    site.unrated = rendered.kept(plan, site, event.day)
    site.day = event.day
    site.day_ends_at_ms = event.ends_at_ms
    for over in appointments.over(site, event.ends_at_ms - DAY_MS):
        appointments.forget(site, over)
    site.visitors = {}
    site.visits = {}
    site.later = {}
    site.staff = {}
    site.tickets = {}
    site.services = leases.lent_before(site, event.day)
    site.leases = leases.outlast(site, event.day)
    site.lent_ahead = {day: lent for day, lent in site.lent_ahead.items() if day > event.day}
    site.windows = {}
    site.calls = {}
    site.cleared_at_ms = 0
    site.calling = {}  # numbers begin again: who has one today was not called yesterday


DECIDES = {TurnDay: nothing_more}
EVOLVES = {DayTurned: turned}
