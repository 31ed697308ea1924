"""A ticket's life: taken, called, served, passed, held, transferred, rated; and the numbers it may have."""

from hub.engine import reasons
from hub.engine.events.event import Event

CODE_PAGE = "code/page"  # who asks when a visitor rates with the ticket's code; no device id has a slash


class TicketEvent(Event, frozen=True, kw_only=True):
    """``ticket`` is the id, unique for ever: ``20261122-HA001``."""

    ticket: str


class TicketTaken(TicketEvent, frozen=True, kw_only=True):
    number: str
    serial: int  # the n-th of its service today, from 1
    service: str
    kiosk: str
    language: str = "zh"
    priority: str = "none"
    ahead: int = 0
    reason: str = ""  # of the priority
    visitor: str = ""  # random id; who that is, only the vault knows
    visit: str = ""  # if this is a further ticket: what all of the visit have, the visitor or the first of them
    first_ticket: str = ""  # that first one, whoever the visitor is
    appointment: str = ""
    booked: bool = False  # with the precedence of the appointment
    persons: int = 1
    section_ms: int = 0  # when the opening section began in which it was taken; 0 where there are none
    was_offline: bool = False  # by a kiosk that could not reach the hub, with a number lent to it
    taken_at_ms: int = 0  # and when, by its clock: this event came later
    away_since_ms: int = 0  # since when it could not


class LeaseGranted(Event, frozen=True, kw_only=True):
    """A kiosk's disk (``holder``) may give out ``blocks`` on this day without the hub: service, first serial, count."""

    kiosk: str
    holder: str
    day: str
    blocks: tuple[tuple[str, int, int], ...]


class OfflineTicketRefused(Event, frozen=True, kw_only=True):
    """A kiosk says it gave this number out while it was alone, and a rule said no."""

    kiosk: str
    number: str
    day: str
    code: str
    away_since_ms: int = 0
    service: str = ""
    taken_at_ms: int = 0  # by the kiosk's clock; 0 in journals that did not keep it


class TicketReprinted(TicketEvent, frozen=True, kw_only=True):
    kiosk: str


class TicketBooked(TicketEvent, frozen=True, kw_only=True):
    """An open ticket is the one of an appointment that was just checked in; ``booked``: with its precedence."""

    appointment: str
    booked: bool
    kiosk: str


class TicketPrioritised(TicketEvent, frozen=True, kw_only=True):
    """A person at the desk gave it another ``priority`` than it ``was``; none: took it away. ``by`` whom, and why."""

    priority: str
    was: str
    reason: str
    by: str


class TicketCalled(TicketEvent, frozen=True, kw_only=True):
    window: str


class TicketRecalled(TicketEvent, frozen=True, kw_only=True):
    window: str


class TicketPassed(TicketEvent, frozen=True, kw_only=True):
    window: str


class TicketServed(TicketEvent, frozen=True, kw_only=True):
    """The work began."""

    window: str


class TicketFinished(TicketEvent, frozen=True, kw_only=True):
    window: str


class TicketHeld(TicketEvent, frozen=True, kw_only=True):
    window: str


class TicketResumed(TicketEvent, frozen=True, kw_only=True):
    window: str


class TicketTransferred(TicketEvent, frozen=True, kw_only=True):
    """Waits again, at the end of ``to_service``; only ``to_window`` may call it when that is set."""

    window: str
    to_service: str
    to_window: str = ""
    returns_to: str = ""  # the window to which it goes back afterwards
    not_before_ms: int = 0  # joins the line then


class TicketReleased(TicketEvent, frozen=True, kw_only=True):
    """Sent on for later; now it is later."""


class TicketReturned(TicketEvent, frozen=True, kw_only=True):
    """The window to which it had been sent is done; ``to_window`` empty: the one it came from has closed."""

    window: str
    to_service: str
    to_window: str = ""


class ActUndone(TicketEvent, frozen=True, kw_only=True):
    """The window took its last act back: all is as it was before."""

    window: str
    act: str
    was_service: str  # where it had been since
    was_window: str = ""


class TicketExpired(TicketEvent, frozen=True, kw_only=True):
    """The day ended before it was finished."""


class TicketRequeued(TicketEvent, frozen=True, kw_only=True):
    """Did not come when called; waits again, ``behind`` as many others."""

    window: str
    behind: int


class QueueWarned(Event, frozen=True, kw_only=True):
    """As many wait for a service as somebody wants to be told of."""

    service: str
    waiting: int


class QueueCleared(Event, frozen=True, kw_only=True):
    """All who waited were sent home, at a time of the site's settings or by a person; ``hall`` empty: everywhere."""

    hall: str = ""


class SectionEnded(Event, frozen=True, kw_only=True):
    """An opening section of these services is over, and with it the tickets that were taken in it and still wait."""

    services: tuple[str, ...]


class ServiceRated(TicketEvent, frozen=True, kw_only=True):
    """``terminal``: the device that was touched; ``code/page``: the page of the ticket's code; empty: nobody did."""

    window: str
    terminal: str
    level: int
    reasons: tuple[int, ...] = ()
    remark: str = ""  # in the visitor's own words: of an earlier program only
    words: str = ""  # where the vault keeps these
    service: str = ""
    nth: int = 0  # of the services that the ticket was rendered, from 1; 0: of an earlier program, the last
    is_default: bool = False  # nobody rated in time, and the site wants it counted as something
    is_at_kiosk: bool = False  # with the paper, on a kiosk

    @property
    def source(self) -> str:
        """The channel: terminal, kiosk, code or default."""
        if self.is_default:
            return "default"
        if self.is_at_kiosk:
            return "kiosk"
        return "code" if self.terminal == CODE_PAGE else "terminal"

    @property
    def why(self) -> str:
        """How it says why: one of `reasons.WHYS`."""
        return reasons.why(self.level, self.reasons, self.words or self.remark)


class NumbersSkipped(Event, frozen=True, kw_only=True):
    """A backup was restored: so many numbers of each service may have been given out since, and are left out today."""

    count: int
