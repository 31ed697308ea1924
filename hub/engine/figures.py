"""Figures: what clerks see of their own work: a week that is over, once and for all, so coarse that nobody stands out.

Weeks do not overlap, a week is closed once, and what is found out later (a rating in malice, say) does not change it.
So two looks never differ by one rating: they show the same, or different weeks, each of many ratings. Of these no
group stands alone: where fewer than `FEW` were dissatisfied, or satisfied, it is not told whether anybody was.
"""

from hub.engine.events import ClerkWeek, FiguresClosed
from hub.engine.plan import Plan
from hub.engine.requests import CloseFigures
from hub.engine.state import Site, Week

FEW = 3
MOST_SERVED, MOST_STAY_S = 100_000, 86_400  # what a terminal shows


def share(rated: int, satisfied: int, least: int) -> tuple[str, int]:
    """How the percentage of satisfied ones is meant, and the percentage; ``least`` ratings there must be."""
    if not least or rated < max(least, 2 * FEW):
        return "few", 0
    if rated - satisfied < FEW:
        return "at_least", 100 * (rated - FEW + 1) // rated
    if satisfied < FEW:
        return "at_most", -(-100 * (FEW - 1) // rated)
    return "exact", round(100 * satisfied / rated)


def close(plan: Plan, site: Site, request: CloseFigures) -> tuple[FiguresClosed, ...]:
    """A week that is not over, or was closed before, is left as it is."""
    if not site.week.last < request.last < site.day:
        return ()
    least = plan.settings.clerk_ratings_least
    rows = []
    for one in request.rows:
        meant, percent = share(one.rated, one.satisfied, least)
        rows.append(
            ClerkWeek(
                staff=one.staff,
                served=min(one.served, MOST_SERVED),
                stay_s=min(one.stay_s, MOST_STAY_S),
                share=meant,
                percent=percent,
            )
        )
    return (FiguresClosed(at_ms=request.at_ms, first=request.first, last=request.last, rows=tuple(rows)),)


def closed(plan: Plan, site: Site, event: FiguresClosed) -> None:
    site.week = Week(first=event.first, last=event.last, clerks={row.staff: row for row in event.rows})


DECIDES = {CloseFigures: close}
EVOLVES = {FiguresClosed: closed}
