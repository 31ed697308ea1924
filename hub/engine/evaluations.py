"""Evaluations: one rating for one service rendered (一次一评), made by a person at the window's terminal."""

from hub.engine import places, refused
from hub.engine.events import ServiceRated
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import RateService
from hub.engine.state import Site


def rate(plan: Plan, site: Site, request: RateService) -> tuple[ServiceRated] | Refused:
    """A ticket that this window finished today and that nobody rated yet.

    The terminal asks only until the next visitor is served; but a press made in time may arrive late, when hub or
    network were away meanwhile, and the visitor was thanked for it.
    """
    window = plan.window.get(request.window)
    if window is None:
        return refused.WINDOW_UNKNOWN
    if request.by not in (window.evaluation_terminal, window.window_terminal):
        return refused.EVALUATION_TERMINAL
    ticket = site.tickets.get(request.ticket)
    if ticket is not None and ticket.level:
        return refused.EVALUATION_DONE
    if ticket is None or ticket.state != "finished" or ticket.window != window.id:
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
            remark=request.remark,
        ),
    )


def rated(plan: Plan, site: Site, event: ServiceRated) -> None:
    ticket = site.tickets[event.ticket]
    ticket.level = event.level
    ticket.acts += 1
    window = places.at_window(site, event.window)
    if window.rating == event.ticket:
        window.rating = ""


DECIDES = {RateService: rate}
EVOLVES = {ServiceRated: rated}
