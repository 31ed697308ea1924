"""What concerns no single ticket, window or device: a new day, a request that was refused."""

from hub.engine.events.event import Event


class DayTurned(Event, frozen=True, kw_only=True):
    """A new local day began: numbers start again. ``day`` is YYYYMMDD, ``ends_at_ms`` the next local midnight."""

    day: str
    ends_at_ms: int


class RequestRefused(Event, frozen=True, kw_only=True):
    """A rule said no. Journalled, so that the same request arriving again is refused again and not reconsidered."""

    code: str
    by: str
