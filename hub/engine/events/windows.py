"""Windows and who sits there: open, paused, closed; signed in and out, punched."""

from hub.engine.events.event import Event


class WindowOpened(Event, frozen=True, kw_only=True):
    window: str


class WindowPaused(Event, frozen=True, kw_only=True):
    window: str
    reason: str = ""


class WindowClosed(Event, frozen=True, kw_only=True):
    window: str


class StaffSignedIn(Event, frozen=True, kw_only=True):
    window: str
    staff: str


class StaffSignedOut(Event, frozen=True, kw_only=True):
    window: str
    staff: str


class StaffPunched(Event, frozen=True, kw_only=True):
    """Somebody held a card or a face to a punch clock. ``badge`` is the number that the clock knows, no name.

    ``punched_at_ms`` by the clock's own time; ``drift_ms``: how far that is ahead of the hub's, when that is known.
    """

    terminal: str
    badge: str
    punched_at_ms: int
    state: int = 0  # 0 in, 1 out, 2 break out, 3 break in, 4 overtime in, 5 overtime out
    verified_by: int = 0  # the clock's code: finger, card, password, face
    drift_ms: int | None = None
