"""Estimate: how long a visitor will wait, from the service times of late and the windows that are open. Pure.

The work before a visitor is what stands in the lines that the windows of the service also call from, each line's part
being that of those windows in all that serve it; the open windows share it. Of several busy windows the first is free
the sooner, the more there are. How wrong this is, `make bench` measures: estimate_error_min.
"""

from hub.engine import places
from hub.engine.plan import Plan
from hub.engine.state import Site, Ticket, WindowState

KEPT = 24  # service times per service
USUAL_S = 300  # before anything is known
GAP_MS = 60_000  # from one visitor to the next; longer was a pause, or nobody waited
MOST_S = 4 * 3600
NOTED_FOR_MS = 60_000


def learn(site: Site, ticket: Ticket, at_ms: int) -> None:
    """The ticket leaves its window: so long it took, with the way of the visitor to it."""
    recent = places.of_service(site, ticket.service).recent
    took_ms = at_ms - (ticket.begun_at_ms or ticket.changed_at_ms)
    recent.append(took_ms // 1000 if 0 <= took_ms < MOST_S * 1000 else _took_s(ticket, at_ms))
    if len(recent) > KEPT:
        del recent[0]
    site.windows[ticket.window].free_since_ms = at_ms


def unlearn(site: Site, ticket: Ticket, at_ms: int) -> None:
    """It did not leave after all."""
    recent = places.of_service(site, ticket.service).recent
    took_s = _took_s(ticket, at_ms)
    if took_s in recent:
        del recent[len(recent) - 1 - recent[::-1].index(took_s)]


def _took_s(ticket: Ticket, at_ms: int) -> int:
    return min(max(0, at_ms - (ticket.begun_at_ms or ticket.changed_at_ms)) // 1000, MOST_S)


def begin(window: WindowState, ticket: Ticket, at_ms: int) -> None:
    """Called to its window, which was free for a moment before."""
    free_since_ms = window.free_since_ms
    ticket.begun_at_ms = free_since_ms if 0 <= at_ms - free_since_ms <= GAP_MS else at_ms


def service_s(site: Site, service: str) -> float:
    """The mean of the newest service times, s."""
    recent = places.look_at_service(site, service).recent
    return (sum(recent) + USUAL_S) / (len(recent) + 1) if len(recent) < KEPT else sum(recent) / len(recent)


def note(plan: Plan, site: Site, service: str, at_ms: int, *, is_due: bool = False) -> None:
    """Screens show what the state says, so the state says what they show: one who comes now waits so long.

    For `evolve`. Worked out anew after a while only, or when it must be.
    """
    state = site.services.get(service)
    if state is None or not (is_due or not 0 <= at_ms - state.wait_noted_ms < NOTED_FOR_MS):
        return
    state.wait_noted_ms = at_ms
    state.wait_min = wait_min(plan, site, service, places.waiting_for(site, service), at_ms)


def wait_s(plan: Plan, site: Site, service: str, ahead: int, at_ms: int) -> int | None:
    """Seconds until somebody is called who has ``ahead`` others of the service before; None while no window is open.

    Costs the services that share a window with this one, not the people.
    """
    open_windows = [
        window.id
        for window in plan.windows_of_service.get(service, ())
        if (state := site.windows.get(window.id)) is not None and state.state == "open"
    ]
    if not open_windows:
        return None
    work_s = ahead * service_s(site, service)
    for other, windows in plan.sharing[service]:
        waiting = places.waiting_for(site, other)
        if waiting:
            theirs = sum(site.windows[w].state == "open" for w in windows if w in site.windows)
            ours = sum(w in windows for w in open_windows)
            work_s += waiting * service_s(site, other) * (ours / theirs if theirs else 0)
    free = False
    next_s = 0.0
    for window in open_windows:
        own_s, left_s = _own_s(site, window, at_ms)
        work_s += own_s
        next_s += left_s
        free = free or left_s == 0
    if free and not ahead:
        return 0
    count = len(open_windows)
    return min(int((work_s + next_s / count) / count), MOST_S)


def _own_s(site: Site, window: str, at_ms: int) -> tuple[float, float]:
    """What a window has still to do: for those sent to it, and for the visitor there."""
    state = site.windows[window]
    sent = (*state.priority, *state.booked, *state.waiting)
    sent_s = sum(service_s(site, site.tickets[id].service) for id in sent)
    ticket = site.tickets.get(state.ticket)
    if ticket is None:
        return sent_s, 0.0
    usual_s = service_s(site, ticket.service)
    return sent_s, max(usual_s - _took_s(ticket, at_ms), usual_s / 3)


def wait_min(plan: Plan, site: Site, service: str, ahead: int, at_ms: int) -> int:
    """The same in minutes for people, rounded up; -1 when nobody can tell."""
    found_s = wait_s(plan, site, service, ahead, at_ms)
    return -1 if found_s is None else -(-found_s // 60)
