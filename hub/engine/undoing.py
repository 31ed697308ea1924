"""Undoing: a window takes its last act back within some seconds, while nothing else happened to that ticket."""

from collections.abc import Callable

from hub.engine import calls, estimate, moves, places, refused, rendered
from hub.engine.events import ActUndone, TicketEvent
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import UndoAct
from hub.engine.state import LastAct, Site, Ticket

AT_WINDOW = ("called", "serving")
# What copy.copy calls in the end, in half the time: it is done at every act.
_copy: Callable[[Ticket], Ticket] = Ticket.__copy__  # type: ignore[attr-defined]


def remember(site: Site, event: TicketEvent, act: str, ticket: Ticket) -> None:
    """What the ticket was before an act of a window. Work that began and ended with one press is one act."""
    window = getattr(event, "window", "")
    at = site.windows.get(window) or places.at_window(site, window)
    if act in ("finish", "return"):
        last = at.last
        if last is not None and (last.act, last.ticket, last.at_ms) == ("serve", ticket.id, event.at_ms):
            last.act, last.acts = act, ticket.acts + 1
            return
    at.last = last = LastAct(
        act=act, ticket=ticket.id, at_ms=event.at_ms, acts=ticket.acts + 1, before=_copy(ticket), rating=at.rating
    )
    if ticket.visitor:
        last.tickets = len(site.visitors[ticket.visitor])
    if ticket.state == "held":
        last.place = at.held.index(ticket.id)
    elif ticket.state == "waiting":
        if ticket.id in site.later:
            last.later_ms = site.later[ticket.id]
        else:
            last.place = places.line_of(site, ticket).find(ticket.id)


def undoable(plan: Plan, site: Site, window: str, at_ms: int) -> LastAct | Refused:
    """The act that this window may still take back."""
    at = places.look_at_window(site, window)
    last = at.last
    if last is None or at.state == "closed":
        return refused.UNDO_NOTHING
    ticket = site.tickets.get(last.ticket)
    if ticket is None or ticket.acts != last.acts:
        return refused.UNDO_FOLLOWED
    if at_ms - last.at_ms > plan.settings.undo_s * 1000:
        return refused.UNDO_LATE
    before = last.before
    is_away = ticket.state in moves.TICKET_OVER or ticket.service != before.service
    if is_away and _has_another(site, before, last.tickets):
        return refused.UNDO_FOLLOWED
    if before.state in AT_WINDOW:
        if at.ticket not in ("", before.id):
            return refused.WINDOW_BUSY
        if site.visits.get(places.visit_of(before), before.id) != before.id:
            return refused.VISITOR_ELSEWHERE
    return last


def _has_another(site: Site, ticket: Ticket, had: int) -> bool:
    """Whether its visitor, who ``had`` so many tickets, has taken another one for the same service since."""
    newer = [site.tickets[id] for id in site.visitors.get(ticket.visitor, ())[had:]]
    return any(one.service == ticket.service and one.state not in moves.TICKET_OVER for one in newer)


def undo(plan: Plan, site: Site, request: UndoAct) -> tuple[ActUndone] | Refused:
    if request.window not in plan.window:
        return refused.WINDOW_UNKNOWN
    last = undoable(plan, site, request.window, request.at_ms)
    if isinstance(last, Refused):
        return last
    if last.ticket != request.ticket:
        return refused.UNDO_NOTHING
    ticket = site.tickets[last.ticket]
    return (
        ActUndone(
            at_ms=request.at_ms,
            ticket=ticket.id,
            window=request.window,
            act=last.act,
            was_service=ticket.service,
            was_window=ticket.window,
        ),
    )


def undone(plan: Plan, site: Site, event: ActUndone) -> None:
    """The ticket as it was, where it was."""
    at = places.at_window(site, event.window)
    last, ticket = at.last, site.tickets[event.ticket]
    if last is None or last.ticket != ticket.id:
        raise KeyError(event.ticket)
    places.leave(site, ticket)
    calls.take_down(plan, site, ticket)
    before = last.before
    if before.state in AT_WINDOW and (before.state, last.act) in moves.TICKET and last.act != "serve":
        estimate.unlearn(site, before, last.at_ms)
    before.acts = ticket.acts + 1
    before.visit = ticket.visit  # it may have become part of a visit since
    site.tickets[ticket.id] = before
    if last.rating and rendered.may_rate(site, event.window, last.rating):
        at.rating = last.rating
    elif at.rating == ticket.id:
        at.rating = ""
    at.last = None
    _put_back(plan, site, before, last)


def _put_back(plan: Plan, site: Site, ticket: Ticket, last: LastAct) -> None:
    if ticket.state in AT_WINDOW:
        places.stand_at(site, ticket)
        calls.put_up(plan, site, ticket)
    elif ticket.state == "held":
        places.at_window(site, ticket.window).held.insert(last.place, ticket.id)
    elif last.later_ms:
        site.later[ticket.id] = last.later_ms
    else:
        places.join_at(site, ticket, last.place)


DECIDES = {UndoAct: undo}
EVOLVES = {ActUndone: undone}
