"""Decide: what a request makes happen, or why it may not. Changes nothing: the same site, the same answer."""

from collections.abc import Callable
from typing import Any

from hub.engine import announcements, days
from hub.engine.events import AnyEvent
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import Request
from hub.engine.state import Site
from hub.engine.subjects import SUBJECTS

Decision = tuple[AnyEvent, ...] | Refused

_DECIDES: dict[type[Request], Callable[[Plan, Site, Any], Decision]] = {
    request: rule for subject in SUBJECTS for request, rule in subject.DECIDES.items()
}


def decide(plan: Plan, site: Site, request: Request) -> Decision:
    """The events that follow, in order; none when nothing changes. The first request of a new day turns the day first.

    A refused request turns no day; the next one does, or `TurnDay`. Last comes what is not to be said any more.
    """
    rule = _DECIDES[type(request)]
    if days.is_over(site, request.at_ms):
        decision = rule(plan, days.eve(plan, site, request.at_ms), request)  # on a new day no call is to be heard yet
        return decision if isinstance(decision, Refused) else days.turn(plan, site, request.at_ms) + decision
    decision = rule(plan, site, request)
    if isinstance(decision, Refused) or not site.calling:
        return decision
    return decision + announcements.untrue(site, decision)
