"""What was to be spoken, and what became of it."""

from hub.engine.events.event import Event


class AnnouncementQueued(Event, frozen=True, kw_only=True):
    """One amplifier is to play ``phrase``: ``call`` (with number and window), ``text``, or the name of a fixed one.

    ``text`` and its ``clips`` are a person's own words. ``replaces`` was the act of an older call of the same ticket:
    of an earlier program only, which took it back without a word.
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


class AnnouncementWithdrawn(Event, frozen=True, kw_only=True):
    """It is no longer true: the amplifier is asked not to say it, and what became of it is what it answers.

    ``because`` of an act of `moves.TICKET` with its ticket (``serve``, ``pass``, ``hold`` …), of a newer call of it
    (``recall``), of its call being taken back (``undo``), or of a person (``person``).
    """

    act: str
    channel: str
    because: str


class AnnouncementEnded(Event, frozen=True, kw_only=True):
    """``result``: done (heard, to its end or to that of the language that was being spoken when it was withdrawn),
    expired, failed, withdrawn (not heard, or not to its end)."""

    act: str
    channel: str
    result: str
