"""Events: what happened, in the past tense. The journal holds these and nothing else; no personal data in them."""

import msgspec

from hub.engine.case_events import CaseMoved as CaseMoved
from hub.engine.case_events import CaseOpened as CaseOpened
from hub.engine.case_events import CaseOverdue as CaseOverdue
from hub.engine.event import Event as Event


class DayTurned(Event, frozen=True, kw_only=True):
    """A new local day began: numbers start again. ``day`` is YYYYMMDD, ``ends_at_ms`` the next local midnight."""

    day: str
    ends_at_ms: int


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
    visit: str = ""  # the first ticket of this visit, if this is a further one
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


class TicketReprinted(TicketEvent, frozen=True, kw_only=True):
    kiosk: str


class TicketBooked(TicketEvent, frozen=True, kw_only=True):
    """An open ticket is the one of an appointment that was just checked in; ``booked``: with its precedence."""

    appointment: str
    booked: bool
    kiosk: str


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


class ServiceRated(TicketEvent, frozen=True, kw_only=True):
    window: str
    terminal: str
    level: int
    reasons: tuple[int, ...] = ()
    remark: str = ""  # in the visitor's own words: of an earlier program only
    words: str = ""  # where the vault keeps these
    service: str = ""
    nth: int = 0  # of the services that the ticket was rendered, from 1; 0: of an earlier program, the last
    is_default: bool = False  # nobody rated in time, and the site wants it counted as something


class AppointmentEvent(Event, frozen=True, kw_only=True):
    """``appointment`` is the id that whoever booked it gave it."""

    appointment: str


class AppointmentBooked(AppointmentEvent, frozen=True, kw_only=True):
    visitor: str
    service: str
    starts_at_ms: int
    ends_at_ms: int


class AppointmentChanged(AppointmentEvent, frozen=True, kw_only=True):
    service: str
    starts_at_ms: int
    ends_at_ms: int


class AppointmentCancelled(AppointmentEvent, frozen=True, kw_only=True):
    by: str


class AppointmentCheckedIn(AppointmentEvent, frozen=True, kw_only=True):
    """The visitor came; the ticket follows in the same entry."""

    kiosk: str


class AppointmentMissed(AppointmentEvent, frozen=True, kw_only=True):
    """Nobody came while it could be checked in."""


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


class AlarmRaised(Event, frozen=True, kw_only=True):
    """Latched: only a person closes it. ``cause``: press, or how the button was tampered with (a part's fault)."""

    alarm: str
    device: str
    cause: str = "press"


class AlarmPressedAgain(Event, frozen=True, kw_only=True):
    alarm: str


class AlarmAcknowledged(Event, frozen=True, kw_only=True):
    alarm: str
    by: str


class AlarmClosed(Event, frozen=True, kw_only=True):
    alarm: str
    by: str
    note: str = ""


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


class DeviceCame(Event, frozen=True, kw_only=True):
    device: str


class DeviceLeft(Event, frozen=True, kw_only=True):
    device: str


class PartFailed(Event, frozen=True, kw_only=True):
    """``fault``: firmware.wire.messages.part.FAULTS. Also when it fails in another way than before."""

    device: str
    part: str
    fault: str


class PartRecovered(Event, frozen=True, kw_only=True):
    device: str
    part: str


class StripsLit(Event, frozen=True, kw_only=True):
    """The strips of a hall (empty: those of no hall) shine so bright from now on; 0 is black."""

    hall: str
    percent: int


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


class NumbersSkipped(Event, frozen=True, kw_only=True):
    """A backup was restored: so many numbers of each service may have been given out since, and are left out today."""

    count: int


class RequestRefused(Event, frozen=True, kw_only=True):
    """A rule said no. Journalled, so that the same request arriving again is refused again and not reconsidered."""

    code: str
    by: str


AnyEvent = (
    DayTurned
    | TicketTaken
    | LeaseGranted
    | OfflineTicketRefused
    | TicketReprinted
    | TicketBooked
    | TicketCalled
    | TicketRecalled
    | TicketPassed
    | TicketServed
    | TicketFinished
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | TicketExpired
    | TicketRequeued
    | TicketReleased
    | TicketReturned
    | ActUndone
    | StaffSignedIn
    | StaffSignedOut
    | QueueWarned
    | QueueCleared
    | ServiceRated
    | CaseOpened
    | CaseMoved
    | CaseOverdue
    | AppointmentBooked
    | AppointmentChanged
    | AppointmentCancelled
    | AppointmentCheckedIn
    | AppointmentMissed
    | WindowOpened
    | WindowPaused
    | WindowClosed
    | AlarmRaised
    | AlarmPressedAgain
    | AlarmAcknowledged
    | AlarmClosed
    | AnnouncementQueued
    | AnnouncementEnded
    | DeviceCame
    | DeviceLeft
    | PartFailed
    | PartRecovered
    | StripsLit
    | StaffPunched
    | NumbersSkipped
    | RequestRefused
)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Which request of which life of which device an entry came from. Unique in the journal."""

    device: str
    boot: str
    seq: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the journal: all that one request made happen, durable together or not at all."""

    position: int
    at_ms: int
    origin: Origin | None
    events: tuple[AnyEvent, ...]
