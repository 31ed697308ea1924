"""The state of one site: what `evolve` makes of the events so far. Changed by `evolve` only; read by everyone."""

import msgspec

from hub.engine.events.figures import ClerkWeek
from hub.engine.lines import Line


class Rendered(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One service that a visitor was rendered; who is sent on has several. ``ended_at_ms`` 0: it goes on."""

    window: str
    service: str
    ended_at_ms: int = 0
    level: int = 0  # 1 to 5 once rated


class Ticket(msgspec.Struct, kw_only=True, gc=False):
    """One visitor's place. ``window`` is where it is called, served or held, or may only be called (transfer)."""

    id: str
    number: str
    service: str
    kiosk: str
    language: str
    priority: str
    state: str  # firmware.wire.messages.queue.TICKET_STATES
    taken_at_ms: int
    changed_at_ms: int
    window: str = ""
    recalls: int = 0
    transfers: int = 0
    level: int = 0  # 1 to 5 once rated
    waits_since_ms: int = 0  # 0 in a snapshot of an earlier program: since it changed
    reason: str = ""  # of the priority
    visitor: str = ""
    visit: str = ""  # the first ticket of its visit; "" when it is alone
    appointment: str = ""
    booked: bool = False  # stands in the line of those with an appointment
    persons: int = 1
    passes: int = 0  # called in vain and put back into the line
    acts: int = 0  # that happened to it; whoever takes one back must know that no other followed
    begun_at_ms: int = 0  # since when its window is busy with it
    returns_to: str = ""  # the window to which it goes back when the present one is done
    returns_service: str = ""  # and for what
    rendered: tuple[Rendered, ...] = ()

    @property
    def since_ms(self) -> int:
        """The moment from which the waiting of a waiting ticket counts."""
        return self.waits_since_ms or self.changed_at_ms


class LastAct(msgspec.Struct, kw_only=True, gc=False):
    """What a window did last, and what its ticket was before; ``acts`` are the ticket's after it."""

    act: str
    ticket: str
    at_ms: int
    acts: int
    before: Ticket
    rating: str = ""  # of the window
    place: int = 0  # how many were before it in its line, or among those held
    later_ms: int = 0  # when it was to join its line
    tickets: int = 0  # that the visitor had today, if known


class WindowState(msgspec.Struct, kw_only=True):
    """``ticket``: called or being served here. ``held``: parked here. ``rating``: finished last and not yet rated;
    ``rated``: was that, until somebody did.

    In ``waiting``, ``booked`` and ``priority`` stand those whom only this window may call.
    """

    state: str = "closed"
    ticket: str = ""
    held: list[str] = msgspec.field(default_factory=list)
    rating: str = ""
    rated: str = ""
    reason: str = ""
    staff: str = ""
    free_since_ms: int = 0
    last: LastAct | None = None
    waiting: Line = msgspec.field(default_factory=Line)
    booked: Line = msgspec.field(default_factory=Line)
    priority: Line = msgspec.field(default_factory=Line)


class ServiceState(msgspec.Struct, kw_only=True):
    """``issued``: how many numbers today. Those with a priority and those with an appointment have their own lines."""

    issued: int = 0
    lent: int = 0  # the highest serial lent to a kiosk
    section_ms: int = 0  # when the opening section began that issued last
    section_issued: int = 0  # tickets in it, but for appointments
    ended_at_ms: int = 0  # when tickets that were taken in a section ended with it last
    warned_at_ms: int = 0
    recent: list[int] = msgspec.field(default_factory=list)  # service times of late, s
    wait_min: int = -1  # that one who comes now will wait, as estimated a moment ago; -1: nobody can tell
    wait_noted_ms: int = 0
    waiting: Line = msgspec.field(default_factory=Line)
    booked: Line = msgspec.field(default_factory=Line)
    priority: Line = msgspec.field(default_factory=Line)


class Appointment(msgspec.Struct, kw_only=True):
    """A visitor is expected for a service within a time, unix ms. Kept until its day is over."""

    id: str
    visitor: str
    service: str
    starts_at_ms: int
    ends_at_ms: int
    state: str = "booked"  # hub.engine.moves.APPOINTMENT
    ticket: str = ""  # once checked in


class Unrated(msgspec.Struct, kw_only=True, gc=False):
    """What is kept of a ticket after its day, while something of it may be rated."""

    id: str
    visitor: str = ""
    rendered: tuple[Rendered, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a person did with a case; ``note`` is where the vault keeps their words."""

    act: str
    by: str
    at_ms: int
    to: str = ""
    note: str = ""


class Case(msgspec.Struct, kw_only=True):
    """A poor rating, on its way to be made good. ``words``: where the vault keeps what the visitor wrote."""

    id: str
    ticket: str
    window: str
    service: str
    level: int
    reasons: tuple[int, ...] = ()
    words: str = ""
    visitor: str = ""  # random id; "" when nobody knows who rated: nobody can be called back
    state: str  # hub.engine.moves.CASE
    opened_at_ms: int
    deadline_ms: int
    changed_at_ms: int
    assignee: str = ""
    missed: int = 0  # calls that nobody answered
    contacted_at_ms: int = 0
    replied_at_ms: int = 0
    closed_at_ms: int = 0
    is_valid: bool = True  # False: rated by mistake or in malice, or overturned; counts nowhere
    is_overdue: bool = False
    was_appealed: bool = False
    steps: list[Step] = msgspec.field(default_factory=list)


class Lease(msgspec.Struct, kw_only=True, gc=False):
    """Serials lent to a kiosk for a day, ``""`` being today in older snapshots; ``used``: up to how many of them came
    back on tickets."""

    holder: str
    service: str
    first: int
    count: int
    granted_at_ms: int
    used: int = 0
    day: str = ""


class Outage(msgspec.Struct, kw_only=True):
    """A kiosk gave out tickets without the hub. ``until_ms``: when the newest of them came; ``late_ms``: so long after
    it was taken the latest did; ``refused``: numbers that a rule turned away, with its code."""

    kiosk: str
    since_ms: int
    until_ms: int
    taken: int = 0
    late_ms: int = 0
    turned_away: int = 0
    numbers: list[str] = msgspec.field(default_factory=list)
    refused: list[tuple[str, str]] = msgspec.field(default_factory=list)


class Alarm(msgspec.Struct, kw_only=True):
    """``cause``: as in `events.AlarmRaised`."""

    id: str
    device: str
    cause: str = "press"
    state: str  # firmware.wire.messages.help.ALARM_STATES
    raised_at_ms: int
    presses: int = 1
    acknowledged_at_ms: int = 0
    acknowledged_by: str = ""
    closed_at_ms: int = 0
    closed_by: str = ""
    note: str = ""


class Announcement(msgspec.Struct, kw_only=True):
    """Queued for an amplifier and not yet confirmed. ``withdrawn``: why it is not to be said any more."""

    id: str
    channel: str
    phrase: str
    priority: int
    expires_at_ms: int
    number: str = ""
    window: int = 0
    language: str = "zh"
    text: str = ""
    clips: tuple[str, ...] = ()
    withdrawn: str = ""


class Call(msgspec.Struct, kw_only=True):
    """One line of a hall display."""

    number: str
    window: int
    recalled: bool = False


class Punch(msgspec.Struct, kw_only=True):
    """One act at a punch clock, by the clock's time; ``drift_ms`` how far that is ahead of ours, when known."""

    terminal: str
    badge: str
    punched_at_ms: int
    state: int
    drift_ms: int | None = None


class Week(msgspec.Struct, kw_only=True):
    """The last week that is over; clerk → what they may see of it. ``first`` and ``last``: YYYYMMDD."""

    first: str = ""
    last: str = ""
    clerks: dict[str, ClerkWeek] = msgspec.field(default_factory=dict)


class Site(msgspec.Struct, kw_only=True):
    """Everything that is true now. Ids are keys; ``calls`` per hall, newest first."""

    day: str = ""
    day_ends_at_ms: int = 0
    position: int = 0  # of the last entry applied
    serial: int = 0  # names alarms and announcements
    tickets: dict[str, Ticket] = msgspec.field(default_factory=dict)  # of today
    services: dict[str, ServiceState] = msgspec.field(default_factory=dict)
    leases: dict[str, list[Lease]] = msgspec.field(default_factory=dict)  # by kiosk, the newest last
    lent_ahead: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)  # day to come → service → highest lent
    outages: list[Outage] = msgspec.field(default_factory=list)  # the newest, oldest first
    appointments: dict[str, Appointment] = msgspec.field(default_factory=dict)  # of today and later
    booked: dict[str, list[str]] = msgspec.field(default_factory=dict)  # visitor → appointments
    later: dict[str, int] = msgspec.field(default_factory=dict)  # ticket → when it joins its line, unix ms
    staff: dict[str, str] = msgspec.field(default_factory=dict)  # who is signed in → window
    visits: dict[str, str] = msgspec.field(default_factory=dict)  # whoever is at a window with one of some tickets
    visitors: dict[str, list[str]] = msgspec.field(default_factory=dict)  # visitor → tickets of today
    windows: dict[str, WindowState] = msgspec.field(default_factory=dict)
    cleared_at_ms: int = 0
    calls: dict[str, list[Call]] = msgspec.field(default_factory=dict)
    unrated: dict[str, dict[str, Unrated]] = msgspec.field(default_factory=dict)  # day → ticket; of days before
    cases: dict[str, Case] = msgspec.field(default_factory=dict)  # open ones, and the newest closed
    alarms: dict[str, Alarm] = msgspec.field(default_factory=dict)  # open ones, and the newest closed
    announcements: dict[str, Announcement] = msgspec.field(default_factory=dict)
    calling: dict[str, str] = msgspec.field(default_factory=dict)  # ticket number → act of its call that is to be said
    online: dict[str, bool] = msgspec.field(default_factory=dict)
    parts: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)  # device → part in trouble → its fault
    lights: dict[str, int] = msgspec.field(default_factory=dict)  # hall → percent of its strips; 100 where it is not
    punches: list[Punch] = msgspec.field(default_factory=list)  # the newest, oldest first
    week: Week = msgspec.field(default_factory=Week)
    heard: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)  # device → boot → highest seq done
