"""Events of cases: what became of a poor rating, and who did it."""

from hub.engine import reasons
from hub.engine.events.event import Event


class CaseEvent(Event, frozen=True, kw_only=True):
    """``case`` is the id of its rating: the ticket's, and which of its services."""

    case: str


class CaseOpened(CaseEvent, frozen=True, kw_only=True):
    """A poor rating came."""

    ticket: str
    window: str
    service: str
    level: int
    deadline_ms: int
    reasons: tuple[int, ...] = ()
    words: str = ""
    visitor: str = ""

    @property
    def why(self) -> str:
        """How the rating says why: one of `reasons.WHYS`."""
        return reasons.why(self.level, self.reasons, self.words)


class CaseMoved(CaseEvent, frozen=True, kw_only=True):
    """Somebody did something with a case. ``to``: whose it is now; ``note``: where the vault keeps their words;
    ``reasons``: what the visitor, called back, said was the matter."""

    act: str
    state: str
    by: str
    window: str
    to: str = ""
    note: str = ""
    reasons: tuple[int, ...] = ()


class CaseOverdue(CaseEvent, frozen=True, kw_only=True):
    """The visitor had no reply when it was due."""

    window: str
