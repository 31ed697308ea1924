"""Whose turn it is, by the site's rules (`hub.engine.turns`). The cost grows with the services of the window and with
the rules, never with how many wait."""

import msgspec

from hub.engine.lines import Line
from hub.engine.places import visit_of
from hub.engine.plan import Plan
from hub.engine.state import ServiceState, Site, WindowState
from hub.engine.turns import BOOKED, FIRST, LAST, PLUS, PRIORITY, TIMES, WAITING, Turn

MINUTE_MS = 60_000


class Hint(msgspec.Struct, frozen=True):
    """A rule where it applies: once the first one has waited over ``over_ms``, its tier, and how the waiting counts."""

    over_ms: int
    tier: int | None
    plus_ms: int
    times: int


class Rank(msgspec.Struct, frozen=True):
    """How the first one in a kind of line counts at one window."""

    weight: int
    hints: tuple[Hint, ...]


Ranks = tuple[Rank, Rank, Rank]  # of those with a priority, with an appointment, with neither


def next_ticket(plan: Plan, site: Site, window: str, at_ms: int) -> str:
    """The ticket that this window is to call next, ``""`` when nobody waits for it.

    Of those whom the rules put alike, whoever has waited longest since taking the ticket or being transferred, by the
    weights of the window. Of two who came in the same millisecond: one sent to this very window, then the service that
    the window names first. Somebody who is at another window with another ticket is left out.
    """
    best, best_tier, best_ms = "", 0, 0
    middle = len(plan.policy.turns)
    services, tickets, visits = site.services, site.tickets, site.visits
    place: ServiceState | WindowState | None
    for service, ranks in _ranks(plan, window):
        place = services.get(service) if service else site.windows.get(window)
        if place is None:
            continue
        for line, rank in (
            (place.priority, ranks[0]),
            (place.booked, ranks[1]),
            (place.waiting, ranks[2]),
        ):
            if not line.ids:
                continue
            first = _not_elsewhere(site, line) if visits else line.ids[line.left]
            if not first:
                continue
            waited_ms = at_ms - tickets[first].since_ms
            tier, counts_ms = middle, waited_ms * rank.weight
            for hint in rank.hints:
                if waited_ms > hint.over_ms:
                    counts_ms = counts_ms * hint.times + hint.plus_ms
                    if hint.tier is not None and tier == middle:
                        tier = hint.tier
            if not best or tier < best_tier or (tier == best_tier and counts_ms > best_ms):
                best, best_tier, best_ms = first, tier, counts_ms
    return best


def _not_elsewhere(site: Site, line: Line) -> str:
    """The first one whose visitor is not at a window already. Walks past at most as many as there are windows."""
    for place in range(len(line)):
        ticket = line.at(place)
        if visit_of(site.tickets[ticket]) not in site.visits:
            return ticket
    return ""


def _ranks(plan: Plan, window: str) -> tuple[tuple[str, Ranks], ...]:
    """The services that this window may call from (first "": those sent to itself), with the rules that can apply.

    Worked out once per plan.
    """
    kept: dict[str, tuple[tuple[str, Ranks], ...]] = plan.__dict__.setdefault("ranks", {})
    found = kept.get(window)
    if found is None:

        def rank(service: str, line: str) -> Rank:
            return Rank(_weight(plan, window, service), _hints(plan, window, service, line))

        found = kept[window] = tuple(
            (service, (rank(service, PRIORITY), rank(service, BOOKED), rank(service, WAITING)))
            for service in ("", *plan.window[window].services)
        )
    return found


def _weight(plan: Plan, window: str, service: str) -> int:
    return plan.policy.weights.get(window, {}).get(service, 1)


def _hints(plan: Plan, window: str, service: str, line: str) -> tuple[Hint, ...]:
    turns = plan.policy.turns
    return tuple(
        Hint(
            _over_ms(turn),
            _tier(turn, place, len(turns)),
            turn.amount * MINUTE_MS if turn.then == PLUS else 0,
            turn.amount if turn.then == TIMES else 1,
        )
        for place, turn in enumerate(turns)
        if _applies(turn, window, service, line)
    )


def _over_ms(turn: Turn) -> int:
    """Who has an appointment that has not begun has waited less than nothing."""
    if turn.waited_min:
        return turn.waited_min * MINUTE_MS
    return -1 if turn.is_due else -(2**53)


def _tier(turn: Turn, place: int, most: int) -> int | None:
    if turn.then == FIRST:
        return place
    return most + 1 + place if turn.then == LAST else None


def _applies(turn: Turn, window: str, service: str, line: str) -> bool:
    return (
        (not turn.lines or line in turn.lines)
        and (not turn.windows or window in turn.windows)
        and (not turn.services or service in turn.services)
        and (not turn.sent_here or service == "")
    )
