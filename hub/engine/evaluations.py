"""Evaluations: one rating for one service rendered (一次一评), made by a person at the window's terminal."""

from hub.engine import places, refused
from hub.engine.events import ServiceRated
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import RateService
from hub.engine.state import Site


def rate(plan: Plan, site: Site, request: RateService) -> tuple[ServiceRated] | Refused:
    """Only the ticket that this window finished last, until the next visitor is served there."""
    window = plan.window.get(request.window)
    if window is None:
        return refused.WINDOW_UNKNOWN
    if not window.evaluation_terminal or request.by != window.evaluation_terminal:
        return refused.EVALUATION_TERMINAL
    ticket = site.tickets.get(request.ticket)
    if ticket is not None and ticket.level:
        return refused.EVALUATION_DONE
    if ticket is None or places.look_at_window(site, window.id).rating != ticket.id:
        return refused.EVALUATION_CLOSED
    if not 1 <= request.level <= 5:
        return refused.EVALUATION_LEVEL
    if any(reason // 100 != request.level for reason in request.reasons):
        return refused.EVALUATION_REASON
    return (
        ServiceRated(
            at_ms=request.at_ms,
            ticket=ticket.id,
            window=window.id,
            terminal=request.by,
            level=request.level,
            reasons=request.reasons,
        ),
    )


def rated(plan: Plan, site: Site, event: ServiceRated) -> None:
    site.tickets[event.ticket].level = event.level
    places.at_window(site, event.window).rating = ""


DECIDES = {RateService: rate}
EVOLVES = {ServiceRated: rated}
