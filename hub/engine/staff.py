"""Staff: who sits at which window. One clerk at one window, one clerk at a window."""

from collections.abc import Callable
from typing import Any

from hub.engine import places, refused
from hub.engine.events import AnyEvent, StaffSignedIn, StaffSignedOut
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import Request, SignIn, SignOut
from hub.engine.state import Site


def sign_in(plan: Plan, site: Site, request: SignIn) -> tuple[StaffSignedIn, ...] | Refused:
    """A site that lists its staff knows nobody else. The same clerk again changes nothing."""
    if request.window not in plan.window:
        return refused.WINDOW_UNKNOWN
    if plan.staff and request.staff not in plan.member:
        return refused.STAFF_UNKNOWN
    if site.staff.get(request.staff, request.window) != request.window:
        return refused.STAFF_ELSEWHERE
    there = places.look_at_window(site, request.window).staff
    if there == request.staff:
        return ()
    if there:
        return refused.STAFF_OTHER
    return (StaffSignedIn(at_ms=request.at_ms, window=request.window, staff=request.staff),)


def sign_out(plan: Plan, site: Site, request: SignOut) -> tuple[StaffSignedOut] | Refused:
    """Not with a visitor there."""
    if request.window not in plan.window:
        return refused.WINDOW_UNKNOWN
    at = places.look_at_window(site, request.window)
    if not at.staff:
        return refused.STAFF_NOBODY
    if at.ticket:
        return refused.WINDOW_BUSY
    return (StaffSignedOut(at_ms=request.at_ms, window=request.window, staff=at.staff),)


def missing(plan: Plan, site: Site, window: str) -> Refused | None:
    """Why a window cannot be opened: the site wants to know who sits there."""
    if plan.settings.sign_in and not places.look_at_window(site, window).staff:
        return refused.STAFF_NOBODY
    return None


def leaving(site: Site, window: str, at_ms: int) -> tuple[StaffSignedOut, ...]:
    """Who closes the window goes."""
    staff = places.look_at_window(site, window).staff
    return (StaffSignedOut(at_ms=at_ms, window=window, staff=staff),) if staff else ()


def signed_in(plan: Plan, site: Site, event: StaffSignedIn) -> None:
    places.at_window(site, event.window).staff = event.staff
    site.staff[event.staff] = event.window


def signed_out(plan: Plan, site: Site, event: StaffSignedOut) -> None:
    places.at_window(site, event.window).staff = ""
    site.staff.pop(event.staff, None)


DECIDES: dict[type[Request], Callable[[Plan, Site, Any], tuple[AnyEvent, ...] | Refused]] = {
    SignIn: sign_in,
    SignOut: sign_out,
}
EVOLVES = {StaffSignedIn: signed_in, StaffSignedOut: signed_out}
