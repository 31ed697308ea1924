"""Tickets at a window: called, recalled, passed, served, finished, held, resumed; and expired at the end of the day."""

from hub.engine import announcements, calls, estimate, moves, places, policy, refused, rendered, transfers
from hub.engine.acts import find, moved
from hub.engine.events import (
    AnyEvent,
    TicketCalled,
    TicketExpired,
    TicketFinished,
    TicketHeld,
    TicketPassed,
    TicketRecalled,
    TicketRequeued,
    TicketResumed,
    TicketServed,
)
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import (
    CallNext,
    FinishTicket,
    HoldTicket,
    PassTicket,
    RecallTicket,
    ResumeTicket,
    ServeTicket,
)
from hub.engine.state import Site, WindowState

Decision = tuple[AnyEvent, ...] | Refused


def not_free(window: WindowState) -> Refused | None:
    """Why a visitor cannot be asked to come to this window now."""
    if window.state != "open":
        return refused.WINDOW_IS[window.state]
    return refused.WINDOW_BUSY if window.ticket else None


def call_next(plan: Plan, site: Site, request: CallNext) -> Decision:
    if request.window not in plan.window:
        return refused.WINDOW_UNKNOWN
    reason = not_free(places.look_at_window(site, request.window))
    if reason is not None:
        return reason
    ticket = policy.next_ticket(plan, site, request.window, request.at_ms)
    if not ticket:
        return refused.QUEUE_EMPTY
    spoken = announcements.calling(plan, site, site.tickets[ticket], request.window, request.at_ms)
    return (TicketCalled(at_ms=request.at_ms, ticket=ticket, window=request.window), *spoken)


def recall(plan: Plan, site: Site, request: RecallTicket) -> Decision:
    ticket = find(plan, site, request, "recall")
    if isinstance(ticket, Refused):
        return ticket
    if ticket.recalls >= plan.settings.recall_limit:
        return refused.RECALL_LIMIT
    spoken = announcements.calling(plan, site, ticket, request.window, request.at_ms)
    return (TicketRecalled(at_ms=request.at_ms, ticket=ticket.id, window=request.window), *spoken)


def pass_(plan: Plan, site: Site, request: PassTicket) -> Decision:
    """Did not come: over, or (where the site says so) put back some places behind the front, a few times."""
    ticket = find(plan, site, request, "pass")
    if isinstance(ticket, Refused):
        return ticket
    if ticket.passes < plan.settings.requeue_times:
        behind = plan.settings.requeue_behind
        return (TicketRequeued(at_ms=request.at_ms, ticket=ticket.id, window=request.window, behind=behind),)
    return (TicketPassed(at_ms=request.at_ms, ticket=ticket.id, window=request.window),)


def serve(plan: Plan, site: Site, request: ServeTicket) -> Decision:
    ticket = find(plan, site, request, "serve")
    if isinstance(ticket, Refused):
        return ticket
    return (TicketServed(at_ms=request.at_ms, ticket=ticket.id, window=request.window),)


def finish(plan: Plan, site: Site, request: FinishTicket) -> Decision:
    """Whoever finishes has served, even if the clerk did not press it: reports count on both.

    A visitor who was sent here and is to come back goes back instead.
    """
    ticket = find(plan, site, request, "finish")
    if isinstance(ticket, Refused):
        return ticket
    ended: AnyEvent = TicketFinished(at_ms=request.at_ms, ticket=ticket.id, window=request.window)
    if ticket.returns_to:
        ended = transfers.back(plan, site, ticket, request.window, request.at_ms)
    if ticket.state == "serving":
        return (ended,)
    return (TicketServed(at_ms=request.at_ms, ticket=ticket.id, window=request.window), ended)


def hold(plan: Plan, site: Site, request: HoldTicket) -> Decision:
    ticket = find(plan, site, request, "hold")
    if isinstance(ticket, Refused):
        return ticket
    return (TicketHeld(at_ms=request.at_ms, ticket=ticket.id, window=request.window),)


def resume(plan: Plan, site: Site, request: ResumeTicket) -> Decision:
    ticket = find(plan, site, request, "resume")
    if isinstance(ticket, Refused):
        return ticket
    reason = not_free(places.look_at_window(site, request.window))
    if reason is not None:
        return reason
    if places.visit_of(ticket) in site.visits:
        return refused.VISITOR_ELSEWHERE
    spoken = announcements.calling(plan, site, ticket, request.window, request.at_ms)
    return (TicketResumed(at_ms=request.at_ms, ticket=ticket.id, window=request.window), *spoken)


def called(plan: Plan, site: Site, event: TicketCalled) -> None:
    ticket = moved(site, event, "call")
    ticket.window = event.window
    estimate.begin(places.stand_at(site, ticket), ticket, event.at_ms)
    calls.put_up(plan, site, ticket)
    estimate.note(plan, site, ticket.service, event.at_ms)


def recalled(plan: Plan, site: Site, event: TicketRecalled) -> None:
    ticket = site.tickets[event.ticket]
    ticket.state = moves.TICKET[ticket.state, "recall"]
    ticket.recalls += 1
    ticket.acts += 1
    calls.put_up(plan, site, ticket, is_recall=True)


def resumed(plan: Plan, site: Site, event: TicketResumed) -> None:
    ticket = moved(site, event, "resume")
    ticket.recalls = 0
    estimate.begin(places.stand_at(site, ticket), ticket, event.at_ms)
    calls.put_up(plan, site, ticket)


def served(plan: Plan, site: Site, event: TicketServed) -> None:
    """The next visitor is at the window: the one before can no longer rate there."""
    ticket = moved(site, event, "serve")
    places.stand_at(site, ticket).rating = ""
    rendered.begin(ticket, event.window)


def finished(plan: Plan, site: Site, event: TicketFinished) -> None:
    ticket = moved(site, event, "finish")
    calls.take_down(plan, site, ticket)
    places.at_window(site, event.window).rating = ticket.id
    rendered.end(site, ticket, event.window, event.at_ms)


def passed(plan: Plan, site: Site, event: TicketPassed) -> None:
    calls.take_down(plan, site, moved(site, event, "pass"))


def requeued(plan: Plan, site: Site, event: TicketRequeued) -> None:
    """Into its service's line, from which any of its windows may call it."""
    ticket = moved(site, event, "requeue")
    calls.take_down(plan, site, ticket)
    ticket.window = ""
    ticket.passes += 1
    ticket.recalls = 0
    places.join_behind(site, ticket, event.behind)


def held(plan: Plan, site: Site, event: TicketHeld) -> None:
    ticket = moved(site, event, "hold")
    calls.take_down(plan, site, ticket)
    places.at_window(site, event.window).held.append(ticket.id)


def expired(plan: Plan, site: Site, event: TicketExpired) -> None:
    calls.take_down(plan, site, moved(site, event, "expire"))


DECIDES = {
    CallNext: call_next,
    RecallTicket: recall,
    PassTicket: pass_,
    ServeTicket: serve,
    FinishTicket: finish,
    HoldTicket: hold,
    ResumeTicket: resume,
}
EVOLVES = {
    TicketCalled: called,
    TicketRecalled: recalled,
    TicketPassed: passed,
    TicketRequeued: requeued,
    TicketServed: served,
    TicketFinished: finished,
    TicketHeld: held,
    TicketResumed: resumed,
    TicketExpired: expired,
}
