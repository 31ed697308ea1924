"""What was to be spoken, and what became of it."""

from hub.engine.events.event import Event


class AnnouncementQueued(Event, frozen=True, kw_only=True):
    """One amplifier is to play ``phrase``: ``call`` (with number and window), ``text``, or the name of a fixed one.

    ``replaces`` is the act of an older call of the same ticket. ``text`` and its ``clips`` are a person's own words.
    """

    act: str
    channel: str
    phrase: str
    priority: int
    expires_at_ms: int
    number: str = ""
    window: int = 0
    language: str = "zh"
    replaces: str = ""
    text: str = ""
    clips: tuple[str, ...] = ()


class AnnouncementEnded(Event, frozen=True, kw_only=True):
    """``result``: done, expired, failed, replaced."""

    act: str
    channel: str
    result: str
