"""Services rendered: a ticket's visits to windows, each of which may be rated once (一次一评); kept after the day."""

from collections.abc import Iterator
from datetime import date

from msgspec import structs

from hub.engine import places
from hub.engine.plan import Plan
from hub.engine.state import Rendered, Site, Ticket, Unrated


def begin(ticket: Ticket, window: str) -> None:
    """The work began; who was held and comes back goes on with the same service."""
    last = ticket.rendered[-1] if ticket.rendered else None
    if last is None or last.ended_at_ms:
        ticket.rendered += (Rendered(window=window, service=ticket.service),)
    elif (last.window, last.service) != (window, ticket.service):
        ticket.rendered = (*ticket.rendered[:-1], Rendered(window=window, service=ticket.service))


def end(site: Site, ticket: Ticket, window: str, at_ms: int) -> None:
    """The work there is done, if it had begun there: it may be rated at that window."""
    last = ticket.rendered[-1] if ticket.rendered else None
    if last is not None and not last.ended_at_ms and last.window == window:
        ticket.rendered = (*ticket.rendered[:-1], structs.replace(last, ended_at_ms=at_ms))
        places.at_window(site, window).rating = ticket.id


def find(site: Site, ticket: str) -> Ticket | Unrated | None:
    """Of today, or of an earlier day of which something may be rated."""
    return site.tickets.get(ticket) or site.unrated.get(ticket.partition("-")[0], {}).get(ticket)


def of(ticket: Ticket | Unrated) -> tuple[Rendered, ...]:
    """Its services in order; what an earlier program finished without noting them is one."""
    if isinstance(ticket, Ticket) and not ticket.rendered and ticket.state == "finished":
        only = Rendered(
            window=ticket.window, service=ticket.service, ended_at_ms=ticket.changed_at_ms, level=ticket.level
        )
        return (only,)
    return ticket.rendered


def newest_at(ticket: Ticket | Unrated, window: str) -> int:
    """The number, from 1, of the last service that ended at a window; 0 when there is none."""
    ended = (nth for nth, one in enumerate(of(ticket), 1) if one.window == window and one.ended_at_ms)
    return max(ended, default=0)


def may_rate(site: Site, window: str, ticket: str) -> bool:
    """Whether the newest service of a ticket at a window is not rated yet."""
    found = find(site, ticket)
    nth = newest_at(found, window) if found else 0
    return found is not None and nth > 0 and not of(found)[nth - 1].level


def put_level(site: Site, id_: str, nth: int, level: int) -> None:
    """Notes the rating of the nth service. KeyError when there is no such ticket."""
    ticket = find(site, id_)
    if ticket is None:
        raise KeyError(id_)
    services = of(ticket)
    ticket.rendered = (*services[: nth - 1], structs.replace(services[nth - 1], level=level), *services[nth:])


def kept(plan: Plan, site: Site, day: str) -> dict[str, dict[str, Unrated]]:
    """What is kept when ``day`` begins: services not rated, of days that are not longer ago than the site says."""
    most = max(plan.settings.rate_days, plan.settings.default_rating_days)
    if not most:
        return {}
    found = {old: tickets for old, tickets in site.unrated.items() if days_between(old, day) <= most}
    if site.day and days_between(site.day, day) <= most:
        found[site.day] = {
            ticket.id: Unrated(id=ticket.id, visitor=ticket.visitor, rendered=of(ticket))
            for ticket in site.tickets.values()
            if any(True for _ in unrated(ticket))
        }
    return found


def unrated(ticket: Ticket | Unrated) -> Iterator[tuple[int, Rendered]]:
    """The services of a ticket that ended and have no rating, with their numbers from 1."""
    return ((nth, one) for nth, one in enumerate(of(ticket), 1) if one.ended_at_ms and not one.level)


def why_none(ticket: Ticket | Unrated | None) -> str:
    """Why nothing of it can be rated: over (its days are), done (all is), early (nothing has ended)."""
    if ticket is None:
        return "over"
    return "done" if any(one.level for one in of(ticket)) else "early"


def days_between(earlier: str, later: str) -> int:
    """Of two local days, YYYYMMDD."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
