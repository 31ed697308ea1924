"""Windows: open, paused, closed."""

from hub.engine import estimate, moves, places, refused, staff, transfers
from hub.engine.events import AnyEvent, WindowClosed, WindowOpened, WindowPaused
from hub.engine.plan import Plan
from hub.engine.refused import Refused
from hub.engine.requests import CloseWindow, OpenWindow, PauseWindow
from hub.engine.state import Site

Decision = tuple[AnyEvent, ...] | Refused
Changed = WindowOpened | WindowPaused | WindowClosed


def open_(plan: Plan, site: Site, request: OpenWindow) -> Decision:
    no = _illegal(plan, site, request.window, "open") or staff.missing(plan, site, request.window)
    return no or (WindowOpened(at_ms=request.at_ms, window=request.window),)


def pause(plan: Plan, site: Site, request: PauseWindow) -> Decision:
    """Also with a visitor there: the work goes on, the next one is not called."""
    no = _illegal(plan, site, request.window, "pause")
    return no or (WindowPaused(at_ms=request.at_ms, window=request.window, reason=request.reason),)


def close(plan: Plan, site: Site, request: CloseWindow) -> Decision:
    """Not while somebody is there or parked there; who waits for this window only goes back to the service's line."""
    no = _illegal(plan, site, request.window, "close")
    if no is not None:
        return no
    window = places.look_at_window(site, request.window)
    if window.ticket:
        return refused.WINDOW_BUSY
    if window.held:
        return refused.WINDOW_HOLDING
    back = transfers.send_back(site, request.window, request.at_ms)
    gone = staff.leaving(site, request.window, request.at_ms)
    return (*back, WindowClosed(at_ms=request.at_ms, window=request.window), *gone)


def _illegal(plan: Plan, site: Site, window: str, act: str) -> Refused | None:
    if window not in plan.window:
        return refused.WINDOW_UNKNOWN
    state = places.look_at_window(site, window).state
    return None if (state, act) in moves.WINDOW else refused.WINDOW_IS[state]


def _move(plan: Plan, site: Site, event: Changed, act: str, reason: str = "") -> None:
    """Who waits for what this window serves will wait longer or shorter."""
    found = places.at_window(site, event.window)
    found.state = moves.WINDOW[found.state, act]
    found.reason = reason
    window = plan.window.get(event.window)
    for service in window.services if window is not None else ():
        estimate.note(plan, site, service, event.at_ms, is_due=True)


def opened(plan: Plan, site: Site, event: WindowOpened) -> None:
    _move(plan, site, event, "open")


def paused(plan: Plan, site: Site, event: WindowPaused) -> None:
    _move(plan, site, event, "pause", event.reason)


def closed(plan: Plan, site: Site, event: WindowClosed) -> None:
    _move(plan, site, event, "close")
    places.at_window(site, event.window).last = None


DECIDES = {OpenWindow: open_, PauseWindow: pause, CloseWindow: close}
EVOLVES = {WindowOpened: opened, WindowPaused: paused, WindowClosed: closed}
