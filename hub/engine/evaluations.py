"""Evaluations (好差评): one rating for one service rendered (一次一评), made by a person; a poor one opens a case."""

from collections.abc import Iterable, Iterator

from hub.engine import cases, places, reasons, refused, rendered
from hub.engine.events import CaseOpened, ServiceRated
from hub.engine.events.tickets import CODE_PAGE as CODE_PAGE
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import RateService
from hub.engine.state import Site, Ticket, Unrated

DEFAULT_LEVEL = 3  # 基本满意: Guangdong's trial of 2019 counted so what nobody had rated within 7 days


def rate(plan: Plan, site: Site, request: RateService) -> tuple[ServiceRated | CaseOpened, ...] | Refused:
    """Each service that a ticket was rendered, once; on the window's own terminal, or with the ticket's paper or code.

    The terminal asks only until the next visitor is served; but a press made in time may arrive late, when hub or
    network were away meanwhile, and the visitor was thanked for it. A key of a terminal is the whole rating and may
    say nothing of why, even of a poor one: losing it would be worse. A page can ask, so there it must.
    """
    is_at_kiosk = _is_kiosk(plan, request.by)
    no = _not_here(plan, request, is_at_kiosk)
    if no is not None:
        return no
    is_on_page = is_at_kiosk or request.by == CODE_PAGE
    ticket = rendered.find(site, request.ticket)
    nth = _nth(ticket, request, is_on_page) if ticket is not None else 0
    if ticket is None or not nth:
        return refused.EVALUATION_CLOSED
    service = rendered.of(ticket)[nth - 1]
    if service.window not in plan.window:
        return refused.WINDOW_UNKNOWN
    if service.level:
        return refused.EVALUATION_DONE
    no = _wrong(request, is_on_page)
    if no is not None:
        return no
    rating = ServiceRated(
        at_ms=request.at_ms,
        ticket=ticket.id,
        window=service.window,
        terminal=request.by,
        level=request.level,
        reasons=request.reasons,
        words=request.words,
        service=service.service,
        nth=nth,
        is_at_kiosk=is_at_kiosk,
    )
    return (rating, cases.opening(plan, rating, ticket.visitor)) if request.level <= reasons.POOR else (rating,)


def _is_kiosk(plan: Plan, by: str) -> bool:
    return by in plan.device and plan.device[by].kind == "ticket_kiosk"


def _not_here(plan: Plan, request: RateService, is_at_kiosk: bool) -> Refused | None:
    """A kiosk rates only what its visitor's paper proves, a terminal only what its own window did."""
    if is_at_kiosk:
        return None if request.is_proven else refused.EVALUATION_PAPER
    window = plan.window.get(request.window)
    if window is None:
        return refused.WINDOW_UNKNOWN
    if request.by in (CODE_PAGE, window.evaluation_terminal, window.window_terminal):
        return None
    return refused.EVALUATION_TERMINAL


def _nth(ticket: Ticket | Unrated, request: RateService, is_on_page: bool) -> int:
    """Which service is rated; 0: none of that window that has ended. A kiosk does not say of which window."""
    if not is_on_page:
        return rendered.newest_at(ticket, request.window)
    services = rendered.of(ticket)
    if not 1 <= request.nth <= len(services):
        return 0
    one = services[request.nth - 1]
    return request.nth if one.ended_at_ms and one.window == (request.window or one.window) else 0


def _wrong(request: RateService, is_on_page: bool) -> Refused | None:
    if not 1 <= request.level <= 5:
        return refused.EVALUATION_LEVEL
    if not all(reasons.is_offered(request.level, code) for code in request.reasons):
        return refused.EVALUATION_REASON
    is_bare = not request.reasons and not request.words
    return refused.EVALUATION_WHY if is_on_page and request.level <= reasons.POOR and is_bare else None


def defaults(plan: Plan, site: Site, at_ms: int, day: str) -> Iterator[ServiceRated]:
    """When ``day`` begins: what nobody rated in time, where the site wants it counted; marked as what it is."""
    after = plan.settings.default_rating_days
    if not after or not site.day:
        return
    days: list[tuple[str, Iterable[Ticket | Unrated]]] = [(old, kept.values()) for old, kept in site.unrated.items()]
    for old, tickets in (*days, (site.day, site.tickets.values())):
        if rendered.days_between(old, day) < after:
            continue
        for ticket in tickets:
            for nth, one in rendered.unrated(ticket):
                yield ServiceRated(
                    at_ms=at_ms,
                    ticket=ticket.id,
                    window=one.window,
                    terminal="",
                    level=DEFAULT_LEVEL,
                    service=one.service,
                    nth=nth,
                    is_default=True,
                )


def rated(plan: Plan, site: Site, event: ServiceRated) -> None:
    ticket = rendered.find(site, event.ticket)
    if ticket is None:
        raise KeyError(event.ticket)
    rendered.put_level(site, event.ticket, event.nth or rendered.newest_at(ticket, event.window), event.level)
    if isinstance(ticket, Ticket):
        ticket.level = event.level
        ticket.acts += 1
    window = places.at_window(site, event.window)
    if window.rating == event.ticket:
        window.rating, window.rated = "", event.ticket


DECIDES = {RateService: rate}
EVOLVES = {ServiceRated: rated}
